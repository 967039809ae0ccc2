"""What is known on one way through a function: constants that names hold, conditions that were met, a yield passed."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Await, Call, Choice, Const, Expr, Name, Node, Op, Seq, Star, Unknown, Walrus, Yield, walk
from lint_fixtures.frozen import frozen, replace

_POSITIVE = {"Is": True, "Eq": True, "IsNot": False, "NotEq": False}


@frozen
class Path:
    """One way as far as some point. ``known`` holds (dotted name, constant), ``assumed`` (condition, its outcome).

    ``asked`` is True when a condition on the way looked at a name that the caller of the analysis wanted to know about.
    """

    yielded: bool = False
    asked: bool = False
    known: frozenset[tuple[str, Const]] = frozenset()
    assumed: frozenset[tuple[Expr, bool]] = frozenset()

    def constant(self, expr: Expr | None) -> Const | None:
        """The constant that an expression stands for; None when it cannot be told."""
        if isinstance(expr, Const):
            return expr
        if isinstance(expr, Name):
            return next((value for name, value in self.known if name == expr.dotted), None)
        return None

    def is_none(self, expr: Expr | None) -> bool:
        """Whether an expression is None for sure; a missing one (bare ``yield`` or ``return``) is."""
        if expr is None:
            return True
        value = self.constant(expr)
        return value is not None and value.value is None

    def bind(self, target: Expr, value: Expr | None) -> Path:
        """After ``target = value``; a value of None means one that cannot be told."""
        match target:
            case Name(dotted=name):
                constant = self.constant(value)
                path = self.without(name)
                return replace(path, known=path.known | {(name, constant)}) if constant else path
            case Seq(items=items):
                return self.bind_all(items, None)
            case Star(value=inner):
                return self.bind(inner, None)
        return self

    def bind_all(self, targets: tuple[Expr, ...], value: Expr | None) -> Path:
        path = self
        for target in targets:
            path = path.bind(target, value)
        return path

    def without(self, name: str) -> Path:
        """Forgets what is known of a name and of its attributes."""
        known = frozenset(each for each in self.known if not _concerns(each[0], name))
        assumed = frozenset(each for each in self.assumed if not _mentions(each[0], name))
        return replace(self, known=known, assumed=assumed)

    def unassuming(self) -> Path:
        return replace(self, assumed=frozenset())


@frozen
class Step:
    """A statement, or the expressions in the head of a compound one, with what is known just before it runs."""

    nodes: tuple[Node, ...]
    path: Path
    line: int


@frozen
class Exit:
    """A way out without an error: ``value`` is None at the end of the body and for a bare ``return``."""

    path: Path
    value: Expr | None
    line: int
    at_end: bool = False


class Result:
    """Where a block can lead: on, out by an error, out of or round its loop, or out of the function."""

    def __init__(
        self,
        following: set[Path] | None = None,
        thrown: set[Path] | None = None,
        breaks: set[Path] | None = None,
        continues: set[Path] | None = None,
        exits: list[Exit] | None = None,
    ) -> None:
        self.following = set() if following is None else following
        self.thrown = set() if thrown is None else thrown
        self.breaks = set() if breaks is None else breaks
        self.continues = set() if continues is None else continues
        self.exits = [] if exits is None else exits

    def absorb(self, other: Result) -> None:
        """Takes over all that leaves ``other`` but its normal end."""
        self.thrown |= other.thrown
        self.breaks |= other.breaks
        self.continues |= other.continues
        self.exits += other.exits

    def leaving(self) -> Result:
        """Only what leaves the block for good, without errors."""
        return Result(breaks=self.breaks, continues=self.continues, exits=self.exits)


def _concerns(dotted: str, name: str) -> bool:
    return dotted == name or dotted.startswith(f"{name}.")


def _mentions(expr: Expr, name: str) -> bool:
    return any(isinstance(node, Name) and _concerns(node.dotted, name) for node in walk(expr))


def refine(path: Path, test: Expr, truth: bool) -> Iterator[Path]:
    """The path on which ``test`` comes out as ``truth``: one, or none where that is impossible."""
    match test:
        case Const(value=value):
            yield from (path,) if bool(value) is truth else ()
        case Op(kind="Not", parts=(inner,)):
            yield from refine(path, inner, not truth)
        case Op(kind="And", parts=parts):
            yield from _all(path, parts, True) if truth else _some(path, parts, False)
        case Choice(test=None, options=options):
            yield from _some(path, options, True) if truth else _all(path, options, False)
        case Op(kind=kind, parts=(Name() as name, Const() as const)) if kind in _POSITIVE:
            yield from _compared(path, test, name, const, _POSITIVE[kind] is truth, truth)
        case Walrus(name=name):
            yield path.without(name)
        case _:
            yield from _assume(path, test, truth)


def _all(path: Path, tests: tuple[Expr, ...], truth: bool) -> Iterator[Path]:
    found = [path]
    for test in tests:
        found = [inner for each in found for inner in refine(each, test, truth)]
    yield from found


def _some(path: Path, tests: tuple[Expr, ...], truth: bool) -> Iterator[Path]:
    """At least one of the tests comes out so; which one is not told."""
    if any(next(refine(path, test, truth), None) for test in tests):
        yield path


def _compared(path: Path, test: Expr, name: Name, const: Const, same: bool, truth: bool) -> Iterator[Path]:
    known = path.constant(name)
    if known is not None:
        yield from (path,) if (known.value == const.value) is same else ()
    elif same and next(_assume(path, test, truth), None):
        yield path.bind(name, const)
    elif not same:
        yield from _assume(path, test, truth)


def _assume(path: Path, test: Expr, truth: bool) -> Iterator[Path]:
    known = path.constant(test)
    if known is not None:
        yield from (path,) if bool(known.value) is truth else ()
    elif (test, not truth) not in path.assumed:
        lasting = not any(isinstance(node, (Call, Await, Yield, Unknown)) for node in walk(test))
        yield replace(path, assumed=path.assumed | {(test, truth)}) if lasting else path
