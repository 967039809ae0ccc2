"""What the index cannot tell about one file: where the rules stay silent, each with its place and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Name
from lint_fixtures.facts import Location
from lint_fixtures.frozen import frozen
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.nodes import Node, Test
from lint_fixtures.index.plugin_fixtures import BUILTIN_SCOPES, ROWLESS
from lint_fixtures.index.resolution import Closure
from lint_fixtures.index.unknown_overrides import unknown_overrides
from lint_fixtures.index.unknown_rows import unknown_models, unknown_rows

if TYPE_CHECKING:
    from lint_fixtures.index import Project


@frozen(order=True)
class Unknown:
    """One thing that cannot be told. ``location`` may lie in another file that the asked one depends on."""

    location: Location
    what: str
    why: str


def unknowns(project: Project, path: str) -> tuple[Unknown, ...]:
    """Of the tests, fixtures, rows, models and overrides of a file, each once, by place."""
    module = project.module(path)
    if module is None:
        return (Unknown(Location(path, 1, 0), "the file", "it cannot be read or parsed"),)
    found = set(_of_providers(project, module))
    for test in project.tests(path):
        found.update(_of_test(project, test))
    for fixture, node in project.own_fixtures(path):
        found.update(_of_fixture(fixture))
        found.update(_of_closure(project, _alone(project, fixture, node), fixture.location, None))
    parts = (*unknown_rows(project, path), *unknown_models(project, module), *unknown_overrides(project, module))
    found.update(Unknown(location, what, why) for location, what, why in parts)
    return tuple(sorted(found))


def _alone(project: Project, fixture: Fixture, node: Node) -> Closure:
    return project.resolution.node_closure(node, (*project.resolution.autouse(node), fixture.name))


def _of_providers(project: Project, module: Module) -> Iterator[Unknown]:
    """The files that provide fixtures to this one."""
    chain = project.sources.conftest_chain(module.path)
    for path in chain:
        if project.module(path) is None:
            yield Unknown(Location(path, 1, 0), "the fixtures of this conftest", "it cannot be read or parsed")
    for each in project.nodes.providers(module):
        if project.nodes.names_unknown_plugins(each):
            place = Location(each.path, _line_of(each, "pytest_plugins"), 0)
            yield Unknown(place, "the plugins in pytest_plugins", "they are not all written as plain text")
        if each.path in (*chain, module.path) and project.strays.generated((each.path,)):
            why = "code makes them while it runs: register(), pytest_generate_tests, target_fixture and the like"
            yield Unknown(Location(each.path, 1, 0), "some fixtures or arguments of this file", why)


def _line_of(module: Module, name: str) -> int:
    assigned = (one for one, _ in flatten(module.facts.statements) if isinstance(one, Assign))
    return next((one.line for one in assigned if Name(name) in one.targets), 1)


def _of_test(project: Project, test: Test) -> Iterator[Unknown]:
    closure = project.resolution.closure(test)
    yield from _of_closure(project, closure, test.location, project.resolution.initial(test))
    for fixture in closure.fixtures():
        yield from _of_fixture(fixture)


def _of_closure(
    project: Project, closure: Closure, asker: Location, asked: tuple[str, ...] | None
) -> Iterator[Unknown]:
    """``asked`` are the names that a test asks for itself; None for the closure of a fixture."""
    for name in sorted(closure.missing - BUILTIN_SCOPES.keys() - ROWLESS):
        why = "no file that pytest loads here defines it: it is of an installed plugin, or missing"
        requesters = [each.location for each in closure.fixtures() if name in each.requests]
        for place in ([asker] if name in (asked or ()) else []) or requesters or [asker]:
            yield Unknown(place, f"fixture '{name}'", why)
    computed = [each for each in closure.fixtures() if project.fixtures.dynamic_requests(each.module, each.function)[1]]
    for fixture in computed:
        yield Unknown(fixture.location, f"what '{fixture.name}' requests", "a name for getfixturevalue is computed")
    if closure.opaque and not computed:
        why = "a name is computed: for getfixturevalue, usefixtures, parametrize or in pytest_generate_tests"
        yield Unknown(asker, "what is requested here", why)


def _of_fixture(fixture: Fixture) -> Iterator[Unknown]:
    if fixture.scope is None:
        yield Unknown(fixture.location, f"the scope of fixture '{fixture.name}'", "it is computed")
    if fixture.autouse is None:
        yield Unknown(fixture.location, f"whether fixture '{fixture.name}' is autouse", "it is computed")
    if not fixture.certain:
        why = "it stands under an if or try, or parametrization may take its place"
        yield Unknown(fixture.location, f"whether this definition of '{fixture.name}' is used", why)
