"""Statements that take rows or tables out of the database, and errors of theirs that are swallowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import (
    Assert,
    Attr,
    Block,
    Call,
    Const,
    Expr,
    Handler,
    Name,
    Node,
    Raise,
    Stmt,
    Try,
    With,
    Yield,
    walk,
)
from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.isolation import is_rolled_back_anyway
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.names import External, FunctionRef
from lint_fixtures.index.receivers import method
from lint_fixtures.index.test_code import is_test_code
from lint_fixtures.index.values import Scope
from lint_fixtures.index.ways import heads

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_BROAD = frozenset({"Exception", "BaseException"})
_ENDING = frozenset({"fail", "skip", "exit", "xfail", "skipTest", "_exit"})
_ROWS = r"(?i)\s*(DELETE\s+FROM|TRUNCATE)\b"
# a schema or database whose name is computed is one test's own: left behind, it is in nobody's way
_TABLES = r"(?i)\s*DROP\s+((TABLE|VIEW|TYPE|SEQUENCE)\b|(SCHEMA|DATABASE)\s+(IF\s+EXISTS\s+)?\"?\w)"
_SAYS_SO = r"(clean|clear|delete|empty|purge|truncate|wipe)_(all_)?(tables?|database|rows)$"
_REPOSITORY = r"(^|[._])(database|dao|repo|repos|repository|repositories|crud)([._]|$)"
_KEYS = frozenset({"id", "pk", "slug", "uuid"})
_DEPTH = 2


@frozen
class Swallowed:
    """A cleanup whose errors end at the ``except`` or ``with`` of this line; ``cleanup`` is the line of the cleanup."""

    line: int
    col: int
    cleanup: int
    drops: bool  # tables, or else rows


def swallowed(project: Project, scope: Scope) -> Iterator[Swallowed]:
    """In one function. Dropping what may not exist before the tests run is no cleanup."""
    assert scope.function is not None
    statements = scope.function.body.statements
    starts = [one.line for one, _ in flatten(statements) if any(isinstance(node, Yield) for node in walk(_head(one)))]
    set_up_ends = min(starts, default=0) if scope.function.is_generator else 0 if scope.function.nested else 10**9
    for statement, _ in flatten(statements):
        for line, col, body in _silencers(project, statement, scope):
            for cleanup in _cleanups(project, body, scope):
                if _tells_later(statements, line) or (cleanup.drops and cleanup.line < set_up_ends):
                    continue
                if not cleanup.drops and is_rolled_back_anyway(project, scope, cleanup.on):
                    continue
                yield Swallowed(line, col, cleanup.line, cleanup.drops)
                break


def _silencers(project: Project, statement: Stmt, scope: Scope) -> Iterator[tuple[int, int, Block]]:
    match statement:
        case Try(body=body, handlers=handlers):
            for handler in handlers:
                if _is_broad(handler) and not _answers(project, handler, scope):
                    yield handler.line, handler.col, body
        case With(items=items, body=body, line=line, col=col):
            if any(_suppresses(project, context, scope) for context, _ in items):
                yield line, col, body


def _is_broad(handler: Handler) -> bool:
    names = {kind.dotted.rpartition(".")[2] for kind in handler.types if isinstance(kind, Name)}
    return not handler.types or not names.isdisjoint(_BROAD)


def _suppresses(project: Project, context: Expr, scope: Scope) -> bool:
    if not isinstance(context, Call):
        return False
    target = project.names.resolve_expr(scope.module, context.func, scope.function)
    broad = any(isinstance(arg, Name) and arg.dotted in _BROAD for arg in context.args)
    return target == External("contextlib.suppress") and broad


def _answers(project: Project, handler: Handler, scope: Scope) -> bool:
    """Whether a handler raises, fails, ends the test, or cleans up in another way."""
    for node in walk(handler.body):
        if isinstance(node, (Raise, Assert)):
            return True
        if isinstance(node, Call) and (node.dotted.rpartition(".")[2] in _ENDING or _keeps(node, handler)):
            return True
    return next(_cleanups(project, handler.body, scope), None) is not None


def _keeps(call: Call, handler: Handler) -> bool:
    """``errors.append(error)``: to be told of after the other cleanups."""
    caught = handler.name is not None and any(Name(handler.name) in walk(value) for value in call.args)
    return caught and call.dotted.rpartition(".")[2] in {"append", "add"}


def _tells_later(statements: Block, line: int) -> bool:
    """Whether the function raises or fails further down: errors may have been collected."""
    later = (one for one, _ in flatten(statements) if one.line > line)
    return any(isinstance(one, Raise) for one in later)


@frozen
class _Cleanup:
    line: int
    drops: bool
    on: frozenset[str]  # the names that its statement mentions


def _cleanups(project: Project, block: Block, scope: Scope, depth: int = 0) -> Iterator[_Cleanup]:
    """What a block deletes, without what a broad ``except`` further in answers for."""
    for statement in _outside_inner(block):
        for node in walk(_head(statement)):
            drops = _drops(project, node, scope)
            if drops is not None:
                yield _Cleanup(statement.line, drops, frozenset(heads(_head(statement))))
            elif isinstance(node, Call) and depth < _DEPTH:
                found = _called(project, node, scope, depth)
                on = frozenset(heads(_head(statement)))
                yield from (_Cleanup(statement.line, drops, on) for drops in found)


def _called(project: Project, call: Call, scope: Scope, depth: int) -> Iterator[bool]:
    """What a function or method of the project that is called deletes: tables, or else rows."""
    target = project.names.resolve_expr(scope.module, call.func, scope.function)
    reached = target if isinstance(target, FunctionRef) else method(project, call, scope)
    if reached is None or reached.function.is_generator:
        return
    if re.search(_SAYS_SO, reached.function.name) and is_test_code(project, reached.module.path):
        yield False
        return
    inner = Scope(reached.module, reached.function)
    for found in _cleanups(project, reached.function.body.statements, inner, depth + 1):
        yield found.drops


def _outside_inner(block: Block) -> Iterator[Stmt]:
    skipped: set[int] = set()
    for statement, _ in flatten(block):
        if id(statement) in skipped:
            continue
        if isinstance(statement, Try) and any(map(_is_broad, statement.handlers)):
            skipped |= {id(inner) for inner, _ in flatten(statement.body)}
        yield statement


def _head(statement: Stmt) -> tuple[Node, ...]:
    """A statement without the blocks in it."""
    match statement:
        case Try():
            return ()
        case With(items=items):
            return tuple(context for context, _ in items)
    inner = {id(one) for one, _ in flatten((statement,)) if one is not statement}
    return (statement,) if not inner else ()


def _drops(project: Project, node: Node, scope: Scope) -> bool | None:
    """True where a node drops tables, False where it deletes rows, None where it does neither."""
    if isinstance(node, Const) and isinstance(node.value, str):
        return False if re.match(_ROWS, node.value) else True if re.match(_TABLES, node.value) else None
    if isinstance(node, Name) and node.dotted.endswith(".drop_all"):
        return True
    if isinstance(node, Call):
        return False if _deletes(project, node, scope) else None
    return None


def _deletes(project: Project, call: Call, scope: Scope) -> bool:
    """``session.delete(x)``, ``session.query(X).delete()``, ``delete(X)``; no HTTP client's or cache's delete."""
    if isinstance(call.func, Attr):
        chain = {node.dotted.rpartition(".")[2] for node in walk(call.func.value) if isinstance(node, Name)}
        return call.func.name == "delete" and "query" in chain
    if project.names.resolve_expr(scope.module, call.func, scope.function) == External("sqlalchemy.delete"):
        return True
    holder, _, called = call.dotted.rpartition(".")
    if called != "delete" or not holder:
        return False
    if holder.endswith("__table__") or project.values.kind(Name(holder), scope) == kinds.SESSION:
        return True
    if holder.startswith("self."):  # of a service: what it calls its session is one
        return project.rows.is_session(Name(holder), scope)
    return bool(re.search(_REPOSITORY, holder)) and len(call.args) == 1 and _is_key(call.args[0])


def _is_key(argument: Expr) -> bool:
    """``order.id``: what a repository deletes by, and no HTTP client or cache."""
    return isinstance(argument, Name) and argument.dotted.rpartition(".")[2] in _KEYS and "." in argument.dotted
