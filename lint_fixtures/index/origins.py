"""Whether an imported name may be a fixture, told from the text of the file it comes from.

A test file imports most of the application. Loading all of that to learn that a model class is no fixture would cost
more than the rest of a check.
"""

from __future__ import annotations

from lint_fixtures.facts import Import
from lint_fixtures.index.modules import Module
from lint_fixtures.sources import Sources

_LITERAL = frozenset((b"{", b"[", b'"', b"'", *(b"%d" % digit for digit in range(10))))
_MAKERS = ("pytest", "pytest_asyncio", "_pytest", "functools", "pytest_cases", "pytest_trio")


class Origins:
    """Answers by name and file; remembers the answers of one run."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._answers: dict[tuple[str, str], bool] = {}
        self._mentions: dict[str, bool] = {}

    def may_bring_fixture(self, module: Module, item: Import) -> bool:
        """False where the file defines the name itself, undecorated, or has nothing to do with fixtures or tests."""
        path = self._sources.module_file(item.module, module.path, item.level)
        if path is None:
            return item.level > 0 or item.module.partition(".")[0] in _MAKERS
        if item.attribute is None:
            return self._mentions_fixture(path)
        key = (path, item.attribute)
        inside = path.removeprefix(self._sources.root)  # where the project lies must not matter
        mentions = self._mentions_fixture(path)
        if not mentions and "test" not in inside:
            return False  # application code that hands on fixtures of others without the word: not seen in practice
        if key not in self._answers:
            text = b"\n" + (self._sources.read(path) or b"")
            self._answers[key] = _may_be_fixture(text, item.attribute.encode(), mentions)
        return self._answers[key]

    def may_lead_to_fixture(self, module: Module, item: Import) -> bool:
        """Whether an attribute of what is imported may be one: application code has none without the word."""
        inner = (f"{item.module}.{item.attribute}".lstrip("."),) if item.attribute else ()
        for name in (item.module, *inner):
            path = self._sources.module_file(name, module.path, item.level)
            if path and ("test" in path.removeprefix(self._sources.root) or self._mentions_fixture(path)):
                return True
        return False

    def _mentions_fixture(self, path: str) -> bool:
        if path not in self._mentions:
            self._mentions[path] = b"fixture" in (self._sources.read(path) or b"")
        return self._mentions[path]


def _may_be_fixture(text: bytes, name: bytes, mentions: bool) -> bool:
    """Told from the first definition of the name at module level, and where there is none, from what is assigned."""
    for start in (b"\ndef %b(", b"\nasync def %b("):
        place = text.find(start % name)
        if place >= 0:
            before = text[text.rfind(b"\n", 0, place) + 1 : place]  # a decorator, or the end of one
            return bool(before.strip()) or text.find(start % name, place + 1) >= 0
    if b"\nclass %b(" % name in text or b"\nclass %b:" % name in text:
        return False
    if mentions:  # it may be made by a call
        place = text.find(b"\n%b = " % name)
        return place < 0 or text[place + len(name) + 4 :][:1] not in _LITERAL
    return b"\n%b =" % name not in text and b"\n%b:" % name not in text
