"""Fixtures that put a stand-in in the place of a dependency of the application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Attr, Name, walk
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.nesting import nested

if TYPE_CHECKING:
    from lint_fixtures.index import Project
    from lint_fixtures.index.resolution import Closure


def stands_in(project: Project, closure: Closure) -> bool:
    """Whether some fixture overrides a dependency and speaks of mocks, or is given one."""
    found = tuple(closure.fixtures())
    mocks = {each.name for each in found if project.values.role(each, project.node_of(each)) == kinds.MOCK}
    return any(_overrides(each) and _has_mock(each, mocks) for each in found)


def _overrides(fixture: Fixture) -> bool:
    functions = (fixture.function, *nested(fixture.module, fixture.function))
    return any(each.body.may_mention("dependency_overrides") for each in functions)


def _has_mock(fixture: Fixture, mocks: set[str]) -> bool:
    return not mocks.isdisjoint(fixture.requests) or any(kinds.makes_mock(name) for name in _names(fixture))


def _names(fixture: Fixture) -> Iterator[str]:
    """Every name in the fixture and in the functions inside it."""
    for function in (fixture.function, *nested(fixture.module, fixture.function)):
        for node in walk(function.body.statements):
            if isinstance(node, Name):
                yield node.dotted
            elif isinstance(node, Attr):
                yield node.name
