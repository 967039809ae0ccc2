"""Whether an application object lives longer than the test or fixture that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Attr, Await, Call, Expr, For, Name, Seq, With, walk
from lint_fixtures.facts import Function
from lint_fixtures.frozen import replace
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.names import ClassRef, FunctionRef, ValueRef
from lint_fixtures.index.resolution import narrower
from lint_fixtures.index.values import Scope, assigned, outcomes

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DEPTH = 6


def outlives(project: Project, app: Expr, scope: Scope, life: str, depth: int = 0) -> bool:
    """Whether an app is shared for sure by more than one span of the pytest scope ``life``: a module's, not a new one.

    ``client.app`` is the app that the client was made with.
    """
    if depth > _DEPTH:
        return False
    match app:
        case Await(value=value):
            return outlives(project, value, scope, life, depth + 1)
        case Call():
            inner = wrapped_app(project, app, scope)
            return inner is not None and outlives(project, inner, scope, life, depth + 1)
        case Attr(value=value, name="app"):
            return outlives(project, value, scope, life, depth + 1)
        case Name(dotted=dotted):
            return _name_outlives(project, dotted, scope, life, depth)
    return False


def wrapped_app(project: Project, call: Call, scope: Scope) -> Expr | None:
    """The app that a client is made with; None for what is no client."""
    if project.values.kind(call, scope) != kinds.CLIENT:
        return None
    transport = call.keyword("transport")
    if isinstance(transport, Call):
        call = transport
    return call.keyword("app") or (call.args[0] if call.args else None)


def _name_outlives(project: Project, dotted: str, scope: Scope, life: str, depth: int) -> bool:
    head = dotted.partition(".")[0]
    owner = owner_of(project, head, scope)
    if head in {"self", "cls"}:
        return False
    if owner is None:
        target = project.names.resolve(scope.module, head, scope.function)
        return not isinstance(target, (FunctionRef, ClassRef))
    inside = replace(scope, function=owner)
    given = list(assigned(head, owner))
    if given:
        return all(outlives(project, value, inside, life, depth + 1) for value in given)
    fixture = project.values.requested(head, inside)
    return fixture is not None and _handed_on(project, fixture, inside, life, depth)


def owner_of(project: Project, name: str, scope: Scope) -> Function | None:
    """The function, from the inside out, that a name is local to; None for a module's name."""
    function = scope.function
    while function is not None and name not in project.names.local_names(function):
        function = scope.module.functions.get(function.qualname.rpartition(".")[0])
    return function


def _handed_on(project: Project, fixture: Fixture, asker: Scope, life: str, depth: int) -> bool:
    """What a fixture hands on is shared when it is a shared app itself, or made once for several spans of ``life``."""
    if fixture.scope is None or not fixture.certain:
        return False
    handed = outcomes(fixture.function)
    scope = Scope(fixture.module, fixture.function, asker.node, fixture)
    if handed and all(outlives(project, value, scope, life, depth + 1) for value in handed):
        return True
    return bool(handed) and narrower(life, fixture.scope)


def is_made_here(project: Project, app: Expr, scope: Scope) -> bool:
    """Whether a module makes the app itself, or may: nobody else has it before the module does."""
    if not isinstance(app, Name):
        return False
    head = app.dotted.partition(".")[0]
    if head not in scope.module.bindings:
        given = list(_unpacked(head, scope))
        return any(value is None or _is_new(project, value, scope) for value in given)
    target = project.names.resolve(scope.module, head, scope.function)
    if not isinstance(target, ValueRef) or target.module is not scope.module:
        return False
    return _is_new(project, target.value, scope)


def _is_new(project: Project, value: Expr, scope: Scope) -> bool:
    if not isinstance(value, Call):
        return isinstance(value, Name) and is_made_here(project, value, scope)
    inner = wrapped_app(project, value, scope)
    return inner is None or isinstance(inner, Call) or is_made_here(project, inner, scope)


def _unpacked(name: str, scope: Scope) -> Iterator[Expr | None]:
    """What a module gives a name by unpacking, in a loop or by ``with``; None where that cannot be told."""
    for statement, _ in flatten(scope.module.facts.statements):
        match statement:
            case Assign(targets=targets, value=value) if value is not None:
                for target in targets:
                    if isinstance(target, Seq) and name in _names(target):
                        yield from _parts(target, value, name)
            case For(target=target, iterable=iterable) if name in _names(target):
                plain = isinstance(target, Name) and isinstance(iterable, Seq)
                yield from iterable.items if plain and isinstance(iterable, Seq) else (None,)
            case With(items=items):
                yield from (context for context, target in items if target == Name(name))


def _parts(target: Seq, value: Expr, name: str) -> tuple[Expr | None, ...]:
    if not isinstance(value, Seq) or len(value.items) != len(target.items):
        return (None,)
    pairs = zip(target.items, value.items, strict=True)
    return tuple(given if each == Name(name) else None for each, given in pairs if name in _names(each))


def _names(target: Expr) -> set[str]:
    return {node.dotted for node in walk(target) if isinstance(node, Name)}
