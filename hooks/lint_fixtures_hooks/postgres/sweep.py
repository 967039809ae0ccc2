"""Ends what a killed hook and a killed supervisor left behind, and nothing else."""

import json
import os
import signal
from pathlib import Path

import psutil

from lint_fixtures_hooks.postgres.lease import lock, run_roots
from lint_fixtures_hooks.supervisor import LAST_COMMAND, remove, run_quietly, started

STOP_SECONDS = 20
SERVERS = frozenset({"initdb", "postgres", "unshare"})  # the last until it has become one of the others


def sweep() -> list[Path]:
    """Remove the runs whose lease is free; returns their directories."""
    return [lease.with_suffix("") for root in run_roots() for lease in _leases(root) if sweep_one(lease)]


def _leases(root: Path) -> list[Path]:
    try:
        return sorted(root.glob("*.lease")) if root.lstat().st_uid == os.geteuid() else []
    except OSError:
        return []


def sweep_one(lease: Path) -> bool:
    """End the run of this lease file if nobody holds it; True when it was a leftover."""
    try:
        descriptor = os.open(lease, os.O_RDWR)
    except OSError:
        return False
    try:
        if not lock(descriptor, lease):
            return False
        directory = lease.with_suffix("")
        server = leftover_server(lease)
        if server is not None and not _quit(server):
            return False
        _run_last_command(directory)
        if remove(directory):
            lease.unlink(missing_ok=True)
        return True
    finally:
        os.close(descriptor)


def leftover_server(lease: Path) -> psutil.Process | None:
    """The child of the run's supervisor, only if pid, start and arguments all say so: pids are used again.

    A start is compared as the kernel counts it; by the clock it would change whenever somebody sets that.
    """
    data = str(lease.with_suffix("") / "data")
    try:
        pid, start = _recorded(lease, Path(data))
        process = psutil.Process(pid)
        arguments = process.cmdline()
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    same_start = start is None or start == started(pid)
    serves = Path(arguments[0]).name in SERVERS if arguments else False
    # the directory's name is drawn by chance: whoever serves it was started for this run
    return process if same_start and serves and ["-D", data] in _pairs(arguments) else None


def _recorded(lease: Path, data: Path) -> tuple[int, list[str] | None]:
    """Pid and start as the supervisor wrote them; the server's own word for it where that was killed too early."""
    try:
        recorded = json.loads(lease.read_text())
        return int(recorded["pid"]), list(recorded["started"])
    except (ValueError, KeyError, TypeError):
        return int((data / "postmaster.pid").read_text().split()[0]), None


def _pairs(arguments: list[str]) -> list[list[str]]:
    return [arguments[index : index + 2] for index in range(len(arguments))]


def _quit(server: psutil.Process) -> bool:
    try:
        server.send_signal(signal.SIGQUIT)
        server.wait(STOP_SECONDS)
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
    return True


def _run_last_command(directory: Path) -> None:
    """Only as we wrote it: where the server runs as `nobody`, the directory is that account's."""
    file = directory / LAST_COMMAND
    try:
        command = json.loads(file.read_text()) if file.lstat().st_uid == os.geteuid() else None
    except (OSError, ValueError):
        return
    if command is not None:
        run_quietly(command)
