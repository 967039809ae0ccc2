"""Rows that a function has built by helpers of the project: told at the call, with what the call gives."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from lint_fixtures.body import Call, Choice, Comp, For, If, Lambda, Match, Raise, Return, Stmt, Try, While, With
from lint_fixtures.facts import Body, Function, Location
from lint_fixtures.frozen import replace
from lint_fixtures.index.evaluation import children, own_parts
from lint_fixtures.index.expected import expects_database_error
from lint_fixtures.index.helper_calls import Helper, HelperCalls
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import FunctionRef
from lint_fixtures.index.naming import may_create
from lint_fixtures.index.objects import LocalObjects
from lint_fixtures.index.payloads import Frame
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.rows import Rows
from lint_fixtures.index.values import Scope

_DEPTH = 3
_FLUSHING = frozenset({"flush", "commit"})


class HelperRows:
    """Looks only into helpers whose name speaks of creating; remembers the rows of functions for one run."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.calls = HelperCalls(rows.payloads)
        self._found: dict[Module, dict[Function, tuple[Row, ...]]] = {}
        self._expecting: dict[Module, dict[Function, bool]] = {}
        self._sure: WeakKeyDictionary[Body, frozenset[tuple[int, int]]] = WeakKeyDictionary()

    def forget(self, module: Module) -> None:
        self._found.pop(module, None)
        self._expecting.pop(module, None)

    def of(self, scope: Scope) -> tuple[Row, ...]:
        """In the order of the calls."""
        assert scope.function is not None
        memo = self._found.setdefault(scope.module, {})
        if scope.function not in memo:
            memo[scope.function] = tuple(self._rows(scope))
        return memo[scope.function]

    def _rows(self, scope: Scope) -> Iterator[Row]:
        assert scope.function is not None
        body: LocalObjects | None = None
        for call in scope.function.body.calls:
            for row in self._of_call(call, scope, None, _DEPTH):
                body = body or LocalObjects(scope.function)
                given = row.given | dict(body.assigned(call))
                is_open = row.open or self.rows.may_be_filled(call, row.model, body)
                yield replace(row, given=given, open=is_open)

    def _of_call(self, call: Call, scope: Scope, outer: Frame | None, depth: int) -> Iterator[Row]:
        name = call.dotted.rpartition(".")[2]
        if not depth or not may_create(name):
            return
        if "actory" in call.dotted:
            yield from self._of_factory(call, scope, outer)
        helper = self.calls.helper(call, scope, outer)
        if helper is None or helper.ref.function is scope.function:
            return
        frame = self.calls.frame(helper, call, scope, outer)
        if frame is None or self._expects_error(helper.ref):
            return
        place = Location(scope.module.path, call.line, call.col)
        for row in self._inside(helper, frame, depth):
            assert scope.function is not None
            yield replace(row, module=scope.module, function=scope.function, location=place)

    def _expects_error(self, ref: FunctionRef) -> bool:
        memo = self._expecting.setdefault(ref.module, {})
        if ref.function not in memo:
            memo[ref.function] = expects_database_error(self.rows.names, ref.module, ref.function)
        return memo[ref.function]

    def _of_factory(self, call: Call, scope: Scope, outer: Frame | None) -> Iterator[Row]:
        """What ``OrgFactory(...)`` or ``OrgFactory.create(...)`` adds."""
        assert scope.function is not None
        ref = self.rows.factories.called(call, scope.module, scope.function)
        factory = self.rows.factories.of(ref) if ref is not None else None
        told = self.rows.payloads.keywords(call, scope, outer) if factory is not None else None
        if factory is None or factory.model is None:
            return
        own = {name: self.rows.payloads.meant(value, scope, outer) for name, value in (told or {}).items()}
        given = factory.given | {name: value for name, value in own.items() if "__" not in name}
        is_open = told is None or factory.open
        place = Location(scope.module.path, call.line, call.col)
        yield Row(factory.model, scope.module, scope.function, place, given, is_open, flushed=factory.flushes)

    def _inside(self, helper: Helper, frame: Frame, depth: int) -> Iterator[Row]:
        """The rows that one run of the helper adds for sure."""
        function = helper.ref.function
        sure = self._places_of_sure_calls(function)
        flushed = any(call.dotted.rpartition(".")[2] in _FLUSHING for call in function.body.calls)
        own = {row.location: row for row in self.rows.of(helper.scope)}
        for row in self.rows.in_frame(helper.scope, frame):
            if (row.location.line, row.location.col) in sure:
                yield replace(row, origin=own.get(row.location), flushed=row.flushed or flushed)
        for call in function.body.calls:
            if (call.line, call.col) in sure:
                for row in self._of_call(call, helper.scope, frame, depth - 1):
                    yield replace(row, flushed=row.flushed or flushed)

    def _places_of_sure_calls(self, function: Function) -> frozenset[tuple[int, int]]:
        """Line and column of each; asked anew for every call of a helper."""
        if function.body not in self._sure:
            self._sure[function.body] = frozenset((call.line, call.col) for call in _always_made(function))
        return self._sure[function.body]


def _always_made(function: Function) -> Iterator[Call]:
    """The calls that every run of a function makes."""
    for statement in _always_run(function.body.statements):
        yield from _sure_calls(own_parts(statement))


def _sure_calls(node: object) -> Iterator[Call]:
    for child in children(node):
        if isinstance(child, Call):
            yield child
        if not isinstance(child, (Choice, Comp, Lambda)):
            yield from _sure_calls(child)


def _always_run(block: tuple[Stmt, ...]) -> Iterator[Stmt]:
    for statement in block:
        yield statement
        if isinstance(statement, With):
            yield from _always_run(statement.body)
        leaves = isinstance(statement, (If, For, While, Try, Match, With))
        if leaves and any(isinstance(each, (Return, Raise)) for each, _ in flatten((statement,))):
            return
