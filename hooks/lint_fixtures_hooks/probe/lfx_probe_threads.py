"""Threads of the project's own code that go on after the test in which they were started."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from typing import Any

TESTS = ("test_", "conftest.py")
GRACE = 0.3  # seconds: one that was told to end needs a moment


class Threads:
    """`ours` tells the project's own files: the threads of libraries, and of their pools, are made to live on."""

    def __init__(self, ours: Callable[[str], bool]) -> None:
        self.ours = ours
        self.known: weakref.WeakKeyDictionary[threading.Thread, str] = weakref.WeakKeyDictionary()

    def running(self) -> dict[str, str]:
        """Name to words, of each thread that runs a function of the project; of the application no daemons."""
        alive = threading.enumerate()
        if len(alive) == 1:
            return {}
        found = {}
        for thread in alive:
            if thread not in self.known:
                self.known[thread] = self._place(thread)
                if self.known[thread]:
                    thread.join(GRACE)
            if self.known[thread] and thread.is_alive():
                found[thread.name] = f"it still runs {self.known[thread]}"
        return found

    def _place(self, thread: threading.Thread) -> str:
        function = _function(thread)
        code = getattr(function, "__code__", None)
        path: str = getattr(code, "co_filename", "")
        if not path or not self.ours(path):
            return ""
        if thread.daemon and not os.path.basename(path).startswith(TESTS):  # noqa: PTH119
            return ""
        return str(getattr(function, "__qualname__", thread.name))


def _function(thread: threading.Thread) -> Any:
    """What it runs: a subclass's own run, the target, or a timer's function."""
    run = type(thread).run
    if run not in (threading.Thread.run, threading.Timer.run):
        return run
    return getattr(thread, "function", None) or getattr(thread, "_target", None)
