"""Values of dependency overrides that FastAPI cannot call, or that give it nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Block, Call, Comp, Const, Expr, Map, Name, Seq
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import FunctionRef
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.overrides import Override, Overrides
from lint_fixtures.index.values import Scope
from lint_fixtures.index.ways import ways_through

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_OBJECTS = {kinds.SESSION: "a session", kinds.ENGINE: "an engine", kinds.CONNECTION: "a connection"}


@frozen
class Broken:
    """An override, and why its value is no provider."""

    override: Override
    why: str


def broken_overrides(project: Project, module: Module) -> Iterator[Broken]:
    """In every function and statement of a file."""
    for block, scope in blocks(project, module):
        for override in Overrides(block).sets():
            why = _why(project, override, scope) if override.value is not None else None
            if why is not None:
                yield Broken(override, why)


def blocks(project: Project, module: Module) -> Iterator[tuple[Block, Scope]]:
    yield module.facts.statements, Scope(module)
    for cls in module.facts.classes:
        yield cls.statements, Scope(module)
    requesting: dict[Function, tuple[Node, Fixture | None]] = {}
    for fixture, node in project.own_fixtures(module.path):
        requesting[fixture.function] = (node, fixture)
    for test in project.tests(module.path):
        requesting.setdefault(test.function, (test.node, None))
    for function in module.facts.functions:
        node_of, fixture_of = requesting.get(function, (None, None))
        yield function.body.statements, Scope(module, function, node_of, fixture_of)


def _why(project: Project, override: Override, scope: Scope) -> str | None:
    match override.value:
        case Const(value=value):
            return f"{value!r} is not callable"
        case Seq(kind=kind):
            return f"a {kind} is not callable"
        case Map():
            return "a dict is not callable"
        case Comp():
            return "the result of a comprehension is not callable"
        case Call() as call:
            return _why_call(project, call, scope)
        case Name() as name:
            return _why_name(project, name, override.key, scope)
    return None


def _why_call(project: Project, call: Call, scope: Scope) -> str | None:
    target = project.names.resolve_expr(scope.module, call.func, scope.function)
    if isinstance(target, FunctionRef):
        plain = not target.function.decorators and not target.function.is_async
        return f"'{call.dotted}()' is a generator, not callable" if plain and target.function.is_generator else None
    return _object(project.values.kind(call, scope))


def _object(kind: str) -> str | None:
    return f"{_OBJECTS[kind]} is not callable" if kind in _OBJECTS else None


def _why_name(project: Project, name: Name, key: Expr | None, scope: Scope) -> str | None:
    target = project.names.resolve_expr(scope.module, name, scope.function)
    if not isinstance(target, FunctionRef):
        return _object(_kind_of_name(project, name, scope))
    if project.fixtures.is_fixture(target.module, target.function):
        return f"'{name.dotted}' is a fixture, which must not be called"
    wanted = project.names.resolve_expr(scope.module, key, scope.function) if key is not None else None
    if not isinstance(wanted, FunctionRef):
        return None
    if wanted.function is target.function:
        return f"'{name.dotted}' stands in for itself"
    session = project.values.result(Scope(wanted.module, wanted.function), 0) == kinds.SESSION
    if session and _gives_nothing(project, target):
        return f"'{name.dotted}' neither returns nor yields the session"
    return None


def _kind_of_name(project: Project, name: Name, scope: Scope) -> str:
    """By what is assigned or by what the fixture's body hands out: its name alone says nothing here."""
    function = scope.function
    param = next((one for one in function.params if one.name == name.dotted), None) if function else None
    if param is None:
        return project.values.kind(name, scope)
    if scope.node is None or param.default is not None:
        return kinds.UNKNOWN
    fixture = project.values.requested(param.name, scope)
    if fixture is None or not fixture.certain:
        return kinds.UNKNOWN
    return project.values.result(Scope(fixture.module, fixture.function, scope.node, fixture), 0)


def _gives_nothing(project: Project, target: FunctionRef) -> bool:
    if target.function.is_generator or target.function.decorators:
        return False
    ways = ways_through(project.names, target.module, target.function)
    return ways is not None and bool(ways.exits) and all(each.path.is_none(each.value) for each in ways.exits)
