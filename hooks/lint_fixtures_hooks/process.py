"""pytest and whatever its tests start, as one group of processes that ends with the run, or with the hook."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lint_fixtures_hooks import watchdog
from lint_fixtures_hooks.environment import without_servers

STOPPING = ((signal.SIGINT, 5.0), (signal.SIGTERM, 3.0))  # signal, seconds to obey it


@contextmanager
def process_group(
    command: tuple[str, ...], folder: Path, variables: Mapping[str, str], output: BinaryIO
) -> Iterator["subprocess.Popen[bytes]"]:
    """A group of its own: Ctrl-C reaches the hook alone, which then ends the whole group."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    with _watched(process):
        try:
            yield process
        finally:
            _end(process)


@contextmanager
def _watched(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """A killed hook ends nothing itself, and a test that waits for ever would never notice."""
    if os.name == "nt":
        yield
        return
    command = (sys.executable, "-I", "-S", watchdog.__file__, str(process.pid))
    with subprocess.Popen(
        command, cwd="/", env=without_servers(), stdin=subprocess.PIPE, start_new_session=True
    ) as watcher:
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                watcher.communicate(b"ended")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """A second Ctrl-C must not leave behind what the first one is about to end."""
    usual = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number, patience in STOPPING:
            if process.poll() is not None:
                break
            _signal_group(process, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
        _signal_group(process, signal.SIGKILL)
        process.wait()
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)


def _signal_group(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Also after pytest itself has ended: what a test started in the background must not outlive the run."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        pass
