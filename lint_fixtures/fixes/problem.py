"""What a repair is given."""

from __future__ import annotations

from lint_fixtures.facts import Violation
from lint_fixtures.fixes.source import Source
from lint_fixtures.frozen import frozen
from lint_fixtures.index import Project
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.nodes import Node


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
