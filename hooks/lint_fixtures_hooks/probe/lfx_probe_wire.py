"""To the hook: records in a file of this process, questions over a socket; and which server this process has."""

from __future__ import annotations

import functools
import json
import os
import socket
from typing import Any

import lfx_probe_direct  # type: ignore[import-not-found]  # beside this file
import pytest

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


class Sink:
    """One write per record: workers and forked children never tear each other's lines."""

    def __init__(self, folder: str) -> None:
        self.fd = os.open(folder + "/" + (WORKER or "main") + ".jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def put(self, kind: str, **fields: Any) -> None:
        os.write(self.fd, (json.dumps({"kind": kind, "worker": WORKER, **fields}) + "\n").encode())


class Wire:
    """Questions to the sidecar. What the server itself tells is asked of it directly, where a connection can be had.

    As long as that is what the sidecar last judged, nobody waits for it: it finds nothing new, and is told.
    """

    def __init__(self, address: Any, token: str) -> None:
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(tuple(address))
        self.token = token
        self.direct = self._direct()
        self.answers = self.socket.makefile("rb")
        self.judged = ""
        self.committed: str | None = None  # at that time

    def ask(self, op: str, subject: str, **fields: Any) -> Any:
        try:
            self._send(op, subject, **fields)
            answer = self.answers.readline()
        except OSError:
            answer = b""
        if not answer:
            pytest.exit("verify-suite went away", returncode=3)
        return json.loads(answer)

    def called(self, nodeid: str) -> None:
        """Before any teardown: what is committed now is seen by whoever else uses the database."""
        row = self._row("committed")
        if row is None or row[0] != self.committed:
            self.ask("called", nodeid, marks=None)

    def done(self, nodeid: str, marks: Any) -> None:
        row = self._row("signals")
        if row is not None and row[0] == self.judged:
            try:
                self._send("test", nodeid, marks=marks, row=row, waits=False)
            except OSError:
                pytest.exit("verify-suite went away", returncode=3)
            return
        answer = self.ask("test", nodeid, marks=marks, row=row)
        self.judged = answer.get("decisive", "")
        self.committed = json.loads(self.judged)[0] if self.judged else None

    def _send(self, op: str, subject: str, **fields: Any) -> None:
        question = {"token": self.token, "op": op, "subject": subject, **fields}
        self.socket.sendall((json.dumps(question) + "\n").encode())

    def _row(self, name: str) -> list[str | None] | None:
        row = self.direct.row(name) if self.direct is not None else None
        if row is None:
            self.direct = None  # the suite may end every connection that it finds: the sidecar is asked from now on
        return row

    def _direct(self) -> Any | None:
        if self.socket.family != getattr(socket, "AF_UNIX", None) or not hasattr(socket, "recv_fds"):
            return None
        self._send("direct", "", marks=None)
        answer, descriptors, _, _ = socket.recv_fds(self.socket, 1 << 16, 1)
        found = json.loads(answer or b"{}")
        return lfx_probe_direct.Direct(descriptors[0], found["statements"]) if descriptors else None


def own_cluster(plan: dict[str, Any]) -> dict[str, Any]:
    """Under pytest-xdist every worker's variables point at its own server, before any conftest is imported.

    A worker that replaces a dead one gets the dead one's server. It is not watched, and the verdict says so.
    """
    clusters: list[dict[str, Any]] = plan["clusters"]
    number = int("".join(filter(str.isdigit, WORKER)) or 0)
    if WORKER:
        number = next(filter(functools.partial(_claim, plan["results"]), _candidates(number, len(clusters))), number)
    cluster = clusters[number % len(clusters)]
    os.environ.update(cluster["env"])
    return {**cluster, "watched": not WORKER or f"gw{number}" == WORKER}


def _candidates(number: int, count: int) -> list[int]:
    return [number] if number < count else list(range(count))


def _claim(folder: str, number: int) -> bool:
    """The lock lasts as long as this process, however that ends."""
    if fcntl is None:
        return True
    held = os.open(f"{folder}/{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        return False
    return True
