"""What imports do to the process: variables that a library sets when it is first imported, project modules lost."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


class Imports:
    """`ours` tells the project's own files: what their imports set is the importing test's to answer for."""

    def __init__(self, ours: Callable[[str], bool]) -> None:
        self.ours = ours
        self.variables: dict[str, tuple[str, str | None]] = {}
        self.seen: set[str] = set()
        self.count = 0
        self.modules: dict[str, Any] = {}

    def hearers(self) -> dict[str, Callable[[str, tuple[Any, ...]], None]]:
        """Of audit events."""
        return {"os.putenv": self._put}

    def _put(self, event: str, arguments: tuple[Any, ...]) -> None:
        name, value = os.fsdecode(arguments[0]), os.fsdecode(arguments[1])
        if not name.startswith("PYTEST_") and self._foreign_import(sys._getframe(1)):
            _, before = self.variables.get(name, ("", os.environ.get(name)))
            self.variables[name] = (value, before)

    def _foreign_import(self, frame: FrameType | None) -> bool:
        """Whether the nearest module body on the stack is a library's that is just being imported."""
        while frame is not None and frame.f_code.co_name != "<module>":
            frame = frame.f_back
        if frame is None or self.ours(frame.f_code.co_filename):
            return False
        around = frame.f_back
        return around is not None and around.f_code.co_filename.startswith("<frozen importlib")

    def environ(self) -> dict[str, str]:
        """The variables as they would be had no library been imported since."""
        shown = dict(os.environ)
        for name, (value, before) in self.variables.items():
            if shown.get(name) == value:
                if before is None:
                    del shown[name]
                else:
                    shown[name] = before
        return shown

    def lost(self) -> dict[str, str]:
        """The project's modules that were imported once, and are no longer what sys.modules holds."""
        fresh = sys.modules.keys() - self.seen if len(sys.modules) != self.count else ()
        self.count = len(sys.modules)
        for name in fresh:
            self.seen.add(name)
            file = getattr(sys.modules.get(name), "__file__", None)
            if isinstance(file, str) and self.ours(file):
                self.modules[name] = sys.modules[name]
        return {
            name: "replaced in sys.modules" if name in sys.modules else "removed from sys.modules"
            for name, module in self.modules.items()
            if sys.modules.get(name) is not module
        }
