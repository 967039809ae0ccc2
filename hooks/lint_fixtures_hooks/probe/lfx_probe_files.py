"""Which files of the project this process reads and writes, and during which test, by audit events."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Protocol


class Sink(Protocol):
    def put(self, kind: str, **fields: Any) -> None: ...


WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# event -> which of its arguments are paths that it changes
CHANGING = {
    "os.rename": (0, 1),
    "os.remove": (0,),
    "os.rmdir": (0,),
    "os.truncate": (0,),
    "os.link": (1,),
    "os.symlink": (1,),
    "os.chmod": (0,),
    "sqlite3.connect": (0,),
}
FOREIGN = (os.sep + ".git" + os.sep, os.sep + "site-packages" + os.sep, os.sep + "node_modules" + os.sep)


def _foreign(path: str) -> bool:
    return any(part in path for part in FOREIGN)


class Files:
    """`elsewhere` is the user's own tree when a checkout of it runs: code from there is not what is verified."""

    def __init__(self, root: str, elsewhere: str, sink: Sink) -> None:
        self.root = root.rstrip(os.sep) + os.sep
        self.elsewhere = elsewhere.rstrip(os.sep) + os.sep if elsewhere else ""
        self.sink = sink
        self.nodeid = ""
        self.opened: set[str] = set()
        self.written: set[tuple[str, str]] = set()

    def ours(self, path: str) -> bool:
        return path.startswith(self.root) and not _foreign(path)

    def absolute(self, path: object) -> str:
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, (str, os.PathLike)):
            return ""
        path = os.path.abspath(os.fspath(path))  # noqa: PTH100 - at every open(): no object for it
        if self.elsewhere and path.startswith(self.elsewhere) and path.endswith(".py") and not _foreign(path):
            self.opened.add(path)
        return path if self.ours(path) else ""

    def wrote(self, path: str, made_folder: bool) -> None:
        mark = (path, self.nodeid)
        if path and mark not in self.written:
            self.written.add(mark)
            name = path[len(self.root) :].replace(os.sep, "/")
            self.sink.put("written", path=name, nodeid=self.nodeid, folder=made_folder)

    def hearers(self) -> dict[str, Callable[[str, tuple[Any, ...]], None]]:
        """Of audit events."""
        return {"open": self._opened, "os.mkdir": self._made, **dict.fromkeys(CHANGING, self._changed)}

    def _opened(self, event: str, arguments: tuple[Any, ...]) -> None:
        path = self.absolute(arguments[0])
        if path:
            if arguments[2] & WRITING:
                self.wrote(path, False)
            else:
                self.opened.add(path)

    def _made(self, event: str, arguments: tuple[Any, ...]) -> None:
        path = self.absolute(arguments[0])
        if path and not os.path.exists(path):  # noqa: PTH110
            self.wrote(path, True)

    def _changed(self, event: str, arguments: tuple[Any, ...]) -> None:
        for position in CHANGING[event]:
            self.wrote(self.absolute(arguments[position]), False)
