"""What a statement evaluates itself, in which order, and which names it binds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lint_fixtures.body import (
    NODES,
    Assign,
    Block,
    Call,
    Comp,
    Expr,
    For,
    If,
    Match,
    Name,
    Node,
    Seq,
    Stmt,
    Try,
    Walrus,
    While,
    With,
    calls,
    walk,
)


def own_parts(statement: Stmt) -> tuple[Node, ...]:
    """What a statement itself evaluates, the statements inside it left out."""
    match statement:
        case If(test=test) | While(test=test):
            return (test,)
        case For(iterable=iterable):
            return (iterable,)
        case With(items=items):
            return tuple(context for context, _ in items)
        case Match(subject=subject):
            return (subject,)
        case Try():
            return ()
        case Assign(value=value, targets=targets):
            return (*((value,) if value is not None else ()), *targets)
    return (statement,)


def blocks(statement: Stmt) -> tuple[Block, ...]:
    """The blocks directly inside a compound statement."""
    match statement:
        case If(body=body, orelse=orelse) | While(body=body, orelse=orelse) | For(body=body, orelse=orelse):
            return (body, orelse)
        case With(body=body):
            return (body,)
        case Match(cases=cases):
            return cases
        case Try(body=body, handlers=handlers, orelse=orelse, final=final):
            return (body, *(handler.body for handler in handlers), orelse, final)
    return ()


def statement_after(block: Block, call: Call, wanted: Callable[[Stmt], bool]) -> Stmt | None:
    """The first wanted statement that surely runs after a call, where that one runs and nothing fails."""
    for index, statement in enumerate(block):
        own = call in calls(own_parts(statement))
        inside = None if own else next((each for each in blocks(statement) if call in calls(each)), None)
        if own or inside is not None:
            found = statement_after(inside, call, wanted) if inside is not None else None
            return found or next((each for each in block[index + 1 :] if wanted(each)), None)
    return None


def evaluated_before(node: Node, value: Name) -> Iterator[Node]:
    """What a node evaluates before it reads the key."""
    if isinstance(node, Assign):
        node = node.value or node
    for child in children(node):
        if value in walk(child):
            yield from evaluated_before(child, value)
            return
        if not (isinstance(node, Call) and child is node.func and isinstance(child, Name)):
            yield child


def children(node: object) -> Iterator[Node]:
    """The nodes directly inside a node, in the order of evaluation."""
    fields = () if isinstance(node, tuple) else type(node).__match_args__  # type: ignore[attr-defined]
    for item in node if isinstance(node, tuple) else (getattr(node, name) for name in fields):
        if isinstance(item, tuple):
            yield from children(item)
        elif isinstance(item, NODES):
            yield item  # type: ignore[misc]


def binds(variable: str, statement: Stmt) -> bool:
    return variable in bound_by(statement)


def bound_by(statement: Stmt) -> frozenset[str]:
    """The names that a statement itself gives a value, dotted ones included."""
    targets: tuple[Expr, ...] = ()
    match statement:
        case Assign(targets=targets, value=value) if value is not None:
            pass
        case For(target=target):
            targets = (target,)
        case With(items=items):
            targets = tuple(target for _, target in items if target is not None)
    found = [each for target in targets for each in ((target, *target.items) if isinstance(target, Seq) else (target,))]
    walruses: list[str] = []
    for node in walk(own_parts(statement)):
        if isinstance(node, Comp):
            found += [each for target, _ in node.loops for each in walk(target)]  # type: ignore[misc]
        elif isinstance(node, Walrus):
            walruses.append(node.name)
    return frozenset((*walruses, *(each.dotted for each in found if isinstance(each, Name))))


def gives(dotted: str, statement: Stmt) -> bool:
    return isinstance(statement, Assign) and statement.value is not None and Name(dotted) in statement.targets
