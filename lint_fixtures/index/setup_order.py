"""The order in which pytest sets up the fixtures of a test."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.facts import Function
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.nodes import Test

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_SCOPES = ("session", "package", "module", "class", "function")


def setup_orders(project: Project, test: Test) -> tuple[tuple[Fixture, ...], ...]:
    """The orders that releases of pytest have: they close over requests by breadth or by depth, then sort by scope.

    What is asked for while the test runs is left out. None at all where a scope cannot be told.
    """
    closure = project.resolution.closure(test)
    dynamic, _ = project.fixtures.dynamic_requests(test.module, test.function)
    initial = [name for name in project.resolution.initial(test) if name not in dynamic and name in closure.definitions]
    if any(found[-1].scope is None for found in closure.definitions.values()):
        return ()
    running: dict[str, list[Fixture]] = {}
    for fixture in closure.fixtures():
        running.setdefault(fixture.name, []).append(fixture)
    return tuple(_set_up(project, test, running, names) for names in _closed(running, initial))


def _closed(running: dict[str, list[Fixture]], initial: list[str]) -> Iterator[list[str]]:
    """By breadth, then by depth."""
    for take in (deque.popleft, deque.pop):
        found: dict[str, None] = {}
        waiting = deque(initial if take is deque.popleft else reversed(initial))
        while waiting:
            name = take(waiting)
            if name in found or name not in running:
                continue
            found[name] = None
            requests = [each for one in running[name] for each in one.requests]
            waiting.extend(requests if take is deque.popleft else reversed(requests))
        yield list(found)


def _set_up(project: Project, test: Test, running: dict[str, list[Fixture]], names: list[str]) -> tuple[Fixture, ...]:
    done: list[Fixture] = []
    entered: set[Function] = set()

    def enter(fixture: Fixture) -> None:
        if fixture.function in entered:
            return
        entered.add(fixture.function)
        for name in fixture.requests:
            asked = project.resolution.requested(fixture, name, test.node) if name in running else None
            if asked is not None:
                enter(asked)
        done.append(fixture)

    for name in sorted(names, key=lambda each: _SCOPES.index(running[each][0].scope or "function")):
        enter(running[name][0])
    return tuple(done)
