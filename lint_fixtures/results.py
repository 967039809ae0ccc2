"""Violations of earlier runs over the same project, for runs over many files.

An answer stands only while nothing of the project has changed: it is kept with a digest of all Python files and folders
below the root and, one by one, with what else was read or looked for until it was given. A run asks only when it checks
so many files that the digest costs little beside them; an editor never does.
"""

# Strings instead of pathlib objects, as in sources.
# ruff: noqa: PTH118, PTH119, PTH120

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from multiprocessing.util import Finalize
from typing import Any

from lint_fixtures.answers import Answers
from lint_fixtures.cache import FactsCache, content_key
from lint_fixtures.engine import INTERNAL
from lint_fixtures.identity import ourselves
from lint_fixtures.settings import Settings
from lint_fixtures.sources import Sources
from lint_fixtures.violation import Location, Violation

_FILES_PER_CHECK = 64  # to read and hash so many takes a fraction of what flake8 takes for one


class Results:
    """The violations of a project's files; ``answers`` must hold all that ``sources`` was asked, from the start."""

    def __init__(self, sources: Sources, answers: Answers, cache: FactsCache, settings: Settings) -> None:
        self._sources = sources
        self._answers = answers
        self._cache = cache
        self._settings = settings
        self._digest: str | None = None
        self._next = 2  # files checked, after which it is asked again whether it pays
        self._covered: frozenset[str] = frozenset()
        self._folders: dict[str, dict[str, Any]] = {}
        self._unwritten: dict[str, dict[str, Any]] = {}
        self._finalizer: Finalize | None = None

    def open(self, checked: int) -> bool:
        """Whether answers can be asked for, now that so many files have been checked."""
        if self._digest is None and checked >= self._next:
            self._next = 2 * checked
            folders = list(self._sources.folders())
            if sum(name.endswith(".py") for each in folders for name in self._sources.names_in(each)) <= (
                checked * _FILES_PER_CHECK
            ):
                self._digest = self._cover(folders)
        return self._digest is not None

    def get(self, path: str, key: str) -> list[Violation] | None:
        """Those of a file whose own text has this content key; None when they are not known."""
        found = self._folder(os.path.dirname(path))["files"].get(os.path.basename(path))
        if not found or found[0] != key:
            return None
        return [Violation(Location(path, line, col), code, message) for line, col, code, message in found[1]]

    def put(self, path: str, key: str, violations: list[Violation]) -> None:
        """Keeps them for later runs; written when the run comes to another folder, and at its end."""
        self._sources.read(path)  # a file that was edited since the digest was made: it has two answers then
        if not self._answers.whole or any(each.code == INTERNAL for each in violations):
            return
        folder = os.path.dirname(path)
        if self._unwritten.keys() - {folder}:
            self.flush()
        if self._finalizer is None:
            self._finalizer = Finalize(None, self.flush, exitpriority=10)  # also of flake8's worker processes
        rows = [[each.location.line, each.location.col, each.code, each.message] for each in violations]
        self._unwritten.setdefault(folder, {})[os.path.basename(path)] = [key, rows]

    def flush(self) -> None:
        """Writes what is new, once for each folder, with all that was read and looked for until now."""
        unwritten, self._unwritten = self._unwritten, {}
        if not self._answers.whole:
            return
        for folder, new in unwritten.items():
            known = self._read(folder)  # again: another process may have written
            files = {**known["files"], **self._folder(folder)["files"], **new}
            beside = {**known["beside"], **dict(self._beside())}
            self._folders[folder] = {"of": self._digest, "beside": beside, "files": files}
            self._cache.put(self._slot(folder), json.dumps(self._folders[folder]).encode())

    def _cover(self, folders: list[str]) -> str:
        paths = []
        for folder in folders:
            names = self._sources.names_in(folder)
            paths += [os.path.join(folder, name) for name in names if name.endswith(".py")]
        self._covered = frozenset((*folders, *paths))
        questions = (*(f"read {path}" for path in paths), *(f"list {folder}" for folder in folders))
        return content_key(json.dumps([[each, self._answers.now(each)] for each in questions]).encode())

    def _beside(self) -> Iterator[tuple[str, str]]:
        """What was asked outside of what the digest covers, with the answers."""
        for question, answer in self._answers.all().items():
            kind, _, path = question.partition(" ")
            if (path if kind in ("read", "list") else os.path.dirname(path)) not in self._covered:
                yield question, answer

    def _folder(self, folder: str) -> dict[str, Any]:
        if folder not in self._folders:
            self._folders[folder] = self._read(folder)
        return self._folders[folder]

    def _read(self, folder: str) -> dict[str, Any]:
        stored = self._cache.get(self._slot(folder))
        try:
            found: dict[str, Any] = json.loads(stored) if stored else {}
            whole = found.get("of") == self._digest and self._answers.hold(found["beside"])
        except (ValueError, KeyError, TypeError, AttributeError):  # written by something else: as good as missing
            whole = False
        return found if whole else {"of": self._digest, "beside": {}, "files": {}}

    def _slot(self, folder: str) -> str:
        # one entry for each folder, whatever the state of the project: a cache must not grow with every edit
        parts = ("results", ourselves(self._cache), repr(self._settings), self._sources.root, folder)
        return content_key("\n".join(parts).encode(errors="surrogatepass"))
