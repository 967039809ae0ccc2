"""Keys that a child reads from its parent before the database has made them."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from lint_fixtures.body import Assign, Await, Call, Expr, Name, Node, Stmt, With, Yield, calls
from lint_fixtures.facts import Function
from lint_fixtures.index.evaluation import binds, children, evaluated_before, gives, own_parts
from lint_fixtures.index.model_facts import Model
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.names import ClassRef, External, ModuleRef
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.rows import Rows
from lint_fixtures.index.values import Scope

_CALM_PACKAGES = frozenset({"builtins", "pytest", "faker", "sqlalchemy", "sqlmodel"})
_LOADING = frozenset({"builtins.getattr", "builtins.next", "builtins.repr", "builtins.vars", "builtins.exec"})


class Unflushed:
    """One function's answers: which keys are None for sure at the place where a row takes them."""

    def __init__(self, rows: Rows, scope: Scope) -> None:
        assert scope.function is not None
        self._rows = rows
        self._scope = scope
        self._function: Function = scope.function
        self._order = [each for each, _ in flatten(self._function.body.statements)]

    def parent(self, row: Row, attribute: str) -> tuple[str, Model] | None:
        """The variable and model of the parent whose key ``attribute`` of a row gets too early."""
        value = row.given.get(attribute)
        if not isinstance(value, Name) or value.dotted.count(".") != 1:
            return None
        variable, _, key = value.dotted.partition(".")
        built = self._built(variable)
        model = self._model(built.value) if built else None
        if built is None or model is None or not _made_by_database(model, built.value, key):
            return None
        if any(gives(f"{variable}.{key}", each) for each in self._order):
            return None
        use = self._use(row, attribute, value)
        return (variable, model) if use is not None and self._nothing_flushes(built, use, value) else None

    def _built(self, variable: str) -> Assign | None:
        """The only statement that gives a local variable its value."""
        if any(param.name == variable for param in self._function.params):
            return None
        found = [each for each in self._order if binds(variable, each)]
        only = found[0] if len(found) == 1 else None
        return only if isinstance(only, Assign) and only.targets == (Name(variable),) else None

    def _model(self, value: Expr | None) -> Model | None:
        if not isinstance(value, Call):
            return None
        return self._rows.models.model(self._scope.module, value.func, self._function)

    def _use(self, row: Row, attribute: str, value: Name) -> Stmt | None:
        """The statement in which the row gets the key: a later assignment, or else the construction."""
        place = (row.location.line, row.location.col)
        built = next(
            (each for each in self._order if any((c.line, c.col) == place for c in calls(own_parts(each)))), None
        )
        name = built.targets[0].dotted if isinstance(built, Assign) and isinstance(built.targets[0], Name) else None
        given = [each for each in self._order if name and gives(f"{name}.{attribute}", each)]
        if not given:
            return built
        return given[0] if len(given) == 1 and isinstance(given[0], Assign) and given[0].value == value else None

    def _nothing_flushes(self, built: Assign, use: Stmt, value: Name) -> bool:
        first, last = self._order.index(built), self._order.index(use)
        if first >= last or any(built in inside and use not in inside for inside in self._with_bodies()):
            return False  # the end of a `with session.begin()` flushes
        between = [part for each in self._order[first + 1 : last] for part in own_parts(each)]
        return all(self._is_calm(part) for part in between) and all(
            self._is_calm(part) for part in evaluated_before(use, value)
        )

    def _with_bodies(self) -> Iterator[list[Stmt]]:
        for each in self._order:
            if isinstance(each, With):
                yield [inner for inner, _ in flatten(each.body)]

    def _is_calm(self, node: Node) -> bool:
        """Whether evaluating something cannot flush the session. Reading an object that the session holds may: it
        loads what a commit has expired, and every query flushes before it asks."""
        if isinstance(node, (Yield, Await)):
            return False
        if isinstance(node, Name):
            return self._is_calm_name(node.dotted)
        if isinstance(node, Call):
            values = (*node.args, *(value for _, value in node.keywords))
            return self._is_calm_call(node) and all(self._is_calm(value) for value in values)
        return all(self._is_calm(child) for child in children(node))

    def _is_calm_name(self, dotted: str) -> bool:
        head, _, rest = dotted.partition(".")
        if not rest or self._is_new(head):
            return True
        target = self._rows.names.resolve(self._scope.module, head, self._function)
        return isinstance(target, (External, ModuleRef, ClassRef))

    def _is_new(self, variable: str) -> bool:
        built = self._built(variable)
        return built is not None and self._model(built.value) is not None

    def _is_calm_call(self, call: Call) -> bool:
        receiver, _, method = call.dotted.rpartition(".")
        if method in {"add", "add_all"} and receiver:
            return self._rows.is_session(Name(receiver), self._scope)
        if method == "append" and receiver:
            return "." not in receiver or self._is_new(receiver.partition(".")[0])
        model = self._model(call)
        if model is not None:
            return not model.has_own_init
        target = self._rows.names.resolve_expr(self._scope.module, call.func, self._function)
        if not isinstance(target, External) or target.dotted in _LOADING:
            return False
        top = target.dotted.partition(".")[0]
        return top in sys.stdlib_module_names or top in _CALM_PACKAGES


def _made_by_database(model: Model, built: Expr | None, key: str) -> bool:
    column = model.columns.get(key)
    if column is None or not isinstance(built, Call) or built.args or model.has_own_init:
        return False
    told = {name for name, _ in built.keywords}
    if None in told or key in told or model.fills is None or key in model.fills:
        return False
    return (column.primary_key, column.has_default, column.foreign_key) == (True, False, None)
