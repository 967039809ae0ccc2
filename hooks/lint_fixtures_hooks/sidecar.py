"""Answers the probe: one thread with one connection to the watched server, in the hook's process.

The user's process needs no driver for it, and the suite cannot see or break what is kept here.
"""

import json
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.observer import Observer
from lint_fixtures_hooks.postgres.server import Server
from lint_fixtures_hooks.watch import Watch


@dataclass(frozen=True)
class Sidecar:
    """`address` is the path of a socket, or host and port where there are none."""

    observer: Observer
    address: str | tuple[str, int]
    token: str = field(repr=False)


@contextmanager
def open_sidecar(server: Server, folder: Path) -> Iterator[Sidecar]:
    """`folder` is private to this run; its path leaves room for a socket's name."""
    token = secrets.token_hex(16)
    with Watch(server) as watch:
        observer = Observer(watch)
        with _listen(folder) as listener:
            listener.settimeout(0.2)
            over = threading.Event()
            handler = threading.Thread(target=_serve, args=(listener, observer, token, over), daemon=True)
            handler.start()
            try:
                yield Sidecar(observer, _address(listener), token)
            finally:
                over.set()
                handler.join(timeout=5)


def _listen(folder: Path) -> socket.socket:
    if not hasattr(socket, "AF_UNIX"):
        return socket.create_server(("127.0.0.1", 0))
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(folder / f"{secrets.token_hex(4)}.s"))
    listener.listen()
    return listener


def _address(listener: socket.socket) -> str | tuple[str, int]:
    name = listener.getsockname()
    return name if isinstance(name, str) else (name[0], name[1])


def _serve(listener: socket.socket, observer: Observer, token: str, over: threading.Event) -> None:
    """One probe at a time: a second one, of a worker that replaces a dead one, waits until the first is gone."""
    while not over.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        connection.setblocking(True)
        with connection, connection.makefile("rb") as questions, ExitStack() as handed:
            for line in questions:
                question = json.loads(line)
                if not secrets.compare_digest(question.pop("token", ""), token):
                    break
                if question["op"] == "direct":
                    _hand_over(connection, observer, handed)
                    continue
                answer = observer.answer(question)
                if question.get("waits", True):
                    connection.sendall(json.dumps(answer).encode() + b"\n")


def _hand_over(connection: socket.socket, observer: Observer, handed: ExitStack) -> None:
    """A connection to the server, for as long as the probe is there; without one it asks here every time."""
    spare = None
    if connection.family == getattr(socket, "AF_UNIX", None):
        with suppress(HookError, psycopg.Error):
            spare = handed.enter_context(observer.watch.spare())
    if spare is None:
        connection.sendall(b"{}\n")
    else:
        descriptor, statements = spare
        socket.send_fds(connection, [json.dumps({"statements": statements}).encode() + b"\n"], [descriptor])
