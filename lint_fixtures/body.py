"""What a function or module does, reduced to the statements and expressions that rules can reason about.

Every name is as written in the source, dotted and unresolved; what has no shape here is ``Unknown`` or an ``Op`` over
its parts, so nothing is lost silently. Lines count from 1, columns from 0 in UTF-8 bytes, as in the stdlib ``ast``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from lint_fixtures.frozen import frozen


@frozen
class Name:
    """``a`` or a dotted chain of attributes on a name: ``a.b.c``."""

    dotted: str


@frozen
class Const:
    value: str | int | float | bool | None


@frozen
class Call:
    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str | None, Expr], ...]  # None: **mapping
    line: int
    col: int

    def keyword(self, name: str) -> Expr | None:
        return next((value for key, value in self.keywords if key == name), None)

    @property
    def dotted(self) -> str:
        """The callee as written (``session.add``), or '' when it is no chain of names."""
        return self.func.dotted if isinstance(self.func, Name) else ""


@frozen
class Attr:
    """An attribute of something that is not a plain name: ``make().x``."""

    value: Expr
    name: str


@frozen
class Item:
    value: Expr
    key: Expr


@frozen
class Seq:
    kind: str  # list, tuple or set
    items: tuple[Expr, ...]


@frozen
class Map:
    items: tuple[tuple[Expr | None, Expr], ...]  # None: **mapping


@frozen
class Choice:
    """One of several values: a conditional expression (two options) or ``or`` / ``and``."""

    test: Expr | None
    options: tuple[Expr, ...]


@frozen
class Op:
    """Any other operation over its parts: ``+``, ``is``, ``not``, ``f""`` ... named by ``kind``."""

    kind: str
    parts: tuple[Expr, ...]


@frozen
class Comp:
    """A comprehension: element(s) and its (target, iterable) pairs."""

    elements: tuple[Expr, ...]
    loops: tuple[tuple[Expr, Expr], ...]


@frozen
class Lambda:
    params: tuple[str, ...]
    value: Expr


@frozen
class Yield:
    value: Expr | None
    delegates: bool  # yield from


@frozen
class Await:
    value: Expr


@frozen
class Star:
    value: Expr


@frozen
class Walrus:
    name: str
    value: Expr


@frozen
class Unknown:
    what: str = ""


Expr: TypeAlias = (
    Name
    | Const
    | Call
    | Attr
    | Item
    | Seq
    | Map
    | Choice
    | Op
    | Comp
    | Lambda
    | Yield
    | Await
    | Star
    | Walrus
    | Unknown
)


@frozen
class Assign:
    targets: tuple[Expr, ...]
    value: Expr | None  # None: a bare annotation
    annotation: Expr | None
    augmented: bool
    line: int
    col: int


@frozen
class Do:
    """An expression on its own."""

    value: Expr
    line: int
    col: int


@frozen
class Return:
    value: Expr | None
    line: int
    col: int


@frozen
class Raise:
    value: Expr | None
    line: int
    col: int


@frozen
class Assert:
    test: Expr
    line: int
    col: int


@frozen
class Delete:
    targets: tuple[Expr, ...]
    line: int
    col: int


@frozen
class If:
    test: Expr
    body: Block
    orelse: Block
    line: int
    col: int


@frozen
class For:
    target: Expr
    iterable: Expr
    body: Block
    orelse: Block
    line: int
    col: int


@frozen
class While:
    test: Expr
    body: Block
    orelse: Block
    line: int
    col: int


@frozen
class With:
    items: tuple[tuple[Expr, Expr | None], ...]
    body: Block
    line: int
    col: int


@frozen
class Handler:
    types: tuple[Expr, ...]  # empty: a bare except
    name: str | None
    body: Block
    line: int
    col: int


@frozen
class Try:
    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    final: Block
    line: int
    col: int


@frozen
class Match:
    subject: Expr
    cases: tuple[Block, ...]
    exhaustive: bool  # has a case that always matches
    line: int
    col: int


@frozen
class Define:
    """A nested ``def`` or ``class``; its facts stand under the enclosing qualified name, a dot and this name."""

    name: str
    line: int
    col: int


@frozen
class Scoped:
    """``global`` or ``nonlocal``."""

    names: tuple[str, ...]
    line: int
    col: int


@frozen
class Jump:
    """``break``, ``continue`` or ``pass``."""

    kind: str
    line: int
    col: int


Stmt: TypeAlias = (
    Assign | Do | Return | Raise | Assert | Delete | If | For | While | With | Try | Match | Define | Scoped | Jump
)
Block: TypeAlias = tuple[Stmt, ...]
Node: TypeAlias = Expr | Stmt | Handler

NODES: tuple[type, ...] = (
    *(Name, Const, Call, Attr, Item, Seq, Map, Choice, Op, Comp, Lambda, Yield, Await, Star, Walrus, Unknown),
    *(Assign, Do, Return, Raise, Assert, Delete, If, For, While, With, Handler, Try, Match, Define, Scoped, Jump),
)
_FIELDS: dict[type, tuple[str, ...]] = {node: node.__match_args__ for node in NODES}  # type: ignore[attr-defined]
_LEAVES = frozenset(
    ("line", "col", "dotted", "name", "names", "params", "kind", "delegates", "augmented", "exhaustive", "what")
)
_PARTS: dict[type, tuple[str, ...]] = {  # the fields that hold nodes, the last one first
    node: tuple(name for name in reversed(fields) if name not in _LEAVES) if node is not Const else ()
    for node, fields in _FIELDS.items()
}


def walk(node: object) -> Iterator[Node]:
    """A node and everything inside it, outermost first, in source order; nested functions are not entered."""
    waiting = [node]
    pop, extend = waiting.pop, waiting.extend
    while waiting:
        item = pop()
        if type(item) is tuple:
            extend(reversed(item))
            continue
        parts = _PARTS.get(type(item))
        if parts is not None:
            yield item  # type: ignore[misc]
            extend([getattr(item, name) for name in parts])


def calls(node: object) -> Iterator[Call]:
    return (found for found in walk(node) if isinstance(found, Call))
