"""Ends what a killed hook and a killed supervisor left behind, and nothing else."""

import json
import os
import signal
from pathlib import Path

import psutil

from lint_fixtures_hooks.postgres.lease import lock, run_roots
from lint_fixtures_hooks.supervisor import LAST_COMMAND, remove, run_quietly

STOP_SECONDS = 20
CLOCK_SLACK = 5.0  # seconds between the kernel's start time and the one that postgres wrote down


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
        server = leftover_server(directory)
        if server is not None and not _quit(server):
            return False
        _run_last_command(directory)
        if remove(directory):
            lease.unlink(missing_ok=True)
        return True
    finally:
        os.close(descriptor)


def leftover_server(directory: Path) -> psutil.Process | None:
    """The postmaster of `directory`, only if pid, start time and arguments all say so: pids are used again."""
    data = directory / "data"
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        same_start = abs(process.create_time() - float(lines[2])) < CLOCK_SLACK
        same_arguments = str(data) in process.cmdline()
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process if same_start and same_arguments else None


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
