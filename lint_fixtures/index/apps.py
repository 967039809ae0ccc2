"""Whether an application object lives longer than the test or fixture that holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lint_fixtures.body import Attr, Await, Call, Expr, Name
from lint_fixtures.facts import Function
from lint_fixtures.frozen import replace
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
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
    owner = _owner(project, head, scope)
    if head in {"self", "cls"}:
        return False
    if owner is None:
        target = project.names.resolve(scope.module, head, scope.function)
        return not isinstance(target, (FunctionRef, ClassRef))
    inside = replace(scope, function=owner)
    given = list(assigned(head, owner))
    if given:
        return all(outlives(project, value, inside, life, depth + 1) for value in given)
    fixture = _fixture(project, head, inside)
    return fixture is not None and _handed_on(project, fixture, inside, life, depth)


def _owner(project: Project, name: str, scope: Scope) -> Function | None:
    """The function, from the inside out, that a name is local to; None for a module's name."""
    function = scope.function
    while function is not None and name not in project.names.local_names(function):
        function = scope.module.functions.get(function.qualname.rpartition(".")[0])
    return function


def _fixture(project: Project, name: str, scope: Scope) -> Fixture | None:
    if scope.node is None:
        return None
    if scope.fixture is not None:
        return project.resolution.requested(scope.fixture, name, scope.node)
    found = project.resolution.definitions(name, scope.node)
    return found[-1] if found else None


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
    """Whether a module makes the app itself: nobody else has it before the module does."""
    if not isinstance(app, Name):
        return False
    head = app.dotted.partition(".")[0]
    target = project.names.resolve(scope.module, head, scope.function)
    if not isinstance(target, ValueRef) or target.module is not scope.module or not isinstance(target.value, Call):
        return False
    inner = wrapped_app(project, target.value, scope)
    return inner is None or isinstance(inner, Call) or is_made_here(project, inner, scope)
