"""Fixtures that request each other in a circle, once overrides are applied.

pytest stops every test that enters the circle with "recursive dependency involving fixture". The circle often spans
files: a test module overrides a shared fixture and requests another shared one, which in turn requests the first.

A fixture that requests its own name gets the definition that it overrides, also through other fixtures; that is no
circle as long as there is one. Only circles that a test really enters are reported, at each of their fixtures that
stands in the checked file.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.circles import circle
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.nodes import Node, Test
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for test in project.tests_below(path) if project.is_conftest(path) and _suspicious(project, path) else ():
        yield from _report(project, path, test)
    for test in project.tests(path):
        yield from _report(project, path, test)


def _suspicious(project: Project, path: str) -> bool:
    """Whether this conftest can be part of a circle without help from a test module: else no other file is read."""
    requests = {fixture.name: set(fixture.requests) for fixture, _ in project.own_fixtures(path)}
    asked: dict[Node, list[str]] = {}
    for fixture, node in project.own_fixtures(path):
        asked.setdefault(node, []).append(fixture.name)
    for node, names in asked.items():
        for name, found in project.resolution.node_closure(node, tuple(names)).definitions.items():
            requests.setdefault(name, set()).update(*(each.requests for each in found))
    return any(_reaches(requests, name, name, set()) for name in list(requests))


def _reaches(requests: dict[str, set[str]], start: str, wanted: str, seen: set[str]) -> bool:
    seen.add(start)
    asked = requests.get(start, set())
    return wanted in asked or any(_reaches(requests, name, wanted, seen) for name in asked - seen)


def _report(project: Project, path: str, test: Test) -> Iterator[tuple[Location, str]]:
    found = circle(project.resolution, test)
    for fixture in found:
        if fixture.module.path == path:
            yield fixture.location, _message(project, path, fixture, found)


def _message(project: Project, path: str, fixture: Fixture, found: tuple[Fixture, ...]) -> str:
    start = found.index(fixture)
    turn = (*found[start:], *found[:start], fixture)
    chain = " -> ".join(each.name for each in turn)
    others = [each for each in turn if each.module.path != path]
    where = f" ({others[0].name}: {project.where(others[0].location)})" if others else ""
    return f"'{fixture.name}' requests itself: {chain}{where}; pytest stops with 'recursive dependency'"


RULE = Rule(
    code="LFX106",
    name="recursive-fixture",
    why=__doc__ or "",
    check=check,
    mend="""Let one fixture of the circle stop requesting the next: usually the value that both need belongs into a
third fixture. To build on the fixture that is overridden, request it by its own name.""",
    bad="""
# file: tests/conftest.py
import pytest


@pytest.fixture
def campaign(organization):  # LFX106
    return {"organization": organization}


@pytest.fixture
def organization(campaign):  # LFX106
    return {"campaign": campaign}
# file: tests/test_campaign.py
def test_campaign(campaign):
    assert campaign
""",
    good="""
# file: tests/conftest.py
import pytest


@pytest.fixture
def organization():
    return {"name": "ACME"}


@pytest.fixture
def campaign(organization):
    return {"organization": organization}
# file: tests/test_campaign.py
import pytest


@pytest.fixture
def organization(organization):
    return organization | {"country": "PL"}


def test_campaign(campaign):
    assert campaign
""",
)
