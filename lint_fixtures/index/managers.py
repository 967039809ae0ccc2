"""Context managers of other packages that are given an app: what they do to its overrides on the way out is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Call, Expr, Name, With, walk
from lint_fixtures.index import kinds
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.names import ClassRef, FunctionRef
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_ENTERING = frozenset({"enter_context", "enter_async_context"})
_HARMLESS = frozenset(  # by the last part of the name: these start an app or talk to it
    {
        *("TestClient", "AsyncTestClient", "AsyncClient", "Client", "ASGITransport", "AsyncASGITransport"),
        *("LifespanManager", "lifespan_context", "lifespan", "app_context", "test_request_context", "test_client"),
        *("closing", "aclosing", "nullcontext", "contextmanager", "asynccontextmanager", *_ENTERING),
    }
)


def may_restore(project: Project, scope: Scope, app: Expr) -> bool:
    """Whether a function enters something unknown with the app: then it may put the overrides back when it leaves."""
    if scope.function is None or not isinstance(app, Name):
        return False
    entered = (node for context in _contexts(scope) for node in walk(context) if isinstance(node, Call))
    return any(_is_given(call, app) and _is_unknown(project, scope, call) for call in entered)


def _contexts(scope: Scope) -> Iterator[Expr]:
    assert scope.function is not None
    for statement, _ in flatten(scope.function.body.statements):
        if isinstance(statement, With):
            yield from (context for context, _ in statement.items)
    for call in scope.function.body.calls:
        if call.dotted.rpartition(".")[2] in _ENTERING:
            yield from call.args


def _is_given(call: Call, app: Name) -> bool:
    return app in call.args or any(value == app for _, value in call.keywords)


def _is_unknown(project: Project, scope: Scope, call: Call) -> bool:
    name = call.func.dotted if isinstance(call.func, Name) else getattr(call.func, "name", "")
    if name.rpartition(".")[2] in _HARMLESS or project.values.kind(call, scope) == kinds.CLIENT:
        return False
    target = project.names.resolve_expr(scope.module, call.func, scope.function)
    return not isinstance(target, (FunctionRef, ClassRef))  # what is of the project is looked into
