"""Tables that a cleanup leaves out: children that then hold its parents fast, and others that its tests write."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from lint_fixtures.facts import Function, Location
from lint_fixtures.frozen import frozen
from lint_fixtures.index.deletion_order import reachable, refusing_key
from lint_fixtures.index.deletions import Cleanup, cleanup
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.isolation import truncates, wraps_in_transaction
from lint_fixtures.index.model_facts import Model
from lint_fixtures.index.names import ClassRef
from lint_fixtures.index.nesting import nested
from lint_fixtures.index.nodes import Test
from lint_fixtures.index.rows import Row
from lint_fixtures.index.sharing import committed
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_SEVERAL = 2  # tables: emptying one is no attempt to empty the database


@frozen
class LeftOut:
    """A table that stays. ``because`` is where its key to ``parent`` stands, or the row that is written."""

    model: Model
    because: Location
    parent: Model | None


def left_out(project: Project, scope: Scope, own: Cleanup) -> LeftOut | None:
    """A table that a function-scoped fixture should empty with the others, and does not."""
    fixture, node = scope.fixture, scope.node
    if fixture is None or node is None or fixture.scope != "function":
        return None
    found = [own, *(cleanup(project, Scope(scope.module, each, node, fixture)) for each in _inside(scope))]
    emptied = {each.model.table: each.model for one in found for each in one.deletions()}
    if len(emptied) < _SEVERAL or any(map(_is_open, found)):
        return None
    if any(_shares(project, scope, other) for each in project.resolution.visible(node).values() for other in each):
        return None
    told = emptied.keys() | {table for one in found for table in one.some}
    others = [model for model in reachable(project, scope.module) if model.table and model.table not in told]
    return _holding(project, others, emptied.values()) or _written(project, scope, others, emptied.values())


def _inside(scope: Scope) -> Iterator[Function]:
    return nested(scope.module, scope.function) if scope.function else iter(())


def _is_open(one: Cleanup) -> bool:
    return one.opaque or bool(one.forward) or any(each.cascades for each in one.deletions())


def _shares(project: Project, scope: Scope, other: Fixture) -> bool:
    """Whether another fixture takes rows away too: then each may have its part."""
    if other.function is scope.function or other.scope != "function":
        return False
    return truncates(project, other) or wraps_in_transaction(project, other)


def _holding(project: Project, others: list[Model], emptied: Collection[Model]) -> LeftOut | None:
    """A table whose rows keep the database from emptying one of those."""
    for model in others:
        for parent in emptied:
            key = refusing_key(project, model, parent)
            if key is not None:
                return LeftOut(model, Location(model.module.path, key.line, 0), parent)
    return None


def _written(project: Project, scope: Scope, others: list[Model], emptied: Collection[Model]) -> LeftOut | None:
    """A table of the same metadata that a test, or a fixture made for it, commits rows to."""
    roots = {root for model in emptied for root in _roots(project, model)}
    wanted = {model for model in others if roots & _roots(project, model) and not _goes_along(model, emptied)}
    for test in _tests(project, scope) if wanted else ():
        for row in _rows(project, test, scope):
            if row.model in wanted:
                return LeftOut(row.model, row.location, None)
    return None


def _roots(project: Project, model: Model) -> frozenset[ClassRef]:
    if model.cls is None:
        return frozenset()
    return project.models.mapping.lineages.of(ClassRef(model.module, model.cls)).roots


def _goes_along(model: Model, emptied: Collection[Model]) -> bool:
    """Whether its rows may go with those of an emptied table, or of one that goes along itself: ON DELETE."""
    tables = {each.table for each in emptied}
    return any(key.on_delete == "CASCADE" or key.target_table in tables for key in model.foreign_keys())


def _tests(project: Project, scope: Scope) -> Iterator[Test]:
    """The tests that the fixture cleans up for, but for those that have another way to take rows away."""
    path = scope.module.path
    for test in project.tests_below(path) if project.is_conftest(path) else project.tests(path):
        running = list(project.resolution.closure(test).fixtures())
        cleans = any(each.function is scope.function for each in running)
        if cleans and not any(_shares(project, scope, each) for each in running):
            yield test


def _rows(project: Project, test: Test, scope: Scope) -> Iterator[Row]:
    """What the test and the fixtures made for it commit, where nothing in the function speaks of taking it away."""
    made = (each for each in project.resolution.closure(test).fixtures() if each.scope == "function")
    others = (each for each in made if each.function is not scope.function)
    fixtures = (Scope(each.module, each.function, test.node, each) for each in others)
    for where in (Scope(test.module, test.function, test.node), *fixtures):
        assert where.function is not None
        if not any("delete" in call.dotted or "rollback" in call.dotted for call in where.function.body.calls):
            yield from committed(project, where)
