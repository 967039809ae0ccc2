"""What a repair is, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import libcst as cst

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


Propose: TypeAlias = Callable[[Problem], Iterator[cst.Module]]


@frozen
class Repair:
    """``propose`` yields whole modules, the best first. ``done`` says what was done, as it follows "LFX302: ".

    A repair is safe when the tests keep their meaning: it then needs no person to look at it.
    """

    code: str
    done: str
    safe: bool
    propose: Propose
