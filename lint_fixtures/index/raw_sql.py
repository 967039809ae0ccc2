"""Rows that ``execute(text("INSERT ..."))`` puts in, as sqlglot reads the statement; without sqlglot there are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint_fixtures.body import Call, Const, Expr, Name
from lint_fixtures.facts import Location
from lint_fixtures.frozen import frozen
from lint_fixtures.index.model_facts import Model
from lint_fixtures.index.models import Models
from lint_fixtures.index.names import External, Names, ValueRef
from lint_fixtures.index.payloads import ELSEWHERE, Frame, Payloads
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.values import Scope, assigned

_TEXTS = frozenset({"sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text", "sqlmodel.text"})
_MIGRATION = "migrat|alembic|revision|upgrade"


@frozen
class Inserted:
    """One row of an INSERT: by column, a value, or the name of the parameter that stands there."""

    table: str
    values: dict[str, Expr | str]


class RawSql:
    def __init__(self, names: Names, models: Models, payloads: Payloads) -> None:
        self.names = names
        self.models = models
        self.payloads = payloads
        self._read: dict[str, tuple[Inserted, ...]] = {}

    def of(self, scope: Scope, frame: Frame | None = None) -> Iterator[Row]:
        """The rows of one function's literal statements. Tests of migrations know other tables than the models do."""
        if _is_about_migrations(scope):
            return
        assert scope.function is not None
        for call in scope.function.body.calls:
            if call.dotted.rpartition(".")[2] == "execute" and call.args and not call.keywords:
                text = self._text(call.args[0], scope)
                for each in self.inserted(text) if text is not None else ():
                    model = self._model(each.table, scope)
                    if model is not None:
                        yield self._row(model, each, call, scope, frame)

    def _text(self, expr: Expr, scope: Scope) -> str | None:
        """The statement of ``text(...)``, also through one local name or module constant."""
        if isinstance(expr, Name) and scope.function is not None:
            given = list(assigned(expr.dotted, scope.function))
            expr = given[0] if len(given) == 1 else expr
        if not isinstance(expr, Call) or len(expr.args) != 1:
            return None
        maker = self.names.resolve_expr(scope.module, expr.func, scope.function)
        value = expr.args[0]
        target = self.names.resolve_expr(scope.module, value, scope.function)
        value = target.value if isinstance(target, ValueRef) else value
        known = isinstance(maker, External) and maker.dotted in _TEXTS
        return value.value if known and isinstance(value, Const) and isinstance(value.value, str) else None

    def _model(self, table: str, scope: Scope) -> Model | None:
        """The model of a table, among what the file or a conftest around it imports."""
        modules = self.names.modules
        chain = (modules.load(path) for path in reversed(list(modules.sources.conftest_chain(scope.module.path))))
        found = (self.models.table(table, each) for each in (scope.module, *chain) if each is not None)
        return next((model for model in found if model is not None), None)

    def _row(self, model: Model, each: Inserted, call: Call, scope: Scope, frame: Frame | None) -> Row:
        assert scope.function is not None
        bound = self.payloads.fields(call.args[1], scope, frame) if len(call.args) == 2 else None
        given: dict[str, Expr] = {}
        for name, value in each.values.items():
            told = (bound or {}).get(value, ELSEWHERE) if isinstance(value, str) else value
            given[name] = self.payloads.meant(told, scope, frame)
        place = Location(scope.module.path, call.line, call.col)
        return Row(model, scope.module, scope.function, place, given, open=False, insert=True)

    def inserted(self, statement: str) -> tuple[Inserted, ...]:
        """The rows of a statement; none where it names no columns or cannot be parsed."""
        if "insert" not in statement.lower():
            return ()
        if statement not in self._read:
            self.names.modules.sources.uses_package("sqlglot")
            self._read[statement] = tuple(_parsed(statement))
        return self._read[statement]


def _is_about_migrations(scope: Scope) -> bool:
    function = scope.function
    told = [scope.module.path.rpartition("test")[2], *(item.module for item in scope.module.facts.imports)]
    if function is not None:
        told += [function.name, *(param.name for param in function.params)]
    return any(re.search(_MIGRATION, each.lower()) for each in told)


def _parsed(statement: str) -> Iterator[Inserted]:
    try:
        from lint_fixtures.index.statements import inserts  # loads sqlglot: only for files that run such statements
    except ImportError:
        return
    for table, values in inserts(statement):
        yield Inserted(table, values)
