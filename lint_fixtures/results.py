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
from functools import lru_cache
from importlib import metadata
from multiprocessing.util import Finalize
from typing import Any

from lint_fixtures.cache import FactsCache, content_key
from lint_fixtures.engine import INTERNAL
from lint_fixtures.facts import Location, Violation
from lint_fixtures.settings import Settings
from lint_fixtures.sources import Sources

_FILES_PER_CHECK = 64  # to read and hash so many takes a fraction of what flake8 takes for one
_PASSING = frozenset((".lint_fixtures_cache", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"))
_OPTIONAL = ("astroid", "sqlglot")  # packages that answer questions of the rules


class Answers:
    """What a run has read and looked for: content keys and kinds by path."""

    def __init__(self) -> None:
        self.contents: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.steady = True  # the same question always had the same answer

    def read(self, path: str, content: bytes | None) -> None:
        self._put(self.contents, path, "" if content is None else content_key(content))

    def asked(self, path: str, answer: str | None) -> None:
        self._put(self.kinds, path, answer or "")

    def _put(self, known: dict[str, str], path: str, answer: str) -> None:
        self.steady = self.steady and known.setdefault(path, answer) == answer


class Results:
    """The violations of a project's files; ``sources`` must have recorded in ``answers`` from the start."""

    def __init__(self, sources: Sources, answers: Answers, cache: FactsCache, settings: Settings) -> None:
        self._sources = sources
        self._answers = answers
        self._cache = cache
        self._settings = settings
        self._digest: str | None = None
        self._covered: frozenset[str] = frozenset()
        self._folders: dict[str, dict[str, Any]] = {}
        self._listings: dict[str, str] = {}
        self._unwritten: dict[str, dict[str, Any]] = {}
        self._finalizer: Finalize | None = None

    def open(self, checked: int) -> bool:
        """Whether answers can be asked for, now that so many files have been checked."""
        if self._digest is None and checked & (checked - 1) == 0:
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
        self._sources.read(path)  # a file that was edited since the digest was made: the answers are no longer steady
        if not self._answers.steady or any(each.code == INTERNAL for each in violations):
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
        if not self._answers.steady:
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
        for path in paths:
            self._sources.read(path)
        self._covered = frozenset((*folders, *paths))
        state = [[path, self._answers.contents[path]] for path in paths]
        return content_key(json.dumps([state, [[each, self._listing(each)] for each in folders]]).encode())

    def _listing(self, folder: str) -> str:
        """Without what other tools and Python itself leave behind: no rule asks for it."""
        if folder not in self._listings:
            self._sources.names_in(folder)
            found = sorted(each for each in self._sources.listings()[folder].items() if each[0] not in _PASSING)
            self._listings[folder] = content_key(json.dumps(found).encode())
        return self._listings[folder]

    def _beside(self) -> Iterator[tuple[str, str]]:
        """What was read or looked for outside of what the digest covers, with the answers."""
        for path, answer in self._answers.contents.items():
            if path not in self._covered:
                yield f"read {path}", answer
        for path, answer in self._answers.kinds.items():
            if os.path.dirname(path) not in self._covered:
                yield f"kind {path}", answer
        for folder in list(self._sources.listings()):
            if folder not in self._covered:
                yield f"list {folder}", self._listing(folder)

    def _holds(self, question: str, answer: str) -> bool:
        kind, _, path = question.partition(" ")
        if kind == "read":
            if path not in self._answers.contents:
                self._sources.read(path)
            return self._answers.contents[path] == answer
        if kind == "list":
            return self._listing(path) == answer
        if path not in self._answers.kinds:
            if path.endswith("@"):
                self._sources.is_link(path[:-1])
            else:
                self._sources.is_file(path)
        return self._answers.kinds.get(path) == answer

    def _folder(self, folder: str) -> dict[str, Any]:
        if folder not in self._folders:
            self._folders[folder] = self._read(folder)
        return self._folders[folder]

    def _read(self, folder: str) -> dict[str, Any]:
        stored = self._cache.get(self._slot(folder))
        try:
            found: dict[str, Any] = json.loads(stored) if stored else {}
            whole = found.get("of") == self._digest and all(self._holds(*each) for each in found["beside"].items())
        except (ValueError, KeyError, TypeError, AttributeError):  # written by something else: as good as missing
            whole = False
        return found if whole else {"of": self._digest, "beside": {}, "files": {}}

    def _slot(self, folder: str) -> str:
        # one entry for each folder, whatever the state of the project: a cache must not grow with every edit
        parts = ("results", _ourselves(), repr(self._settings), self._sources.root, folder)
        return content_key("\n".join(parts).encode(errors="surrogatepass"))


@lru_cache(maxsize=1)
def _ourselves() -> str:
    """This very version of the rules, and of the packages that answer for them."""
    sources = Sources(os.path.dirname(__file__))
    parts = [content_key(sources.read(path) or b"") for path in sources.python_files()]
    return content_key("\n".join([*parts, *map(_version, _OPTIONAL)]).encode())


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
