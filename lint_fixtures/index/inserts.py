"""Rows that go in without an object: ``insert(Model)``, ``table.insert()``, ``bulk_insert_mappings``."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Attr, Call, Expr, Name, Seq
from lint_fixtures.facts import Function, Location
from lint_fixtures.index.model_facts import Model
from lint_fixtures.index.models import Models
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import External, Names
from lint_fixtures.index.payloads import Frame, Payloads
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.values import Scope, assigned

_INSERTS = frozenset(
    {
        "sqlalchemy.insert",
        "sqlalchemy.sql.expression.insert",
        "sqlalchemy.dialects.postgresql.insert",
        "sqlalchemy.sql.insert",
        "sqlmodel.insert",
    }
)
_BULK = "bulk_insert_mappings"


class Inserts:
    def __init__(self, names: Names, models: Models, payloads: Payloads) -> None:
        self.names = names
        self.models = models
        self.payloads = payloads

    def model(self, module: Module, function: Function, call: Call) -> Model | None:
        """The model of ``insert(Model)``, ``table.insert()`` and ``session.bulk_insert_mappings(Model, ...)``."""
        if isinstance(call.func, Name) and call.dotted.endswith(".insert") and not call.args:
            return self.models.model(module, Name(call.dotted.removesuffix(".insert")), function)
        if call.dotted.rpartition(".")[2] == _BULK:
            mapper = call.args[0] if call.args else call.keyword("mapper")
            return self.models.model(module, mapper, function) if mapper is not None else None
        target = self.names.resolve_expr(module, call.func, function)
        if isinstance(target, External) and target.dotted in _INSERTS and call.args:
            return self.models.model(module, call.args[0], function)
        return None

    def of(self, scope: Scope, frame: Frame | None = None) -> Iterator[Row]:
        """The rows of one function's statements, in source order; none for a statement that is built up in steps."""
        assert scope.function is not None
        for call in scope.function.body.calls:
            method = call.dotted.rpartition(".")[2]
            if method in {"execute", "exec", "scalar", "scalars"} and call.args and not call.keywords:
                yield from self._executed(call, scope, frame)
            elif method == _BULK and len(call.args) == 2:
                model = self.model(scope.module, scope.function, call)
                if model is not None:
                    yield from self._several(model, call, call.args[1], scope, frame)

    def _executed(self, call: Call, scope: Scope, frame: Frame | None) -> Iterator[Row]:
        """``execute(insert(Model).values(...))`` and ``execute(insert(Model), values)``."""
        assert scope.function is not None
        statement = call.args[0]
        inner = _values_call(statement)
        if inner is not None and len(call.args) == 1:
            made, told = inner
            model = self.model(scope.module, scope.function, made)
            if model is not None and told.args:
                yield from self._several(model, told, told.args[0], scope, frame)
            elif model is not None:
                yield self._row(model, told, self.payloads.keywords(told, scope, frame), scope, frame)
        elif isinstance(statement, Call) and len(call.args) == 2:
            model = self.model(scope.module, scope.function, statement)
            if model is not None:
                yield from self._several(model, call, call.args[1], scope, frame)

    def _several(self, model: Model, call: Call, values: Expr, scope: Scope, frame: Frame | None) -> Iterator[Row]:
        """One mapping, or a list of them by itself or by a local name."""
        for each in self._items(values, scope):
            yield self._row(model, call, self.payloads.fields(each, scope, frame), scope, frame)

    def _items(self, values: Expr, scope: Scope) -> tuple[Expr, ...]:
        if isinstance(values, Name) and scope.function is not None:
            given = list(assigned(values.dotted, scope.function))
            used = any(call.dotted.startswith(f"{values.dotted}.") for call in scope.function.body.calls)
            if len(given) == 1 and isinstance(given[0], Seq):
                return () if used else given[0].items
        return values.items if isinstance(values, Seq) else (values,)

    def _row(self, model: Model, call: Call, told: dict[str, Expr] | None, scope: Scope, frame: Frame | None) -> Row:
        assert scope.function is not None
        place = Location(scope.module.path, call.line, call.col)
        given = {name: self.payloads.meant(value, scope, frame) for name, value in (told or {}).items()}
        return Row(model, scope.module, scope.function, place, given, told is None, insert=True)


def _values_call(statement: Expr) -> tuple[Call, Call] | None:
    """The two calls of ``insert(Model).values(...)``, also before ``returning`` and its kind."""
    while isinstance(statement, Call) and isinstance(statement.func, Attr) and isinstance(statement.func.value, Call):
        if statement.func.name == "values":
            return statement.func.value, statement
        if statement.func.name not in {"returning", "execution_options", "on_conflict_do_nothing"}:
            return None
        statement = statement.func.value
    return None
