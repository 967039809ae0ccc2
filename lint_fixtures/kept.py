"""The violations that were last found in each file, with all that was asked of the project to find them.

They stand while the file's own text and every answer are the same, by content. To see that takes a fraction of what it
takes to find them, and few imports: it is what an editor waits for that saves a file once more.
"""

from __future__ import annotations

import json

from lint_fixtures.answers import Answers
from lint_fixtures.cache import FactsCache, content_key
from lint_fixtures.files import Files
from lint_fixtures.identity import ourselves
from lint_fixtures.settings import Settings
from lint_fixtures.violation import Location, Violation

MOST = 400  # questions about other files; to ask more of them again would take as long as to find the violations
INTERNAL = "LFX000"  # an error of ours is told anew every time


class Kept:
    """One entry for each file of a project, whatever its text: a cache must not grow with every edit."""

    def __init__(self, root: str, cache: FactsCache, settings: Settings) -> None:
        self._root = root
        self._cache = cache
        self._settings = settings
        self._today = Answers(Files(root))
        self._version = ""

    def get(self, path: str, key: str) -> list[Violation] | None:
        """The violations of a file whose own text has this content key; None when they are not known."""
        stored = self._cache.get(self._slot(path))
        if stored is None:
            return None
        try:
            found = json.loads(stored)
            if found["key"] != key or not self._today.hold(found["asked"]):
                return None
            return [Violation(Location(path, line, col), code, message) for line, col, code, message in found["rows"]]
        except (ValueError, KeyError, TypeError, AttributeError):  # written by something else: as good as missing
            return None

    def put(self, path: str, key: str, violations: list[Violation], answers: Answers) -> None:
        """Keeps them where ``answers``, of this run, has on record all that they rest on, and it is not too much."""
        if not answers.whole or any(each.code == INTERNAL for each in violations):
            return
        asked = answers.all()
        if len(asked) <= MOST:
            rows = [[each.location.line, each.location.col, each.code, each.message] for each in violations]
            self._cache.put(self._slot(path), json.dumps({"key": key, "rows": rows, "asked": asked}).encode())

    def _slot(self, path: str) -> str:
        self._version = self._version or ourselves(self._cache)
        parts = ("kept", self._version, repr(self._settings), self._root, path)
        return content_key("\n".join(parts).encode(errors="surrogatepass"))
