"""Where names are used: the expressions of every statement, with the functions around them and what hides a global."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import (
    NODES,
    Assert,
    Assign,
    Block,
    Call,
    Comp,
    Delete,
    Do,
    Expr,
    For,
    If,
    Lambda,
    Match,
    Name,
    Raise,
    Return,
    Stmt,
    While,
    With,
    walk,
)
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import Names

_MANY = 20  # names, from which on it pays to look at the calls themselves
_FIELDS: dict[type, tuple[str, ...]] = {node: node.__match_args__ for node in NODES}  # type: ignore[attr-defined]


@frozen
class Use:
    """A name or call, the first line of its statement, and the function it stands in (None at module level)."""

    node: Name | Call
    line: int
    col: int
    function: Function | None


def calls_of(module: Module, names: frozenset[str]) -> Iterator[Use]:
    """The calls of a module that end with one of these names, but for those bound by a comprehension."""
    called = [each for each in module.facts.functions if _may_call(each, names)]
    blocks = ((module.facts.statements, None), *((each.body.statements, each) for each in called))
    for block, function in blocks if names else ():
        for use in _of_block(block, function, names):
            if isinstance(use.node, Call) and use.node.dotted.rpartition(".")[2] in names:
                yield use


def _may_call(function: Function, names: frozenset[str]) -> bool:
    if len(names) <= _MANY:
        return any(function.body.may_call(name) for name in names)
    return any(call.dotted.rpartition(".")[2] in names for call in function.body.calls)


def uses_in(function: Function, names: frozenset[str]) -> Iterator[Use]:
    nodes = function.body.nodes
    if any(isinstance(node, Name) and _concerns(node.dotted, names) for node in nodes):
        yield from _of_block(function.body.statements, function, names)


def hidden(names: Names, module: Module, head: str, function: Function | None) -> bool:
    """Whether a parameter or local variable of the function, or of one around it, takes the place of a global."""
    qualname = function.qualname if function else ""
    while qualname:
        outer = function if function and qualname == function.qualname else module.functions.get(qualname)
        if outer is not None and head in names.local_names(outer):
            return True
        qualname = qualname.rpartition(".")[0]
    return False


def _of_block(block: Block, function: Function | None, names: frozenset[str]) -> Iterator[Use]:
    for statement, _ in flatten(block):
        for node in _free(own(statement), frozenset()):
            if _concerns(node.dotted, names):
                yield Use(node, statement.line, statement.col, function)


def _concerns(dotted: str, names: frozenset[str]) -> bool:
    return dotted.partition(".")[0] in names or dotted.rpartition(".")[2] in names


def _free(node: object, bound: frozenset[str]) -> Iterator[Name | Call]:
    match node:
        case Name(dotted=dotted):
            if dotted.partition(".")[0] not in bound:
                yield node
            return
        case Comp(loops=loops):
            bound |= {found.dotted for target, _ in loops for found in walk(target) if isinstance(found, Name)}
        case Lambda(params=params):
            bound |= set(params)
        case Call() if node.dotted.partition(".")[0] not in bound:
            yield node
    fields = node if isinstance(node, tuple) else [getattr(node, name) for name in _FIELDS.get(type(node), ())]
    for part in fields:
        yield from _free(part, bound)


def own(statement: Stmt) -> tuple[Expr, ...]:
    """The expressions of a statement itself, without those of the blocks inside it."""
    match statement:
        case Assign(targets=targets, value=value):
            return (*targets, *([value] if value is not None else ()))
        case Do(value=value) | Return(value=value) | Raise(value=value):
            return (value,) if value is not None else ()
        case Assert(test=test) | If(test=test) | While(test=test):
            return (test,)
        case Delete(targets=targets):
            return targets
        case For(target=target, iterable=iterable):
            return (target, iterable)
        case With(items=items):
            return tuple(expr for item in items for expr in item if expr is not None)
        case Match(subject=subject):
            return (subject,)
    return ()
