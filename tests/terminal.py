"""Commands that believe to run in a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Mapping
from pathlib import Path


def on_terminal(folder: Path, environment: Mapping[str, str], *command: str) -> str:
    """What a command writes to stdout and stderr, both a terminal; without a cache, with NO_COLOR only if given."""
    ours, theirs = pty.openpty()
    variables = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    variables |= {"LINT_FIXTURES_CACHE": "off", "TERM": "xterm", **environment}
    with subprocess.Popen(command, cwd=folder, env=variables, stdout=theirs, stderr=theirs):
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so that the other end is closed
        return b""
