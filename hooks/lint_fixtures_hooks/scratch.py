"""The hook's own temporary folder: locked while it is used, so that a run removes what a killed one left."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "verify-suite-"
LOCK = "in-use.lock"


@contextmanager
def scratch() -> Iterator[Path]:
    """A private folder, gone with the context; its path leaves room for a socket's name."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    try:
        with FileLock(folder / LOCK, mode=0o600):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _left(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _left(folder: Path) -> bool:
    """Ours, and nobody's any more."""
    try:
        if os.name != "nt" and folder.lstat().st_uid != os.geteuid():
            return False
        if folder.is_symlink() or (folder / LOCK).is_symlink() or not (folder / LOCK).is_file():
            return False
        with FileLock(folder / LOCK, timeout=0, mode=0o600):
            return True
    except (Timeout, OSError):
        return False
