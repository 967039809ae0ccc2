"""Rows that a function adds to a session: which model, where it is built, and what each attribute is given."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Await, Call, Do, Expr, Lambda, Name, Seq, Star, Stmt
from lint_fixtures.facts import Function, Location
from lint_fixtures.frozen import replace
from lint_fixtures.index import kinds
from lint_fixtures.index.evaluation import statement_after
from lint_fixtures.index.inserts import Inserts
from lint_fixtures.index.model_facts import Model
from lint_fixtures.index.models import Models
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import FunctionRef, Names
from lint_fixtures.index.objects import LocalObjects
from lint_fixtures.index.payloads import Frame, Payloads
from lint_fixtures.index.row_facts import Row as Row
from lint_fixtures.index.values import Scope, Values

if TYPE_CHECKING:
    from lint_fixtures.index.factories import Factories
    from lint_fixtures.index.raw_sql import RawSql

_SQL = frozenset({"INSERT", "insert into"})
ADD_ONE = frozenset({"add", "merge"})
ADD_MANY = frozenset({"add_all", "bulk_save_objects"})
_SESSION_METHODS = ADD_ONE | ADD_MANY | {"flush", "refresh", "commit", "delete", "expunge", "expire", "close"}
_READING = frozenset({"dict", "json", "model_dump", "model_dump_json", "copy", "model_copy"})
_FLUSHING = frozenset({"flush", "commit"})
_HARMLESS = frozenset({"print", "str", "repr", "len", "isinstance", "type", "id", "bool", "list", "tuple", "set"})


class Rows:
    """Finds the rows of functions; remembers them for one run."""

    def __init__(self, names: Names, models: Models, values: Values, session_names: tuple[str, ...]) -> None:
        self.names = names
        self.models = models
        self.values = values
        self._session_names = frozenset(session_names)
        self.payloads = Payloads(values)
        self.inserts = Inserts(names, models, self.payloads)
        self._found: dict[Module, dict[Function, tuple[Row, ...]]] = {}

    @cached_property
    def factories(self) -> Factories:
        from lint_fixtures.index.factories import Factories  # only suites with factories pay for it

        return Factories(self.names, self.models)

    @cached_property
    def raw_sql(self) -> RawSql:
        from lint_fixtures.index.raw_sql import RawSql

        return RawSql(self.names, self.models, self.payloads)

    def forget(self, module: Module) -> None:
        self._found.pop(module, None)
        if "factories" in self.__dict__:
            self.factories.forget(module)

    def of(self, scope: Scope) -> tuple[Row, ...]:
        """The rows that a function adds or inserts itself, in source order."""
        assert scope.function is not None
        memo = self._found.setdefault(scope.module, {})
        if scope.function not in memo:
            memo[scope.function] = tuple(self._rows(scope))
        return memo[scope.function]

    def created(self, module: Module, function: Function) -> Iterator[tuple[Model, Call]]:
        """Every construction or insert of a model in a function, added or not."""
        for call in function.body.calls:
            model = self.models.model(module, call.func, function) or self.inserts.model(module, function, call)
            if model is not None:
                yield model, call

    def is_session(self, expr: Expr, scope: Scope) -> bool:
        """Whether an expression is a database session, by what is known of it or else by its name."""
        kind = self.values.kind(expr, scope)
        if kind != kinds.UNKNOWN:
            return kind == kinds.SESSION
        return isinstance(expr, Name) and expr.dotted.rpartition(".")[2] in self._session_names

    def in_frame(self, scope: Scope, frame: Frame) -> Iterator[Row]:
        """As :meth:`of`, with what one call of the function gives its parameters."""
        return self._rows(scope, frame)

    def _rows(self, scope: Scope, frame: Frame | None = None) -> Iterator[Row]:
        assert scope.function is not None
        built = dict(self._built(scope, frame))
        if built:
            prefix = f"{scope.function.qualname}."
            inner = tuple(each for each in scope.module.facts.functions if each.qualname.startswith(prefix))
            body = LocalObjects(scope.function, inner)
            for call, model in built.items():
                saved = self._saving(call, model, body)
                added = self.adding(call, body, scope)
                if saved or added is not None:
                    until = self._flush_after(added, scope) if added is not None else None
                    before = LocalObjects(scope.function, inner, until) if until is not None else body
                    row = self.row(call, model, before, scope, frame)
                    yield replace(row, flushed=True) if any(map(_flushes, saved)) else row
        yield from self.inserts.of(scope, frame)
        if not scope.module.facts.mentions.isdisjoint(_SQL):
            yield from self.raw_sql.of(scope, frame)

    def row(self, call: Call, model: Model, body: LocalObjects, scope: Scope, frame: Frame | None = None) -> Row:
        """The row that a constructor builds, with what ``body`` does to it."""
        assert scope.function is not None
        told = self.payloads.keywords(call, scope, frame)
        given = (_keywords(call) if told is None else told) | dict(body.assigned(call))
        meant = {name: self.payloads.meant(value, scope, frame) for name, value in given.items()}
        is_open = told is None or bool(call.args) or self.may_be_filled(call, model, body)
        return Row(model, scope.module, scope.function, _place(scope, call), meant, is_open)

    def _built(self, scope: Scope, frame: Frame | None) -> Iterator[tuple[Call, Model]]:
        assert scope.function is not None
        own = self.models.of_class(frame.cls) if frame is not None and frame.cls is not None else None
        for call in scope.function.body.calls:
            if isinstance(call.func, Name) and _looks_like_class(call.func.dotted):
                model = self.models.model(scope.module, call.func, scope.function)
                if model is not None:
                    yield call, model
            elif own is not None and call.dotted == "cls":
                yield call, own

    def adding(self, built: Call, body: LocalObjects, scope: Scope) -> Call | None:
        """The call that adds an object to a session."""
        for call in body.calls:
            method = call.dotted.rpartition(".")[2]
            if method in ADD_ONE | ADD_MANY and call.args and built in body.members(call.args[0]):
                receiver = Name(call.dotted.rpartition(".")[0])
                if receiver.dotted and self.is_session(receiver, scope):
                    return call
        return None

    def _flush_after(self, added: Call, scope: Scope) -> tuple[int, int] | None:
        """Where the flush stands that an added object meets: what is done to it from there on comes too late."""
        assert scope.function is not None

        def flushes(statement: Stmt) -> bool:
            value = statement.value if isinstance(statement, Do) else None
            call = value.value if isinstance(value, Await) else value
            receiver, _, method = call.dotted.rpartition(".") if isinstance(call, Call) else ("", "", "")
            return method in _FLUSHING and bool(receiver) and self.is_session(Name(receiver), scope)

        found = statement_after(scope.function.body.statements, added, flushes)
        return (found.line, found.col) if found is not None else None

    def _saving(self, built: Call, model: Model, body: LocalObjects) -> list[Function]:
        """Methods of the model's own class that are called on an object and add it: ``row.save()``."""
        if model.cls is None:
            return []
        called = (self.names.class_member(model.module, model.cls, name) for name in body.methods(built))
        return [each.function for each in called if isinstance(each, FunctionRef) and _adds_itself(each.function)]

    def may_be_filled(self, built: Call, model: Model, body: LocalObjects) -> bool:
        """Whether ``setattr``, a call that gets the object or a method of it may fill it, or it cannot be followed."""
        if body.rebound(built) or body.escapes(built) or any(self._fills(model, each) for each in body.methods(built)):
            return True
        name = body.name_of(built)
        return name is not None and any(_may_fill(call, name) for call in body.calls)

    def _fills(self, model: Model, name: str) -> bool:
        """Whether a method may set attributes; one that saves the row is told of apart."""
        found = self.names.class_member(model.module, model.cls, name) if model.cls is not None else None
        if not isinstance(found, FunctionRef):
            return name not in _READING
        return not _adds_itself(found.function) and _touches_itself(found.function)


def _touches_itself(method: Function) -> bool:
    """Whether a method sets an attribute, or hands itself to something that may."""
    calls = method.body.calls
    if any(call.dotted.startswith("self.") or Name("self") in call.args for call in calls):
        return True
    assigns = (node for node in method.body.nodes if isinstance(node, Assign))
    return any(target.dotted.startswith("self.") for each in assigns for target in each.targets if type(target) is Name)


def _adds_itself(method: Function) -> bool:
    added = (call for call in method.body.calls if call.dotted.rpartition(".")[2] in ADD_ONE)
    return any(call.args == (Name("self"),) for call in added)


def _flushes(method: Function) -> bool:
    return any(call.dotted.rpartition(".")[2] in _FLUSHING for call in method.body.calls)


def _looks_like_class(dotted: str) -> bool:
    """Cheap gate before resolution; a lower-case name may be a class too, but hardly a mapped one."""
    return dotted.rpartition(".")[2][:1].isupper()


def _keywords(call: Call) -> dict[str, Expr]:
    return {key: value for key, value in call.keywords if key is not None}


def _may_fill(call: Call, name: str) -> bool:
    """Whether a call gets the object, directly or in a list, and is not one of the session's own."""
    method = call.dotted.rpartition(".")[2]
    if method in _SESSION_METHODS or call.dotted in _HARMLESS or _collects(call):
        return False
    values = (*call.args, *(value for _, value in call.keywords))
    return any(Name(name) in _direct(value) for value in values)


def _collects(call: Call) -> bool:
    """``rows.append(row)``; ``parent.children.append(row)`` on the other hand gives the row its parent."""
    receiver, _, method = call.dotted.rpartition(".")
    return method == "append" and bool(receiver) and "." not in receiver


def _direct(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case Seq(items=items):
            return items
        case Star(value=value):
            return (value,)
        case Lambda():
            return ()
    return (expr,)


def _place(scope: Scope, call: Call) -> Location:
    return Location(scope.module.path, call.line, call.col)
