"""Reading the files of a project, with the unsaved buffers of an editor laid over them."""

# Strings instead of pathlib objects, which cost milliseconds on every editor save.
# ruff: noqa: PTH100, PTH114, PTH116, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

MAX_SIZE = 5 * 1024 * 1024  # bytes; a larger file is data, whatever its name says
INSTALLED = frozenset(("site-packages", "dist-packages", ".venv"))  # folders of third-party packages

_FOREIGN = frozenset(("__pycache__", "node_modules", *INSTALLED))


class Record(Protocol):
    """Takes down what was asked, and the answer."""

    def read(self, path: str, content: bytes | None) -> None: ...

    def asked(self, kind: str, what: str, answer: str | None) -> None: ...


class Files:
    """The files of a project, remembered for one run: a new run needs a new object.

    Paths are absolute, normalised strings. No look-up raises: what cannot be read is absent. `overlay` holds unsaved
    buffers by path; they stand in for the files on disk, or beside them.
    """

    def __init__(self, root: str, overlay: Mapping[str, bytes] | None = None) -> None:
        self.root = os.path.abspath(root)
        self._below = os.path.join(self.root, "")
        self._overlay = {os.path.abspath(path): content for path, content in (overlay or {}).items()}
        self._unsaved = _folders_of(self._overlay)
        self._listings: dict[str, dict[str, str]] = {}
        self._packages: set[str] = set()
        self.record: Record | None = None

    def is_file(self, path: str) -> bool:
        return self._kind(path) == "file"

    def is_dir(self, path: str) -> bool:
        return self._kind(path) == "folder"

    def read(self, path: str) -> bytes | None:
        """None: absent, unreadable, no regular file, or larger than 5 MB."""
        content = self._overlay[path] if path in self._overlay else _read(path)
        if self.record is not None:
            self.record.read(path, content)
        return content

    def is_inside(self, path: str) -> bool:
        """Whether the path is the root or lies below it."""
        return path == self.root or path.startswith(self._below)

    def python_files(self, folder: str | None = None) -> Iterator[str]:
        """Every `.py` file below the folder (default: the root) in a stable order, without what is surely not the
        project's own: hidden folders, virtual environments, installed packages, linked folders."""
        for place in self.folders(folder):
            listing = sorted(self._listing(place).items())
            yield from (os.path.join(place, name) for name, kind in listing if kind == "file" and name.endswith(".py"))

    def folders(self, folder: str | None = None) -> Iterator[str]:
        """The folder (default: the root) and those below it that may hold the project's own files."""
        pending = [folder or self.root]
        while pending:
            place = pending.pop()
            listing = sorted(self._listing(place).items())
            if ("pyvenv.cfg", "file") in listing:
                continue
            yield place
            names = [name for name, kind in listing if kind == "folder" and name[0] != "." and name not in _FOREIGN]
            below = [os.path.join(place, name) for name in reversed(names)]
            pending += (path for path in below if not self.is_link(path))

    def listings(self) -> Mapping[str, Mapping[str, str]]:
        """Every folder that was looked into so far: the kinds of what is in it, by name."""
        return self._listings

    def listing(self, folder: str) -> Mapping[str, str]:
        """The kinds of what lies directly in a folder, by name; nothing for a folder that cannot be read."""
        return self._listing(folder)

    def uses_package(self, name: str) -> None:
        """To be called before an installed package answers for the project, or would: its version is put on record."""
        if self.record is not None and name not in self._packages:
            self._packages.add(name)
            self.record.asked("package", name, _version(name))

    def is_link(self, path: str) -> bool:
        found = os.path.islink(path)
        if self.record is not None:
            self.record.asked("link", path, "link" if found else None)
        return found

    def _kind(self, path: str) -> str | None:
        """'file', 'folder' or None. Below the root from a listing of the folder: most lookups are for absent names."""
        if path.startswith(self._below):
            folder, _, name = path.rpartition(os.sep)
            return self._listing(folder if len(folder) > len(self.root) else self.root).get(name)
        folder, name = os.path.split(path)
        kind = self._unsaved.get(folder, {}).get(name) or _stat_kind(path)
        if self.record is not None:
            self.record.asked("kind", path, kind)
        return kind

    def _listing(self, folder: str) -> dict[str, str]:
        if folder not in self._listings:
            self._listings[folder] = _list(folder) | self._unsaved.get(folder, {})
        return self._listings[folder]


def _read(path: str) -> bytes | None:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # opening a pipe would wait
            return None
        with open(path, "rb") as file:
            content = file.read(MAX_SIZE + 1)
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return None
    return content if len(content) <= MAX_SIZE else None


def _version(package: str) -> str | None:
    from importlib import metadata  # few projects need it

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def ancestors(path: str, root: str = "") -> Iterator[str]:
    """The path itself and the folders above it, up to `root` (to the top of the file system when not below it)."""
    while True:
        yield path
        parent = os.path.dirname(path)
        if path in (root, parent):
            return
        path = parent


def _folders_of(files: Iterable[str]) -> dict[str, dict[str, str]]:
    """Listings of the folders that the files need, as if nothing else were there."""
    listings: dict[str, dict[str, str]] = {}
    for file in files:
        kind = "file"
        for path in ancestors(file):
            folder, name = os.path.split(path)
            listings.setdefault(folder, {})[name] = kind
            kind = "folder"
    return listings


def _list(folder: str) -> dict[str, str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name: kind for entry in entries if (kind := _entry_kind(entry))}
    except (OSError, ValueError):
        return {}


def _entry_kind(entry: os.DirEntry[str]) -> str | None:
    try:
        if entry.is_dir():
            return "folder"
        return "file" if entry.is_file() else None
    except OSError:  # a loop of links
        return None


def _stat_kind(path: str) -> str | None:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else None
