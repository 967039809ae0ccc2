"""Whether anything that runs for a test creates rows of a table: yes, no, or it cannot be told."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from lint_fixtures.body import Call, Const, Name
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen, replace
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import ClassRef, External, FunctionRef, Names
from lint_fixtures.index.naming import may_create
from lint_fixtures.index.objects import LocalObjects
from lint_fixtures.index.out_of_sight import runs_unread_sql, starts_process
from lint_fixtures.index.rows import ADD_MANY, ADD_ONE, Rows
from lint_fixtures.index.values import Scope

_DEPTH = 8  # calls from the test down
_STATEMENT = r"(?i)\binsert\s+into\s+(?:[\w\"]+\.)?\"?(\w+)"


@frozen
class Created:
    """``tables`` for sure among those created; ``opaque``: something may create rows that cannot be followed."""

    tables: frozenset[str] = frozenset()
    opaque: bool = False

    def __or__(self, other: Created) -> Created:
        return Created(self.tables | other.tables, self.opaque or other.opaque)


class Parents:
    """Follows calls from tests and fixtures into helpers and the application; remembers each function's own part."""

    def __init__(self, names: Names, rows: Rows) -> None:
        self.names = names
        self.rows = rows
        self._own: dict[Module, dict[Function, tuple[Created, tuple[FunctionRef, ...]]]] = {}

    def forget(self, module: Module) -> None:
        self._own.pop(module, None)

    def created(self, starts: Iterable[FunctionRef], leaving_out: frozenset[Call] = frozenset()) -> Created:
        """What a set of functions creates, with all that they call; some calls may be left out."""
        found = Created()
        seen: set[FunctionRef] = set()
        waiting = list(starts)
        for _ in range(_DEPTH):
            level = [ref for ref in dict.fromkeys(waiting) if ref not in seen]
            seen.update(level)
            parts = [self._part(ref, leaving_out) for ref in level]
            waiting = [called for _, further in parts for called in further]
            for own, _ in parts:
                found |= own
        unfollowed = any(ref not in seen for ref in waiting)
        return replace(found, opaque=found.opaque or unfollowed)

    def _part(self, ref: FunctionRef, leaving_out: frozenset[Call]) -> tuple[Created, tuple[FunctionRef, ...]]:
        if leaving_out and not leaving_out.isdisjoint(ref.function.body.calls):
            return self._read(ref, leaving_out)
        memo = self._own.setdefault(ref.module, {})
        if ref.function not in memo:
            memo[ref.function] = self._read(ref)
        return memo[ref.function]

    def _read(
        self, ref: FunctionRef, leaving_out: frozenset[Call] = frozenset()
    ) -> tuple[Created, tuple[FunctionRef, ...]]:
        models = list(self.rows.created(ref.module, ref.function))
        unnamed = any(model.table is None for model, _ in models)
        tables = frozenset(model.table for model, _ in models if model.table) | _sql_tables(ref.function)
        found = Created(tables, unnamed)
        further: list[FunctionRef] = list(self._nested(ref))
        known = [call for _, call in models]
        unread = runs_unread_sql(self.names, ref.module, ref.function)
        if unread or _switches_checks_off(ref.function) or self._adds_unknown(ref, known):
            found |= Created(opaque=True)
        for call in ref.function.body.calls:
            if call not in known and call not in leaving_out:
                own, called = self._call(ref, call)
                found |= own
                further += called
        return found, tuple(further)

    def _nested(self, ref: FunctionRef) -> Iterator[FunctionRef]:
        """Functions defined inside: factories that a fixture hands out."""
        prefix = f"{ref.function.qualname}."
        for name, function in ref.module.functions.items():
            if name.startswith(prefix):
                yield FunctionRef(ref.module, function)

    def _call(self, ref: FunctionRef, call: Call) -> tuple[Created, list[FunctionRef]]:
        handed = self._handed_functions(ref, call)
        if handed:
            return Created(), handed
        factory = self.rows.factories.called(call, ref.module, ref.function) if "actory" in call.dotted else None
        if factory is not None:
            return Created(*self.rows.factories.made(factory)), []
        if isinstance(call.func, Name):
            match self.names.resolve(ref.module, call.dotted, ref.function):
                case FunctionRef() as called:
                    return Created(), [called]
                case ClassRef() as cls:
                    found, further = self._constructor(cls)
                    return found | Created(opaque=self._gets_session(ref, call)), further
                case External(dotted=dotted):
                    return Created(opaque=starts_process(dotted) or _third_party_maker(dotted)), []
        name = call.dotted.rpartition(".")[2] or getattr(call.func, "name", "")
        if name in ADD_ONE | ADD_MANY:
            return Created(), []
        return Created(opaque=may_create(name) or self._gets_session(ref, call)), []

    def _gets_session(self, ref: FunctionRef, call: Call) -> bool:
        """Whether a call that is not followed is handed a session: then it may add anything."""
        scope = Scope(ref.module, ref.function)
        values = (*call.args, *(value for _, value in call.keywords))
        return any(isinstance(value, Name) and self.rows.is_session(value, scope) for value in values)

    def _handed_functions(self, ref: FunctionRef, call: Call) -> list[FunctionRef]:
        """Functions of the project that are passed as values, to be called by whoever gets them."""
        values = (*call.args, *(value for _, value in call.keywords))
        targets = (self.names.resolve_expr(ref.module, value, ref.function) for value in values)
        return [target for target in targets if isinstance(target, FunctionRef)]

    def _adds_unknown(self, ref: FunctionRef, known: list[Call]) -> bool:
        """Whether an object is added that is neither built here from a known model nor a parameter."""
        body = LocalObjects(ref.function)
        params = {param.name for param in ref.function.params}
        for call in body.calls:
            if call.dotted.rpartition(".")[2] in ADD_ONE | ADD_MANY and "." in call.dotted and call.args:
                argument = call.args[0]
                members = body.members(argument)
                given = isinstance(argument, Name) and argument.dotted.partition(".")[0] in params
                if not given and (not members or any(member not in known for member in members)):
                    return True
        return False

    def _constructor(self, ref: ClassRef) -> tuple[Created, list[FunctionRef]]:
        """A class that is no model: what its ``__init__`` does; a factory of another package cannot be followed."""
        init = self.names.class_member(ref.module, ref.cls, "__init__")
        foreign = any(isinstance(base, External) for base in self.names.bases(ref.module, ref.cls))
        opaque = foreign and may_create(ref.cls.name)
        return Created(opaque=opaque), [init] if isinstance(init, FunctionRef) else []


def _third_party_maker(dotted: str) -> bool:
    top, _, _ = dotted.partition(".")
    if top in sys.stdlib_module_names or dotted.startswith(("sqlalchemy.", "pytest.", "fastapi.", "builtins.")):
        return False
    return may_create(dotted.rpartition(".")[2])


def _switches_checks_off(function: Function) -> bool:
    """SQL that loads rows out of sight, or that keeps the database from looking at keys."""
    texts = (node.value for node in function.body.nodes if isinstance(node, Const))
    told = " ".join(text.lower() for text in texts if isinstance(text, str))
    copied = "create database" in told and "template" in told
    return copied or any(words in told for words in ("session_replication_role", "disable trigger", "copy ", "psql"))


def _sql_tables(function: Function) -> frozenset[str]:
    """The tables of literal INSERT statements."""
    texts = (node.value for node in function.body.nodes if isinstance(node, Const))
    joined = " ".join(text for text in texts if isinstance(text, str) and "insert" in text.lower())
    return frozenset(re.findall(_STATEMENT, joined))
