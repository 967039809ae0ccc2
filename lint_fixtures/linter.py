"""Checks files one by one with what is known of their project, and keeps that knowledge for one run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lint_fixtures.cache import FactsCache, chosen_directory, content_key
from lint_fixtures.engine import check_file, internal_error
from lint_fixtures.extract import extract
from lint_fixtures.facts import Violation
from lint_fixtures.index import Project
from lint_fixtures.root import find_root
from lint_fixtures.rule import load_rules
from lint_fixtures.settings import Settings

if TYPE_CHECKING:
    from lint_fixtures.results import Results


class Linter:
    """One run: projects by root, each loaded as far as the checked files reach."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._projects: dict[str, Project] = {}
        self._results: dict[str, Results] = {}
        self._checked = 0

    def check(self, path: str, tree: ast.Module, lines: list[str]) -> list[Violation]:
        """The violations of a parsed file. Never raises: flake8 would end the whole run."""
        try:
            return self._found(path, tree, lines)
        except Exception as error:  # noqa: BLE001 (any input)
            return [internal_error(path, "before the rules", error)]

    def _found(self, path: str, tree: ast.Module, lines: list[str]) -> list[Violation]:
        root = find_root(path)
        self._checked += 1
        if self._checked == 2:  # a run over several files, not an editor's: it may spend a moment on old entries
            FactsCache(self._cache_directory(root)).prune()
        results = self._earlier(root) if self._checked > 1 else None
        if results is None or not results.open(self._checked):
            return self._fresh(path, tree, lines)
        key = content_key("".join(lines).encode(errors="surrogatepass"))
        known = results.get(path, key)
        if known is None:
            known = self._fresh(path, tree, lines)
            results.put(path, key, known)
        return known

    def finish(self) -> None:
        """Writes the answers of a run over several files; at the end of the process it is done anyway."""
        for results in self._results.values():
            results.flush()

    def _fresh(self, path: str, tree: ast.Module, lines: list[str]) -> list[Violation]:
        project = self._project(find_root(path))
        facts = extract(tree, lines)
        if not facts.parsed:
            return []
        project.add(path, facts)
        violations = check_file(project, path, load_rules(facts.mentions, self._settings.extended))
        project.forget(path)
        return violations

    def _earlier(self, root: str) -> Results | None:
        """The results of earlier runs; the project starts anew with a record of all that is read."""
        directory = self._cache_directory(root)
        if root not in self._results and directory is not None:
            from lint_fixtures.results import Answers, Results  # an editor needs neither

            cache, answers = FactsCache(directory), Answers()
            self._projects[root] = Project(root, cache, self._settings)
            self._projects[root].sources.record = answers
            self._results[root] = Results(self._projects[root].sources, answers, cache, self._settings)
        return self._results.get(root)

    def _project(self, root: str) -> Project:
        if root not in self._projects:
            self._projects[root] = Project(root, FactsCache(self._cache_directory(root)), self._settings)
        return self._projects[root]

    def _cache_directory(self, root: str) -> str | None:
        return chosen_directory(root, self._settings.cache_dir)
