"""What a fixture or a test does for sure to the dependency overrides of shared apps, and whether it may do more."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Expr
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.managers import may_restore
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import UNRESOLVED, Target
from lint_fixtures.index.nesting import nested
from lint_fixtures.index.nodes import Node, Test
from lint_fixtures.index.override_events import DROP, SET, UNKNOWN, Event, events
from lint_fixtures.index.override_identity import App, app_of, given_by
from lint_fixtures.index.override_life import around, followed, overrides_of
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_WORD = "dependency_overrides"
_DEPTH = 3


@frozen
class Entry:
    """One override that is set, or taken out (``key`` None: all of the app's)."""

    app: App
    key: Target | None
    name: str  # of the dependency, as it is written
    given: Hashable | None
    line: int
    col: int
    late: bool
    is_drop: bool


@frozen
class Effects:
    """``opaque``: it may do more than what is listed. ``drops`` are those that nothing puts back."""

    sets: tuple[Entry, ...] = ()
    drops: tuple[Entry, ...] = ()
    opaque: bool = False


def of_fixture(project: Project, fixture: Fixture, node: Node) -> Effects:
    """As a test at ``node`` gets the fixture."""
    return project.once(
        node.module,
        (Effects, fixture.function, node),
        lambda: _effects(project, Scope(fixture.module, fixture.function, node, fixture)),
    )


def of_test(project: Project, test: Test) -> Effects:
    """Of the test's own body, and of what runs around it without being a fixture."""
    found = _effects(project, Scope(test.module, test.function, test.node))
    beside = any(mentions(module, function) for module, function in around(project, test.node))
    return Effects(found.sets, found.drops, found.opaque or beside or _has_setup(test))


def _has_setup(test: Test) -> bool:
    """Whether functions that run before the tests of the class or module touch overrides."""
    functions = (each for each in test.node.module.facts.functions if not each.nested)
    named = (each for each in functions if each.name.lower().startswith(("setup", "asyncsetup", "pytest_")))
    return any(mentions(test.node.module, each) for each in named)


def _effects(project: Project, scope: Scope) -> Effects:
    assert scope.function is not None
    opaque = _is_opaque(project, scope)
    if not mentions(scope.module, scope.function):
        return Effects(opaque=opaque)
    overrides = overrides_of(project, scope.module, scope.function)
    listed = list(events(overrides, scope.function.body.statements))
    entries = [(event, _entry(project, event, scope)) for event in listed if event.what != UNKNOWN]
    opaque = opaque or len(entries) < len(listed) or any(entry is None for _, entry in entries)
    sets = tuple(entry for event, entry in entries if entry and event.what == SET)
    drops = tuple(entry for event, entry in entries if entry and event.what == DROP and not event.passing)
    restored = opaque or overrides.keeps or any(_is_managed(project, scope, event.app) for event in listed)
    return Effects(sets, () if restored else drops, opaque)


def _is_managed(project: Project, scope: Scope, app: Expr | None) -> bool:
    return app is not None and may_restore(project, scope, app)


def _is_opaque(project: Project, scope: Scope) -> bool:
    """Whether nested functions or helpers touch overrides: when they are called, and with what, is not followed."""
    assert scope.function is not None
    yields = sum(type(node).__name__ == "Yield" for node in scope.function.body.nodes)
    if yields > 1 and mentions(scope.module, scope.function):
        return True
    if any(mentions(scope.module, each) for each in nested(scope.module, scope.function)):
        return True
    seen: set[tuple[Module, Function]] = set()
    level = list(_helpers(project, scope.module, scope.function))
    for _ in range(_DEPTH):
        if any(mentions(*each) for each in level):
            return True
        seen.update(level)
        level = [found for each in level for found in _helpers(project, *each) if found not in seen]
    return False


def _helpers(project: Project, module: Module, function: Function) -> Iterator[tuple[Module, Function]]:
    for source, named in followed(project, module, function):
        yield source, named
        yield from ((source, each) for each in nested(source, named))


def mentions(module: Module, function: Function) -> bool:
    """Whether a body may touch overrides itself."""
    return _WORD in module.facts.mentions and function.body.may_mention(_WORD)


def _entry(project: Project, event: Event, scope: Scope) -> Entry | None:
    """None where app or key cannot be told."""
    app = app_of(project, event.app, scope) if event.app is not None else None
    key = project.names.resolve_expr(scope.module, event.key, scope.function) if event.key is not None else None
    if app is None or key == UNRESOLVED or (key is None and event.what == SET):
        return None
    name = getattr(event.key, "dotted", "")
    given = given_by(project, event.value, scope) if event.value is not None else None
    return Entry(app, key, name, given, event.line, event.col, event.late, event.what == DROP)
