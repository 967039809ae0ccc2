"""Where test code says which database its engines, connections and applications use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Block, Call, Const, Expr, Item, Map, Name, Return, Stmt, Yield, calls, walk
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import External, FunctionRef
from lint_fixtures.index.urls import Url, database_url
from lint_fixtures.index.uses import own
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DRIVERS = frozenset({"psycopg.connect", "psycopg2.connect", "asyncpg.connect", "asyncpg.create_pool"})
_FLASK_KEY = "SQLALCHEMY_DATABASE_URI"
_KEYS = "DATABASE|DB|POSTGRES|SQLALCHEMY"
_DEPTH = 3


@frozen
class Opened:
    """One place that opens a database: where the URL is written when that is in this file, else where it is used.

    ``branch`` is not empty when the place runs under some condition only.
    """

    url: Url
    line: int
    col: int
    function: Function | None
    branch: str


def opened_urls(project: Project, module: Module) -> Iterator[Opened]:
    """What engines and connections are made of, and what applications are configured with."""
    for statement, branch, scope in _statements(module):
        for value, line, col in _given(project, statement, scope):
            yield from _opened(project, value, (line, col), scope, branch)


def handed_urls(project: Project, module: Module) -> Iterator[Opened]:
    """The URLs that functions hand out, and those that the module puts into the environment."""
    for statement, branch, scope in _statements(module):
        for value in _handed(statement, scope.function):
            yield from _opened(project, value, (statement.line, statement.col), scope, branch)


def _statements(module: Module) -> Iterator[tuple[Stmt, str, Scope]]:
    blocks: list[tuple[Block, Function | None]] = [(module.facts.statements, None)]
    blocks += [(function.body.statements, function) for function in module.facts.functions]
    for block, function in blocks:
        for statement, branch in flatten(block):
            yield statement, branch, Scope(module, function)


def _opened(project: Project, value: Expr, at: tuple[int, int], scope: Scope, branch: str) -> Iterator[Opened]:
    url = database_url(project.names, value, scope)
    if url is not None:
        if url.place is not None and url.place[0] is scope.module:
            at = (url.place[1], 0)
        yield Opened(url, *at, scope.function, branch)


def _handed(statement: Stmt, function: Function | None) -> Iterator[Expr]:
    match statement:
        case Return(value=value) if value is not None:
            yield value
        case Assign(targets=targets, value=value) if function is None and value is not None:
            yield from (value for target in targets if _is_environment(target))
    for node in walk(own(statement)) if function is not None else ():
        if isinstance(node, Yield) and node.value is not None and not node.delegates:
            yield node.value


def _is_environment(target: Expr) -> bool:
    """``os.environ["DATABASE_URL"]``."""
    if not isinstance(target, Item) or not isinstance(target.value, Name) or not isinstance(target.key, Const):
        return False
    return target.value.dotted.rpartition(".")[2] == "environ" and bool(re.search(_KEYS, str(target.key.value)))


def _given(project: Project, statement: Stmt, scope: Scope) -> Iterator[tuple[Expr, int, int]]:
    if isinstance(statement, Assign) and statement.value is not None:
        for target in statement.targets:
            if isinstance(target, Item) and target.key == Const(_FLASK_KEY):
                yield statement.value, statement.line, statement.col
    for call in calls(own(statement)):
        value = _configured(call) or opened_by(project, call, scope)
        if value is not None:
            yield value, call.line, call.col


def _configured(call: Call) -> Expr | None:
    """``app.config.update(SQLALCHEMY_DATABASE_URI=...)`` or with a dict; ``from_mapping`` alike."""
    if call.dotted.rpartition(".")[2] not in {"update", "from_mapping"}:
        return None
    given = call.keyword(_FLASK_KEY)
    for arg in call.args if given is None else ():
        if isinstance(arg, Map):
            given = next((value for key, value in arg.items if key == Const(_FLASK_KEY)), given)
    return given


def opened_by(project: Project, call: Call, scope: Scope, depth: int = _DEPTH) -> Expr | None:
    """The argument of a call that says which database to open, also through a function of the project."""
    if not isinstance(call.func, Name):
        return None
    match project.names.resolve_expr(scope.module, call.func, scope.function):
        case External(dotted=dotted) if kinds.CONSTRUCTORS.get(dotted) == kinds.ENGINE or dotted in _DRIVERS:
            named = (call.keyword(name) for name in ("url", "dsn", "conninfo"))
            return call.args[0] if call.args else next((each for each in named if each is not None), None)
        case FunctionRef(module=module, function=function) if depth and (call.args or call.keywords):
            return _through(project, call, Scope(module, function), depth)
    return None


def _through(project: Project, call: Call, helper: Scope, depth: int) -> Expr | None:
    """What the caller passes for the parameter that a helper opens."""
    assert helper.function is not None
    params = [param.name for param in helper.function.params if param.kind in {"positional", "plain"}]
    for inner in helper.function.body.calls:
        value = opened_by(project, inner, helper, depth - 1)
        if isinstance(value, Name) and value.dotted in {param.name for param in helper.function.params}:
            index = params.index(value.dotted) if value.dotted in params else len(call.args)
            return call.keyword(value.dotted) or (call.args[index] if index < len(call.args) else None)
    return None
