"""Sessions and connections that a fixture opens itself, and whether anything closes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Attr, Await, Call, Expr, Name, Node, Unknown, With, walk
from lint_fixtures.facts import Function
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import ClassRef, External, FunctionRef, ValueRef
from lint_fixtures.index.nodes import Node as TestNode
from lint_fixtures.index.values import Scope, assigned, outcomes

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_CLOSING = frozenset(
    {
        *("close", "aclose", "rollback", "remove", "invalidate", "close_all", "close_all_sessions", "dispose", "reset"),
        *(
            "closing",
            "aclosing",
            "enter_context",
            "enter_async_context",
            "push_async_callback",
            "__exit__",
            "__aexit__",
        ),
    }
)
_EVERYWHERE = frozenset({"remove", "close_all", "close_all_sessions"})  # close sessions that they are not given


def opened(project: Project, fixture: Fixture, node: TestNode) -> Call | None:
    """The call that opens what the fixture hands out; None where it is handed on, entered or not told."""
    scope = Scope(fixture.module, fixture.function, node, fixture)
    for value in outcomes(fixture.function):
        for given in _origins(value, fixture.function):
            call = given.value if isinstance(given, Await) else given
            if not isinstance(call, Call) or not opens(project, call, scope):
                continue
            if not _on_connection(project, call, scope) and not _on_mock(project, call, scope):
                return call
    return None


def _origins(value: Expr, function: Function) -> Iterator[Expr]:
    if isinstance(value, Name) and "." not in value.dotted:
        entered = any(target == value for one in _withs(function) for _, target in one.items)
        yield from () if entered else assigned(value.dotted, function)
    else:
        yield value


def _withs(function: Function) -> Iterator[With]:
    return (one for one, _ in flatten(function.body.statements) if isinstance(one, With))


def opens(project: Project, call: Call, scope: Scope) -> bool:
    """A constructor of a session, a call of a session factory, or ``engine.connect()``; no function of the project."""
    target = project.names.resolve_expr(scope.module, call.func, scope.function)
    if isinstance(target, FunctionRef):
        return False
    if isinstance(target, External):
        return target.dotted in kinds.SESSION_CLASSES
    kind = project.values.kind(call, scope)
    if isinstance(target, ClassRef):
        return kind == kinds.SESSION
    method = call.dotted.rpartition(".")[2] if call.dotted else call.func.name if isinstance(call.func, Attr) else ""
    if kind == kinds.CONNECTION:
        return method == "connect"
    return kind == kinds.SESSION and method != "begin"


def _on_connection(project: Project, call: Call, scope: Scope) -> bool:
    """Whether the session is bound to a connection, which is rolled back and closed where it was opened."""
    return any(_is_connection(project, bind, where) for bind, where in binds(makers(project, call, scope)))


def makers(project: Project, call: Call, scope: Scope) -> list[tuple[Call, Scope]]:
    """The call that makes a session, and the one that made its factory, each with where it stands."""
    maker = project.names.resolve_expr(scope.module, call.func, scope.function)
    calls = [(call, scope)]
    if isinstance(maker, ValueRef) and isinstance(maker.value, Call):
        calls.append((maker.value, Scope(maker.module)))
    if isinstance(call.func, Name) and scope.function is not None:
        calls += [(each, scope) for each in assigned(call.func.dotted, scope.function) if isinstance(each, Call)]
        calls += _made_by_fixture(project, call.func.dotted, scope)
    if isinstance(call.func, Call):
        calls.append((call.func, scope))
    return calls


def binds(calls: list[tuple[Call, Scope]]) -> Iterator[tuple[Expr, Scope]]:
    for call, where in calls:
        bind = call.keyword("bind") or next(iter(call.args), None)
        if bind is not None:
            yield bind, where


def _is_connection(project: Project, bind: Expr, scope: Scope) -> bool:
    kind = project.values.kind(bind, scope)
    local = scope.function is not None and isinstance(bind, Name) and bind.dotted in _params(scope.function)
    return kind == kinds.CONNECTION or (kind == kinds.UNKNOWN and local)


def _on_mock(project: Project, call: Call, scope: Scope) -> bool:
    """Whether it is given a fixture that hands out a mock: such a session never opens a connection."""
    if scope.fixture is None or scope.node is None:
        return False
    given = (*call.args, *(value for _, value in call.keywords))
    for name in (each.dotted for each in given if isinstance(each, Name)):
        maker = project.resolution.requested(scope.fixture, name, scope.node)
        for value in outcomes(maker.function) if maker else ():
            assert maker is not None
            made = (origin for origin in _origins(value, maker.function) if isinstance(origin, Call))
            targets = (project.names.resolve_expr(maker.module, each.func, maker.function) for each in made)
            if any(isinstance(each, External) and "mock" in each.dotted.split(".") for each in targets):
                return True
    return False


def _params(function: Function) -> frozenset[str]:
    return frozenset(param.name for param in function.params)


def _made_by_fixture(project: Project, name: str, scope: Scope) -> Iterator[tuple[Call, Scope]]:
    if scope.fixture is None or scope.node is None:
        return
    maker = project.resolution.requested(scope.fixture, name, scope.node)
    for value in outcomes(maker.function) if maker else ():
        assert maker is not None
        inner = Scope(maker.module, maker.function, scope.node, maker)
        for origin in _origins(value, maker.function):
            yield (origin if isinstance(origin, Call) else Call(Unknown(), (Unknown(),), (), 0, 0)), inner


def is_closed(project: Project, fixture: Fixture, node: TestNode) -> bool:
    """Whether the fixture, a function that it names, or another fixture closes or rolls back what it opened."""
    function, module = fixture.function, fixture.module
    if _closes(project, module, function, _CLOSING) or any(_enters(one, fixture) for one in _withs(function)):
        return True
    for found in project.resolution.visible(node).values():
        for other in found:
            if other.function is function:
                continue
            asked = fixture.name in other.requests
            if (asked or other.autouse) and _closes(
                project, other.module, other.function, _CLOSING if asked else _EVERYWHERE
            ):
                return True
    return False


def _enters(statement: With, fixture: Fixture) -> bool:
    """``with session:`` and ``with session.begin():`` end what they are given."""
    handed = {value.dotted for value in outcomes(fixture.function) if isinstance(value, Name)}
    contexts = (node for context, _ in statement.items for node in walk(context))
    return any(isinstance(node, Name) and node.dotted.partition(".")[0] in handed for node in contexts)


def _closes(project: Project, module: Module, function: Function, names: frozenset[str], depth: int = 0) -> bool:
    inner = [each for each in module.facts.functions if each.qualname.startswith(f"{function.qualname}.")]
    for each in (function, *inner):
        if any(_last(node) in names for node in each.body.nodes):
            return True
    if depth > 2:
        return False
    called = {node.dotted for node in function.body.nodes if isinstance(node, Name)}
    targets = (project.names.resolve(module, dotted, function) for dotted in sorted(called))
    return any(
        _closes(project, target.module, target.function, names, depth + 1)
        for target in targets
        if isinstance(target, FunctionRef) and target.function is not function
    )


def _last(node: Node) -> str:
    if isinstance(node, Name):
        return node.dotted.rpartition(".")[2]
    return node.name if isinstance(node, Attr) else ""
