"""What the statements of one body do to ``dependency_overrides``, one by one, in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import (
    Assign,
    Block,
    Call,
    Delete,
    Do,
    Expr,
    Item,
    Map,
    Name,
    Return,
    Stmt,
    Try,
    With,
    Yield,
    walk,
)
from lint_fixtures.frozen import frozen, replace
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.overrides import COPYING, SETTING, UNDOING, Overrides, own_parts

SET, DROP, UNKNOWN = "set", "drop", "unknown"
_ADDING = frozenset({"update", "__ior__"})
_LATER = frozenset({"addfinalizer", "callback", "push_async_callback"})
_READING = COPYING | {"copy.copy", "copy.deepcopy", "len", "list", "bool", "id", "print", "set", "sorted"}


@frozen
class Event:
    """One entry set, or taken out (``key`` None: all of them); ``late`` where that happens after the test.

    UNKNOWN is anything else: what runs under a condition, what cannot be told.
    """

    what: str
    app: Expr | None
    key: Expr | None
    value: Expr | None
    line: int
    col: int
    late: bool = False
    passing: bool = False  # put back by whoever was asked to do it: monkeypatch


def events(overrides: Overrides, block: Block) -> Iterator[Event]:
    """Of a body whose ``overrides`` are read already."""
    late = False
    for statement, sure in _in_order(block, True):
        for event in _of(overrides, statement):
            yield replace(event, late=late or event.late, what=event.what if sure else UNKNOWN)
        late = late or any(isinstance(node, Yield) for node in walk(own_parts(statement)))


def _in_order(block: Block, sure: bool) -> Iterator[tuple[Stmt, bool]]:
    """Every statement, and whether it runs for sure."""
    for statement in block:
        yield statement, sure
        match statement:
            case With(body=body):
                yield from _in_order(body, sure)
            case Try(body=body, handlers=handlers, orelse=orelse, final=final):
                yield from _in_order(body, sure)
                yield from (each for handler in handlers for each in _in_order(handler.body, False))
                yield from _in_order(orelse, sure)
                yield from _in_order(final, sure)
            case _:
                inner = [each for each, _ in flatten((statement,))][1:]
                yield from ((each, False) for each in inner)
                sure = sure and not any(isinstance(each, Return) for each in inner)


def _of(overrides: Overrides, statement: Stmt) -> Iterator[Event]:
    match statement:
        case Assign(targets=targets, value=value) if value is not None:
            for target in targets:
                yield from _assigned(overrides, statement, target, value)
        case Delete(targets=targets):
            for target in targets:
                app = overrides.mapping(target.value) if isinstance(target, Item) else None
                if app is not None and isinstance(target, Item):
                    yield _event(DROP, statement, app, target.key)
        case Do(value=Call() as call):
            yield from _called(overrides, statement, call)
            return
    for node in walk(own_parts(statement)):
        if isinstance(node, Call) and _is_about(overrides, node):
            yield _event(UNKNOWN, statement)


def _assigned(overrides: Overrides, statement: Assign, target: Expr, value: Expr) -> Iterator[Event]:
    app = overrides.mapping(target.value) if isinstance(target, Item) else None
    if app is not None and isinstance(target, Item):
        if not overrides.is_saved(value):
            yield _event(SET, statement, app, target.key, value)
        return
    whole = overrides.mapping(target)
    if whole is None or target == value or (isinstance(target, Name) and target.dotted in overrides.saved):
        return
    if isinstance(value, Map) and not any(key is None for key, _ in value.items):
        if not statement.augmented:
            yield _event(DROP, statement, whole)
        yield from (_event(SET, statement, whole, key, given) for key, given in value.items)
    elif not overrides.is_saved(value):
        yield from _spread(overrides, statement, whole, value)


def _spread(overrides: Overrides, statement: Assign, whole: Expr, value: Expr) -> Iterator[Event]:
    """``{**app.dependency_overrides, get_db: f}`` keeps what there is; ``dict()`` keeps nothing."""
    if value == Call(Name("dict"), (), (), getattr(value, "line", 0), getattr(value, "col", 0)):
        yield _event(DROP, statement, whole)
        return
    if isinstance(value, Map) and all(key is not None or overrides.mapping(each) == whole for key, each in value.items):
        yield from (_event(SET, statement, whole, key, each) for key, each in value.items if key is not None)
        return
    yield _event(UNKNOWN, statement)


def _called(overrides: Overrides, statement: Do, call: Call) -> Iterator[Event]:
    method = call.dotted.rpartition(".")[2]
    app = overrides.method(call.func, SETTING | UNDOING)
    if app is None:
        yield from _handed_over(overrides, statement, call, method)
        return
    match method, call.args:
        case "clear", ():
            yield _event(DROP, statement, app)
        case (("pop" | "__delitem__"), (key, *_)):
            yield _event(DROP, statement, app, key)
        case "__setitem__", (key, value):
            yield _event(SET, statement, app, key, value)
        case "update", (Map(items=items),) if not call.keywords and not any(key is None for key, _ in items):
            yield from (_event(SET, statement, app, key, value) for key, value in items)
        case "update", (given,) if overrides.is_saved(given):
            return
        case _:
            yield _event(UNKNOWN, statement)


def _handed_over(overrides: Overrides, statement: Do, call: Call, method: str) -> Iterator[Event]:
    match method, call.args:
        case "setitem", (mapping, key, value) if (app := overrides.mapping(mapping)) is not None:
            yield replace(_event(SET, statement, app, key, value), passing=True)
            return
        case "delitem", (mapping, key, *_) if (app := overrides.mapping(mapping)) is not None:
            yield replace(_event(DROP, statement, app, key), passing=True)
            return
    if method in _LATER and call.args:
        app = overrides.method(call.args[0], frozenset({"clear"}))
        if app is not None:
            yield replace(_event(DROP, statement, app), late=True)
            return
    if _is_about(overrides, call):
        yield _event(UNKNOWN, statement)


def _is_about(overrides: Overrides, call: Call) -> bool:
    """Whether a call may change the mapping: one of its methods, or anything else that it is handed to."""
    if overrides.method(call.func, SETTING | UNDOING) is not None:
        return True
    given = (*call.args, *(value for _, value in call.keywords))
    if call.dotted in _READING:
        return False
    handed = any(overrides.method(each, SETTING | UNDOING) is not None for each in given)
    return handed or any(overrides.is_mapping(each) for each in given)


def _event(
    what: str, statement: Stmt, app: Expr | None = None, key: Expr | None = None, value: Expr | None = None
) -> Event:
    return Event(what, app, key, value, statement.line, statement.col)
