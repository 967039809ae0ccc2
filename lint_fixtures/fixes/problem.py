"""What a repair is given."""

from __future__ import annotations

import libcst as cst

from lint_fixtures.fixes.imports import importing
from lint_fixtures.fixes.source import Source
from lint_fixtures.frozen import frozen
from lint_fixtures.index import Project
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.nodes import Node
from lint_fixtures.violation import Violation


@frozen
class Problem:
    """One violation, in the file that it is reported in."""

    project: Project
    source: Source
    violation: Violation

    @property
    def path(self) -> str:
        return self.violation.location.path

    @property
    def line(self) -> int:
        return self.violation.location.line

    def fixture(self) -> tuple[Fixture, Node] | None:
        """The fixture whose ``def`` is reported."""
        own = self.project.own_fixtures(self.path)
        return next((each for each in own if each[0].location.line == self.line), None)

    def gets_fixtures(self, function: cst.FunctionDef) -> bool:
        """Whether pytest fills in its parameters: a test or a fixture, no helper and no method of a TestCase."""
        line = self.source.line(function)
        fixtures = (fixture.location.line for fixture, _ in self.project.own_fixtures(self.path))
        tests = [test for test in self.project.tests(self.path) if test.module.path == self.path]
        filled = (test.function.line for test in tests if not test.unittest)
        return line in {*fixtures, *filled}

    def importing(self, module: cst.Module, dotted: str, name: str | None = None) -> cst.Module:
        """The module with ``from dotted import name``, or with ``import dotted``."""
        return importing(module, dotted, name, self._is_ours)

    def _is_ours(self, dotted: str) -> bool:
        found = self.project.sources.module_file(dotted, self.path)
        return found is not None and self.project.sources.is_inside(found)
