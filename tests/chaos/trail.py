"""What a hook starts and makes while it runs, seen from outside: directories, shared memory, processes."""

import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil

from lint_fixtures_hooks import supervisor
from tests.hooks.projects import running

POLL_SECONDS = 0.1
GONE_SECONDS = 30.0
Left = TypeVar("Left")


class Trail:
    """A thread that looks until it is told to stop; `mark` is in the environment or arguments of all that is ours."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.directories: set[Path] = set()
        self.segments: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Trail":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            for pid in running(self.mark):
                self._note(pid)

    def _note(self, pid: int) -> None:
        try:
            words = psutil.Process(pid).cmdline()
        except psutil.Error:
            return
        if supervisor.__file__ not in words:
            return
        directory = Path(words[words.index(supervisor.__file__) + 1])
        self.directories.add(directory)
        try:
            lines = (directory / "data" / "postmaster.pid").read_text().splitlines()
            self.segments.add(lines[6].split()[1])
        except (OSError, IndexError):
            return

    def left(self) -> list[str]:
        """What is still there, in words; waits for what is on its way out."""
        return [words for words in (*map(self._process, self._marks()), *self._things()) if words]

    def _marks(self) -> list[str]:
        return [self.mark, *map(str, self.directories)]

    def _process(self, mark: str) -> str:
        found = until_empty(lambda: running(mark))
        return f"processes {[(pid, _words(pid)) for pid in found]}" if found else ""

    def _things(self) -> list[str]:
        places = [place for directory in self.directories for place in (directory, directory.with_suffix(".lease"))]
        left = until_empty(lambda: [place for place in places if place.exists()])
        segments = until_empty(lambda: sorted(self.segments & shared_memory()))
        return [str(place) for place in left] + [f"shared memory {segment}" for segment in segments]


def until_empty(look: Callable[[], list[Left]]) -> list[Left]:
    deadline = time.monotonic() + GONE_SECONDS
    while (found := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def shared_memory() -> set[str]:
    """Identifiers of this machine's System V segments."""
    table = subprocess.run(("ipcs", "-m"), capture_output=True, text=True, check=True).stdout
    return {line.split()[1] for line in table.splitlines() if len(line.split()) > 4}


def _words(pid: int) -> str:
    try:
        return " ".join(psutil.Process(pid).cmdline())[:200]
    except psutil.Error:
        return "gone"
