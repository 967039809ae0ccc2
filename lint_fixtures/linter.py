"""Checks files one by one with what is known of their project, and keeps that knowledge for one run.

The rules and all that they need are loaded with the first file whose violations no earlier run has kept.
"""

from __future__ import annotations

import ast
import atexit
import gc
import os
from typing import TYPE_CHECKING

from lint_fixtures.cache import FactsCache, chosen_directory, content_key
from lint_fixtures.kept import Kept
from lint_fixtures.root import find_root
from lint_fixtures.settings import Settings
from lint_fixtures.violation import Violation

if TYPE_CHECKING:
    from lint_fixtures.checks import Checks

atexit.register(gc.freeze)  # a process that ends needs no last search for garbage: it takes longer than many a check


class Linter:
    """One run: projects by root, each loaded as far as the checked files reach."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: dict[str, Kept | None] = {}
        self._checks: dict[str, Checks] = {}
        self._roots: dict[str, str] = {}  # by folder
        self._checked = 0

    def check(self, path: str, tree: ast.Module, lines: list[str]) -> list[Violation]:
        """The violations of a parsed file. Never raises: flake8 would end the whole run."""
        collects = gc.isenabled()
        gc.disable()  # so many objects, and hardly a circle among them
        try:
            return self._found(path, tree, lines)
        except Exception as error:  # noqa: BLE001 (any input)
            from lint_fixtures.engine import internal_error

            return [internal_error(path, "before the rules", error)]
        finally:
            if collects:
                gc.enable()

    def finish(self) -> None:
        """Writes the answers of a run over several files; at the end of the process it is done anyway."""
        for checks in self._checks.values():
            checks.finish()

    def _found(self, path: str, tree: ast.Module, lines: list[str]) -> list[Violation]:
        folder = os.path.dirname(path)  # noqa: PTH120 (pathlib costs more)
        root = self._roots[folder] = self._roots.get(folder) or find_root(path)
        directory = chosen_directory(root, self._settings.cache_dir)
        cache = FactsCache(directory)
        self._checked += 1
        if self._checked == 2:  # a run over several files, not an editor's: it may spend a moment on old entries
            cache.prune()
        if root not in self._kept:
            self._kept[root] = Kept(root, cache, self._settings) if directory else None
        kept = self._kept[root]
        key = content_key("".join(lines).encode(errors="surrogatepass"))
        known = kept.get(path, key) if kept else None
        if known is not None:
            return known
        if root not in self._checks:
            from lint_fixtures.checks import Checks  # an editor's run over an unchanged file needs none of it

            self._checks[root] = Checks(root, cache, self._settings, kept)
        return self._checks[root].check(path, key, tree, lines, self._checked)
