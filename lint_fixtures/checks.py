"""The checks of one run over one project's files: rules are asked only where no earlier run has the violations."""

from __future__ import annotations

import ast

from lint_fixtures.answers import Answers
from lint_fixtures.cache import FactsCache
from lint_fixtures.engine import check_file
from lint_fixtures.extract import extract
from lint_fixtures.index import Project
from lint_fixtures.kept import MOST, Kept
from lint_fixtures.results import Results
from lint_fixtures.rule import rules_for
from lint_fixtures.settings import Settings
from lint_fixtures.violation import Violation


class Checks:
    """``kept`` is None where nothing is to be kept."""

    def __init__(self, root: str, cache: FactsCache, settings: Settings, kept: Kept | None) -> None:
        self._root = root
        self._cache = cache
        self._settings = settings
        self._kept = kept
        self._project, self._answers = self._start(MOST if kept else 0)
        self._results: Results | None = None
        self._first = True

    def check(self, path: str, key: str, tree: ast.Module, lines: list[str], checked: int) -> list[Violation]:
        """The violations of a parsed file; ``key`` is its content key, ``checked`` how many the run has come to."""
        if self._kept is None:
            return self._fresh(path, key, tree, lines)
        results = self._earlier() if checked > 1 else None
        if results is None or not results.open(checked):
            found = self._fresh(path, key, tree, lines)
            if self._first:  # those of a later one may rest on the text of this one, of which there is no record
                self._kept.put(path, key, found, self._answers)
            self._first = False
            return found
        known = results.get(path, key)
        if known is None:
            known = self._fresh(path, key, tree, lines)
            results.put(path, key, known)
        return known

    def finish(self) -> None:
        """Writes what is to be kept; at the end of the process it is done anyway."""
        if self._results is not None:
            self._results.flush()

    def _earlier(self) -> Results:
        """The results of earlier runs, which need a record without a limit."""
        if self._results is None:
            if not self._answers.whole:
                self._project, self._answers = self._start(None)
            self._answers.limit = None
            self._results = Results(self._project.sources, self._answers, self._cache, self._settings)
        return self._results

    def _start(self, limit: int | None) -> tuple[Project, Answers]:
        project = Project(self._root, self._cache, self._settings)
        return project, Answers(project.sources, limit)

    def _fresh(self, path: str, key: str, tree: ast.Module, lines: list[str]) -> list[Violation]:
        known = self._project.modules.known(path, key)  # others have asked for it, and more of them may
        facts = known.facts if known is not None else extract(tree, lines)
        if not facts.parsed:
            return []
        if known is None:
            self._project.add(path, facts)
        violations = check_file(self._project, path, rules_for(self._project, path, self._settings.extended))
        if known is None:
            self._project.forget(path)
        return violations
