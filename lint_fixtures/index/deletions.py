"""The cleanups of a suite that empty tables one after the other: which tables, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Block, Call, Const, Expr, For, Name, Seq, Stmt, While, Yield, walk
from lint_fixtures.frozen import frozen
from lint_fixtures.index.emptying import Bound, Emptied, emptied
from lint_fixtures.index.model_facts import Model
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import FunctionRef, ValueRef
from lint_fixtures.index.uses import own
from lint_fixtures.index.values import Scope, assigned

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DEPTH = 2
_REMOVING = ("clean", "clear", "delet", "destroy", "drop", "empty", "purge", "remov", "reset", "trunc", "wipe")
_NO_REMOVAL = frozenset({"clear_mappers", "remove", "removesuffix", "removeprefix"})  # of a registry, of text


@frozen
class Deletion:
    """All rows of a table go. ``step`` counts statements: tables that one TRUNCATE names go together."""

    model: Model
    module: Module
    line: int
    col: int
    branch: str
    step: int
    truncates: bool
    cascades: bool


@frozen
class Loop:
    """``for table in metadata.sorted_tables``, parents first; ``metadata`` as written (``Base.metadata``)."""

    metadata: Expr
    line: int
    col: int


@frozen
class Cleanup:
    """``runs`` are split where a fixture yields: what stands before and after the test are two cleanups.

    ``some`` are tables of which some rows go. ``opaque``: more may go than is told here.
    """

    runs: tuple[tuple[Deletion, ...], ...] = ((),)
    some: frozenset[str] = frozenset()
    opaque: bool = False
    forward: tuple[Loop, ...] = ()

    def deletions(self) -> Iterator[Deletion]:
        for run in self.runs:
            yield from run


def cleanup(project: Project, scope: Scope) -> Cleanup:
    """What a function empties itself and through the helpers of the project that it calls."""
    assert scope.function is not None
    reader = _Reader(project)
    reader.block(scope.function.body.statements, scope, "", 0)
    return Cleanup(tuple(map(tuple, reader.runs)), frozenset(reader.some), reader.opaque, tuple(reader.forward))


class _Reader:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.runs: list[list[Deletion]] = [[]]
        self.some: set[str] = set()
        self.opaque = False
        self.forward: list[Loop] = []
        self._step = 0

    def block(self, block: Block, scope: Scope, outer: str, depth: int) -> None:
        skipped: set[int] = set()
        for statement, arm in flatten(block):
            if id(statement) in skipped:
                continue
            branch = f"{outer}/{arm}" if outer and arm else outer or arm
            if isinstance(statement, (For, While)) and self._removes(statement, scope):
                skipped |= {id(inner) for inner, _ in flatten(statement.body)}
                self._loop(statement, scope, branch)
                continue
            for node in walk(own(statement)):
                if isinstance(node, Yield):
                    self.runs.append([])
                elif isinstance(node, Call):
                    self._call(node, statement, scope, branch, depth)

    def _removes(self, loop: For | While, scope: Scope) -> bool:
        bound = Bound(loop.target.dotted, Name("")) if isinstance(loop, For) and isinstance(loop.target, Name) else None
        return any(True for call in _calls(loop.body) for _ in emptied(self.project, call, scope, bound))

    def _call(self, call: Call, statement: Stmt, scope: Scope, branch: str, depth: int) -> None:
        found = list(emptied(self.project, call, scope))
        if found:
            self._take(found, statement, scope, branch)
            return
        target = self.project.names.resolve_expr(scope.module, call.func, scope.function)
        if isinstance(target, FunctionRef) and depth < _DEPTH and not target.function.is_generator:
            inner = Scope(target.module, target.function)
            self.block(target.function.body.statements, inner, branch, depth + 1)
        elif not isinstance(target, FunctionRef) or depth >= _DEPTH:
            self.opaque = self.opaque or _may_remove(call)

    def _take(self, found: list[Emptied], statement: Stmt, scope: Scope, branch: str) -> None:
        self._step += 1
        for each in found:
            self._step += not each.truncates
            if each.model is None or each.model.table is None:
                self.opaque = True
            elif not each.whole:
                self.some.add(each.model.table)
            else:
                place = (scope.module, statement.line, statement.col, branch, self._step)
                self.runs[-1].append(Deletion(each.model, *place, each.truncates, each.cascades))

    def _loop(self, loop: For | While, scope: Scope, branch: str) -> None:
        """A loop over written models or tables is so many statements; any other may try again, or take any table."""
        items = list(self._items(loop.iterable, scope)) if isinstance(loop, For) else []
        if not isinstance(loop, For) or not isinstance(loop.target, Name) or not items:
            self.opaque = True
            self._metadata(loop, scope)
            return
        for item in items:
            bound = Bound(loop.target.dotted, item)
            for call in _calls(loop.body):
                self._take(list(emptied(self.project, call, scope, bound)), loop, scope, branch)

    def _items(self, iterable: Expr, scope: Scope) -> Iterator[Expr]:
        if isinstance(iterable, Call) and iterable.dotted == "reversed" and len(iterable.args) == 1:
            yield from reversed(list(self._items(iterable.args[0], scope)))
            return
        if isinstance(iterable, Name):
            given = list(assigned(iterable.dotted, scope.function)) if scope.function else []
            target = self.project.names.resolve_expr(scope.module, iterable, scope.function)
            if isinstance(target, ValueRef) and target.module is scope.module:
                given.append(target.value)
            iterable = given[0] if len(given) == 1 else iterable
        if isinstance(iterable, Seq) and iterable.kind != "set":
            yield from iterable.items

    def _metadata(self, loop: For | While, scope: Scope) -> None:
        """``for table in Base.metadata.sorted_tables``: sorted so that parents come first."""
        if not isinstance(loop, For) or not isinstance(loop.iterable, Name):
            return
        metadata, _, attribute = loop.iterable.dotted.rpartition(".")
        if attribute == "sorted_tables" and metadata and len(loop.body) == 1 and not _cascades(loop):
            self.forward.append(Loop(Name(metadata), loop.line, loop.col))


def _cascades(loop: For) -> bool:
    """Whether the statement of each round may take the children along."""
    texts = (node.value.upper() for node in walk(loop.body) if isinstance(node, Const) and isinstance(node.value, str))
    return any(word in text for text in texts for word in ("CASCADE", "TRUNCATE", "DROP"))


def _calls(block: Block) -> Iterator[Call]:
    return (node for node in walk(block) if isinstance(node, Call))


def _may_remove(call: Call) -> bool:
    name = call.dotted.rpartition(".")[2] or getattr(call.func, "name", "")
    return name not in _NO_REMOVAL and any(word in name.lower() for word in _REMOVING)
