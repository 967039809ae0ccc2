"""Which tables one call empties: ``query(M).delete()``, ``delete(M)``, ``table.delete()``, DELETE and TRUNCATE."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lint_fixtures.body import Attr, Call, Const, Expr, Name, walk
from lint_fixtures.frozen import frozen
from lint_fixtures.index.alchemy import Place
from lint_fixtures.index.model_facts import Model
from lint_fixtures.index.names import External
from lint_fixtures.index.values import Scope, assigned

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_EXECUTES = frozenset({"execute", "exec", "exec_driver_sql", "scalars"})
_NAME = r'(?:\w+|"\w+"|`\w+`)(?:\.(?:\w+|"\w+"|`\w+`))?'
_DELETE = rf"(?is)DELETE\s+FROM\s+(?:ONLY\s+)?({_NAME})(?:\s+WHERE\s+(.*))?"
_TRUNCATE = (
    rf"(?i)TRUNCATE\s+(?:TABLE\s+)?(?:ONLY\s+)?({_NAME}(?:\s*,\s*{_NAME})*)(?:\s+(?:RESTART|CONTINUE)\s+IDENTITY)?"
    r"(?:\s+(CASCADE|RESTRICT))?"
)
_ALWAYS = r"(?i)(TRUE|1\s*=\s*1)"
_REMOVES = r"(?i)\b(DELETE|TRUNCATE|DROP)\b"


@frozen
class Emptied:
    """One table of a statement; ``model`` is None where the table cannot be told.

    ``whole`` False: only some of its rows. ``cascades``: a TRUNCATE that empties the children too.
    """

    model: Model | None
    whole: bool = True
    truncates: bool = False
    cascades: bool = False


@frozen
class Bound:
    """What a loop variable stands for in one round: a model, a table name, or neither."""

    name: str
    value: Expr


def emptied(project: Project, call: Call, scope: Scope, bound: Bound | None = None) -> Iterator[Emptied]:
    """The tables that a call empties, in order; nothing for calls that delete no rows of a table."""
    if isinstance(call.func, Attr) and call.func.name == "delete":
        yield from _of_query(project, call.func.value, scope, bound)
    elif call.dotted.endswith(".query.delete"):
        yield _table(project, Name(call.dotted.removesuffix(".query.delete")), scope, bound)
    elif call.args and _method(call) in _EXECUTES:
        yield from _of_statement(project, call.args[0], scope, bound)


def _method(call: Call) -> str:
    return call.func.name if isinstance(call.func, Attr) else call.dotted.rpartition(".")[2]


def _of_query(project: Project, query: Expr, scope: Scope, bound: Bound | None) -> Iterator[Emptied]:
    """``session.query(M).delete()``; a query with a filter takes some rows only."""
    filtered = False
    while isinstance(query, Call) and isinstance(query.func, Attr):
        filtered, query = True, query.func.value
    if isinstance(query, Call) and _method(query) == "query" and len(query.args) == 1:
        yield _table(project, query.args[0], scope, bound, not filtered)
    elif isinstance(query, Call) and ".query." in f"{query.dotted}.":  # M.query.filter(...).delete()
        yield _table(project, Name(query.dotted.partition(".query.")[0]), scope, bound, whole=False)


def _of_statement(project: Project, statement: Expr, scope: Scope, bound: Bound | None) -> Iterator[Emptied]:
    if isinstance(statement, Name) and scope.function is not None:
        given = list(assigned(statement.dotted, scope.function))
        statement = given[0] if len(given) == 1 else statement
    filtered = False
    while isinstance(statement, Call) and isinstance(statement.func, Attr):
        filtered = filtered or statement.func.name != "execution_options"
        statement = statement.func.value
    if not isinstance(statement, Call):
        yield from _of_text(project, statement, scope, bound)
        return
    target = project.names.resolve_expr(scope.module, statement.func, scope.function)
    called = target.dotted if isinstance(target, External) else ""
    if called.startswith(("sqlalchemy.", "sqlmodel.")) and called.endswith(".delete") and statement.args:
        yield _table(project, statement.args[0], scope, bound, not filtered)
    elif called.endswith(".text") and statement.args:
        yield from _of_text(project, statement.args[0], scope, bound)
    elif statement.dotted.endswith(".delete"):
        yield _table(project, Name(statement.dotted.removesuffix(".delete")), scope, bound, not filtered)


def _of_text(project: Project, expr: Expr, scope: Scope, bound: Bound | None) -> Iterator[Emptied]:
    known: Mapping[str, str] = {}
    if bound is not None and isinstance(bound.value, Const) and isinstance(bound.value.value, str):
        known = {bound.name: bound.value.value}
    text = project.models.mapping.tables.strings.text(Place(scope.module, scope.function), expr, known)
    if text is None:
        parts = (node.value for node in walk(expr) if isinstance(node, Const) and isinstance(node.value, str))
        if any(re.search(_REMOVES, part) for part in parts):
            yield Emptied(None)
        return
    for statement in filter(None, map(str.strip, text.split(";"))):
        yield from _of_sql(project, statement, scope)


def _of_sql(project: Project, statement: str, scope: Scope) -> Iterator[Emptied]:
    """Only the plainest forms of both statements; any other that removes something cannot be told."""
    found = re.fullmatch(_DELETE, statement)
    if found:
        whole = found[2] is None or re.fullmatch(_ALWAYS, found[2]) is not None
        yield Emptied(_named(project, found[1], scope), whole)
        return
    found = re.fullmatch(_TRUNCATE, statement)
    for table in found[1].split(",") if found else ():
        model = _named(project, table, scope)
        yield Emptied(model, truncates=True, cascades=(found[2] or "").upper() == "CASCADE" if found else False)
    if found is None and re.match(_REMOVES, statement):
        yield Emptied(None)


def _named(project: Project, table: str, scope: Scope) -> Model | None:
    return project.models.table(re.sub(r"[\"`\s]", "", table), scope.module)


def _table(project: Project, expr: Expr, scope: Scope, bound: Bound | None, whole: bool = True) -> Emptied:
    if bound is not None and isinstance(expr, Name) and expr.dotted.removesuffix(".__table__") == bound.name:
        expr = bound.value
    return Emptied(project.models.model(scope.module, expr, scope.function), whole)
