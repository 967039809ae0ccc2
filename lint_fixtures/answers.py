"""What a project's files were asked, and whether they would answer the same today.

All that rules learn of a project they learn by such questions: what a file holds, what lies in a folder, what kind of
thing a path is, which version of a package is installed. So violations stand while every answer is the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from lint_fixtures.cache import content_key
from lint_fixtures.files import Files

_PASSING = frozenset((".lint_fixtures_cache", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"))


class Answers:
    """A record of all that ``files`` is asked from now on: "read PATH", "kind PATH", "link PATH", "package NAME".

    ``whole`` is False once it does not hold everything: a question had two different answers, or there were more of
    them than ``limit``. Answers are content keys and kinds, '' for what is absent.
    """

    def __init__(self, files: Files, limit: int | None = None) -> None:
        self.whole = True
        self.limit = limit
        self._files = files
        self._found: dict[str, str] = {}
        self._listings: dict[str, str] = {}
        files.record = self

    def read(self, path: str, content: bytes | None) -> None:
        if self.whole:
            self.asked("read", path, None if content is None else content_key(content))

    def asked(self, kind: str, what: str, answer: str | None) -> None:
        if self.whole:
            same = self._found.setdefault(f"{kind} {what}", answer or "") == (answer or "")
            self.whole = same and (self.limit is None or len(self._found) <= self.limit)

    def all(self) -> Mapping[str, str]:
        """Every question with its answer; those of folders are "list PATH"."""
        return self._found | {f"list {folder}": self.listing(folder) for folder in self._files.listings()}

    def now(self, question: str) -> str | None:
        """The answer, asked for where it is not known; None when the record is not whole."""
        kind, _, what = question.partition(" ")
        if kind == "list":
            return self.listing(what)
        if question not in self._found:
            ask = {"read": self._files.read, "link": self._files.is_link, "package": self._files.uses_package}
            ask.get(kind, self._files.is_file)(what)
        return self._found.get(question) if self.whole else None

    def hold(self, earlier: Mapping[str, str]) -> bool:
        """Whether these questions still have these answers."""
        return all(answer is not None and self.now(question) == answer for question, answer in earlier.items())

    def listing(self, folder: str) -> str:
        """Without what other tools and Python itself leave behind: no rule asks for it."""
        if folder not in self._listings:
            found = sorted(each for each in self._files.listing(folder).items() if each[0] not in _PASSING)
            self._listings[folder] = content_key(json.dumps(found).encode())
        return self._listings[folder]
