"""What a test can change of the interpreter for all that come after it: sys.path, signal handlers, the umask."""

from __future__ import annotations

# signal.getsignal makes an enumeration's member of each answer, which is dear after every test
import _signal  # type: ignore[import-not-found]
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

LIBRARIES = ("site-packages", "dist-packages")


class Interpreter:
    """`ours` tells the project's own files: the handlers of libraries, as of time limits, come and go by themselves."""

    def __init__(self, ours: Callable[[str], bool], root: str) -> None:
        self.ours = ours
        self.signals = [(int(number), number.name) for number in signal.Signals]
        self.raw: object = None
        self.known: dict[str, dict[str, str]] = {}
        self.unseen = {"", ".", root}  # migrations put the project's own folder there each time they run
        self.umask = ""

    def state(self) -> dict[str, dict[str, str]]:
        """Kind to name to value; judged again only when something is another object than the last time."""
        handlers = {name: _signal.getsignal(number) for number, name in self.signals}
        raw = (handlers, sys.path[:])
        if raw != self.raw:
            self.raw = raw
            self.known = {"sys-path": self._path(), "signal": dict(self._named(handlers))}
        return {**self.known, "umask": {"umask": self._umask()}}

    def _path(self) -> dict[str, str]:
        """Folders of libraries are put there when one is first imported."""
        return {entry: "" for entry in map(str, sys.path) if entry not in self.unseen and not _of_libraries(entry)}

    def _named(self, handlers: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for name, handler in handlers.items():
            if isinstance(handler, int):
                if handler == signal.SIG_IGN:
                    yield name, "ignored"
            elif handler is not None:
                code = getattr(getattr(handler, "__func__", handler), "__code__", None)
                if code is not None and self.ours(code.co_filename):
                    yield name, f"{code.co_name} {id(handler):x}"

    def _umask(self) -> str:
        """It is told only by setting it: not while another thread may make a file."""
        if threading.active_count() == 1 or not self.umask:
            now = os.umask(0o77)
            os.umask(now)
            self.umask = oct(now)
        return self.umask


def _of_libraries(entry: str) -> bool:
    return any(name in entry for name in LIBRARIES)
