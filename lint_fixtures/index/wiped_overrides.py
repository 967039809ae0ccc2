"""Overrides of a wide fixture that something narrower takes out, and that later tests still count on."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import Module
from lint_fixtures.index.nodes import Node, Test
from lint_fixtures.index.override_effects import Effects, Entry, mentions, of_fixture, of_test
from lint_fixtures.index.resolution import narrower

if TYPE_CHECKING:
    from lint_fixtures.index import Project


@frozen
class Wipe:
    """``wide`` sets an override once for all its tests, and ``drop`` takes it out before ``victim`` runs.

    ``dropper`` is the fixture that drops it; None for the body of ``first``, the test for which it is dropped.
    """

    wide: Fixture
    entry: Entry
    dropper: Fixture | None
    drop: Entry
    first: Test
    victim: Test


def wipes(project: Project, module: Module) -> Iterator[Wipe]:
    """Those with the drop in this file, or with the wide fixture in it where the file of the drop cannot know of it."""
    if not _may_have_any(project, module):
        return
    path = module.path
    pending: dict[tuple[Entry, Entry], list[Wipe]] = {}
    found: set[Entry] = set()
    for test in project.tests_below(path) if project.is_conftest(path) else project.tests(path):
        for wide, entry in _wide_entries(project, test):
            mine = [each for each in _drops_in(project, test, wide, entry) if _is_told_in(project, path, each)]
            before = [one for (lost, _), each in pending.items() if lost == entry for one in each]
            hit = [each for each in before if _is_later(test, each)] + [each for each in mine if _is_early(each)]
            fresh = [each for each in hit if each.drop not in found]
            if fresh and _counts_on_it(project, test, wide, entry):
                for each in fresh:
                    found.add(each.drop)
                    yield Wipe(wide, entry, each.dropper, each.drop, each.first, test)
            for each in mine:
                if each.drop not in found:
                    pending.setdefault((entry, each.drop), []).append(each)


def _may_have_any(project: Project, module: Module) -> bool:
    """Whether a fixture that is visible here, or stands here, is wide and touches overrides."""
    visible = project.resolution.visible(Node(module)).values()
    pool = [one for found in visible for one in found] + [one for one, _ in project.own_fixtures(module.path)]
    return any(each.scope not in {None, "function"} and mentions(each.module, each.function) for each in pool)


def _wide_entries(project: Project, test: Test) -> Iterator[tuple[Fixture, Entry]]:
    """What wide fixtures set for a test, on apps that live as long as they do."""
    if test.unittest:
        return
    closure = project.resolution.closure(test)
    for fixture in closure.fixtures() if not closure.opaque else ():
        scope = fixture.scope
        if (
            scope is None
            or scope == "function"
            or not fixture.certain
            or not mentions(fixture.module, fixture.function)
        ):
            continue
        effects = of_fixture(project, fixture, test.node)
        for entry in effects.sets if not effects.opaque and not fixture.parametrized else ():
            if not entry.late and not narrower(entry.app.scope, scope):
                yield fixture, entry


def _drops_in(project: Project, test: Test, wide: Fixture, entry: Entry) -> Iterator[Wipe]:
    """What takes the entry out when the test runs."""
    assert wide.scope is not None
    for fixture in project.resolution.closure(test).fixtures():
        if not fixture.certain or fixture.scope is None or not narrower(fixture.scope, wide.scope):
            continue
        if mentions(fixture.module, fixture.function):
            for drop in of_fixture(project, fixture, test.node).drops:
                if _takes_out(drop, entry):
                    yield Wipe(wide, entry, fixture, drop, test, test)
    if mentions(test.module, test.function):
        for drop in of_test(project, test).drops:
            if _takes_out(drop, entry):
                yield Wipe(wide, entry, None, drop, test, test)


def _takes_out(drop: Entry, entry: Entry) -> bool:
    return drop.app == entry.app and drop.key in {None, entry.key}


def _is_told_in(project: Project, path: str, wipe: Wipe) -> bool:
    dropper = wipe.dropper
    if dropper is None:
        return wipe.first.module.path == path
    if dropper.module.path == path:
        return True
    known = project.resolution.definitions(wipe.wide.name, project.node_of(dropper))
    return wipe.wide.module.path == path and not any(each.function is wipe.wide.function for each in known)


def _is_early(wipe: Wipe) -> bool:
    """Whether the test for which it is dropped runs without it already."""
    return wipe.dropper is not None and not wipe.drop.late


def _is_later(test: Test, wipe: Wipe) -> bool:
    """Whether a test after the one with the drop shares the wide fixture, and the drop has run by then."""
    wide, narrow = wipe.wide.scope, wipe.dropper.scope if wipe.dropper else "function"
    return _span(wide, test) == _span(wide, wipe.first) and (
        narrow == "function" or _span(narrow, test) != _span(narrow, wipe.first)
    )


def _span(scope: str | None, test: Test) -> Hashable:
    """What tells the tests apart that share one instance of a fixture; a package's are taken by module."""
    match scope:
        case "session":
            return None
        case "class" if test.node.classes:
            return test.node
        case "class" | "function" | None:
            return test
    return test.node.module


def _counts_on_it(project: Project, test: Test, wide: Fixture, entry: Entry) -> bool:
    """Whether a test sends requests, and nothing else that runs for it sets the override again, or may."""
    if of_test(project, test) != Effects():
        return False
    fixtures = list(project.resolution.closure(test).fixtures())
    for fixture in fixtures:
        effects = of_fixture(project, fixture, test.node)
        again = any(each.key == entry.key and not each.late for each in effects.sets)
        if fixture.function is not wide.function and (effects.opaque or again):
            return False
    return any(project.values.role(each, test.node) == kinds.CLIENT for each in fixtures)
