"""Rows that are flushed by something that a function calls once it has added them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lint_fixtures.body import Call, Name, Stmt, calls
from lint_fixtures.index.evaluation import own_parts, statement_after
from lint_fixtures.index.import_effects import sure
from lint_fixtures.index.names import FunctionRef
from lint_fixtures.index.nesting import nested
from lint_fixtures.index.objects import LocalObjects
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_SENDING = frozenset({"flush", "commit", "execute", "exec", "scalar", "scalars", "query", "refresh"})


def is_sent_later(project: Project, scope: Scope, row: Row) -> bool:
    """Whether a factory that flushes, or a function that queries the session it is given, surely runs after it."""
    function = scope.function
    assert function is not None
    place = (row.location.line, row.location.col)
    built = next((call for call in function.body.calls if (call.line, call.col) == place), None)
    if built is None or row.insert or row.location.path != scope.module.path:
        return False
    body = LocalObjects(function, tuple(nested(scope.module, function)))
    added = project.rows.adding(built, body, scope) or built
    session = added.dotted.rpartition(".")[0] if added is not built else ""

    def sends(statement: Stmt) -> bool:
        return any(_sends(project, call, session, scope) for call in calls(own_parts(statement)))

    return statement_after(function.body.statements, added, sends) is not None


def _sends(project: Project, call: Call, session: str, scope: Scope) -> bool:
    if "actory" in call.dotted:
        ref = project.rows.factories.called(call, scope.module, scope.function)
        factory = project.rows.factories.of(ref) if ref is not None else None
        return factory is not None and factory.shares
    target = project.names.resolve_expr(scope.module, call.func, scope.function) if session else None
    return isinstance(target, FunctionRef) and _queries(target, call, session)


def _queries(target: FunctionRef, call: Call, session: str) -> bool:
    """Whether the function that is called always asks the session, which it gets by itself or as ``request.db``."""
    function = target.function
    if function.decorators or function.owner or function.is_generator:
        return False
    params = [each.name for each in function.params if each.kind in {"positional", "plain"}]
    given = [*zip(params, call.args, strict=False), *call.keywords]
    for param, value in given:
        if not isinstance(value, Name) or not f"{session}.".startswith(f"{value.dotted}."):
            continue
        path = f"{param}{session[len(value.dotted) :]}"
        asked = (
            each.dotted.rpartition(".") for one in sure(function.body.statements) for each in calls(own_parts(one))
        )
        if any(receiver == path and method in _SENDING for receiver, _, method in asked):
            return True
    return False
