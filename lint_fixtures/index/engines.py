"""From a session, connection or fixture back to the call that made its engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Await, Call, Expr, Name
from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.names import External, FunctionRef, ValueRef
from lint_fixtures.index.opened import binds, makers
from lint_fixtures.index.urls import Url, database_url
from lint_fixtures.index.values import Scope, assigned, outcomes

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DEPTH = 8
_SAME_ENGINE = frozenset({"connect", "begin", "execution_options"})


@frozen
class Engine:
    """``create_engine(...)`` and where it stands; two are the same engine only if they are the same call."""

    call: Call
    scope: Scope

    def url(self, project: Project) -> Url | None:
        given = self.call.args[0] if self.call.args else self.call.keyword("url")
        return database_url(project.names, given, self.scope)

    def is_other_than(self, other: Engine, project: Project) -> bool:
        """Whether the two are different databases for sure, whatever the environment says."""
        mine, theirs = self.url(project), other.url(project)
        if mine is None or mine.configurable or (self.scope.module, self.call) == (other.scope.module, other.call):
            return False
        if mine.in_memory:
            return "cache=shared" not in mine.text
        told = theirs is not None and not theirs.configurable and "\0" not in mine.text + theirs.text
        return told and theirs is not None and mine.text != theirs.text


def engine_of(project: Project, expr: Expr, scope: Scope, depth: int = _DEPTH) -> Engine | None:
    """The engine that a session, connection or engine works on; None unless there is one answer."""
    match expr:
        case Await(value=value):
            return engine_of(project, value, scope, depth)
        case Call() if depth:
            return _of_call(project, expr, scope, depth - 1)
        case Name() if depth:
            return _of_name(project, expr, scope, depth - 1)
    return None


def handed_engine(project: Project, scope: Scope, depth: int = _DEPTH) -> Engine | None:
    """The engine behind what a function or fixture returns or yields."""
    if scope.function is None:
        return None
    return _agreed(engine_of(project, value, scope, depth) for value in outcomes(scope.function))


def _of_call(project: Project, call: Call, scope: Scope, depth: int) -> Engine | None:
    target = project.names.resolve_expr(scope.module, call.func, scope.function)
    if isinstance(target, External) and kinds.CONSTRUCTORS.get(target.dotted) == kinds.ENGINE:
        return Engine(call, scope)
    if isinstance(target, FunctionRef):
        return handed_engine(project, Scope(target.module, target.function), depth)
    receiver, _, method = call.dotted.rpartition(".")
    if receiver and method in _SAME_ENGINE and not isinstance(target, External):
        return engine_of(project, Name(receiver), scope, depth)
    if project.values.kind(call, scope) != kinds.SESSION:
        return None
    return _agreed(engine_of(project, bind, where, depth) for bind, where in binds(makers(project, call, scope)))


def _of_name(project: Project, name: Name, scope: Scope, depth: int) -> Engine | None:
    function = scope.function
    if function is not None and name.dotted in project.names.local_names(function):
        given = list(assigned(name.dotted, function))
        if given:
            return _agreed(engine_of(project, value, scope, depth) for value in given)
        inner = requested(project, name.dotted, scope)
        return handed_engine(project, inner, depth) if inner else None
    target = project.names.resolve_expr(scope.module, name, function)
    return engine_of(project, target.value, Scope(target.module), depth) if isinstance(target, ValueRef) else None


def requested(project: Project, name: str, scope: Scope) -> Scope | None:
    """The fixture that a parameter asks for."""
    found = project.values.requested(name, scope) if scope.function is not None else None
    if found is None or not found.certain:
        return None
    return Scope(found.module, found.function, scope.node, found)


def _agreed(found: Iterable[Engine | None] | Iterator[Engine | None]) -> Engine | None:
    engines = list(dict.fromkeys(found))
    return engines[0] if len(engines) == 1 else None
