"""What plain reading leaves open and inference may tell: astroid is loaded only then, and its answers are kept.

An answer is stored under the question and the file it starts from, with the content of every other module it rests on.
"""

from __future__ import annotations

import json
import os.path
from collections.abc import Callable
from typing import TYPE_CHECKING

from lint_fixtures.cache import FactsCache, content_key
from lint_fixtures.index.modules import Module, Modules

if TYPE_CHECKING:
    from lint_fixtures.inference import Answer

_VERSION = 1  # raise it when the same sources may give another answer


class Residues:
    def __init__(self, modules: Modules, cache: FactsCache | None) -> None:
        self.sources = modules.sources
        self._cache = cache or FactsCache(None)

    def table_name(self, module: Module, holder: str, name: str) -> str | None:
        """The text of a class attribute or ``declared_attr``, by qualified name, for a class of this name."""

        def ask() -> Answer:
            from lint_fixtures.inference import class_text

            return class_text(self.sources, module.path, holder, name)

        return self._told(module, ("class", holder, name), ask)

    def argument(self, module: Module, line: int, col: int) -> str | None:
        """The text of the first argument of the call at this place."""

        def ask() -> Answer:
            from lint_fixtures.inference import argument_text

            return argument_text(self.sources, module.path, line, col)

        return self._told(module, ("argument", str(line), str(col)), ask)

    def _told(self, module: Module, question: tuple[str, ...], ask: Callable[[], Answer]) -> str | None:
        source = self.sources.read(module.path)
        if source is None:
            return None
        self.sources.uses_package("astroid")
        # the place decides how imports are found; relative, so that another checkout shares the answer
        place = os.path.relpath(module.path, self.sources.root)
        key = content_key(json.dumps([_VERSION, question, place, content_key(source)]).encode())
        stored = self._cache.get(key)
        if stored is not None:
            valid, text = self._stored(stored, module)
            if valid:
                return text
        answer = ask()
        self._cache.put(key, json.dumps([answer.text, answer.used]).encode())
        return answer.text

    def _stored(self, payload: bytes, module: Module) -> tuple[bool, str | None]:
        """Whether a stored answer still holds, and its text."""
        try:
            text, used = json.loads(payload)
            holds = all(self._key(name, module) == key for name, key in used.items())
        except (ValueError, TypeError, AttributeError):
            return False, None
        return holds and (text is None or isinstance(text, str)), text

    def _key(self, dotted: str, module: Module) -> str | None:
        path = self.sources.module_file(dotted, module.path)
        source = self.sources.read(path) if path else None
        return None if source is None else content_key(source)
