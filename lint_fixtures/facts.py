"""The vocabulary that the stages hand to each other: frozen, and a pure function of one file's bytes.

Names are as written in the source; what they stand for is decided by the index. Lines count from 1, columns from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Protocol

from lint_fixtures.body import Attr, Block, Call, Const, Do, Expr, Name, Node, Unknown, Yield, walk
from lint_fixtures.frozen import frozen
from lint_fixtures.violation import Location as Location
from lint_fixtures.violation import Violation as Violation

WORDS = (
    *("fixture", "getfixturevalue", "dependency_overrides", "pytest_plugins"),
    *(".add(", ".add_", ".merge(", "insert(", "bulk_save_objects("),
    *("create", "make_", "build", "actory", ".save(", "bulk_insert", "INSERT", "insert into", "json="),
    *("delete(", "DELETE", "delete from", "TRUNCATE", "truncate"),
    *("sqlite", "postgres", "mysql", "mariadb", "mssql", "oracle", "environ", "setenv", "settings.", "client"),
)


@frozen
class Import:
    """One imported name: ``from ..a import b as c`` is local 'c', module 'a', attribute 'b', level 2."""

    local: str
    module: str
    attribute: str | None  # None: the module itself
    level: int
    line: int
    typing_only: bool = False  # under `if TYPE_CHECKING`
    branch: str = ""


@frozen
class Star:
    """``from module import *``."""

    module: str
    level: int
    line: int
    branch: str = ""


@frozen
class Param:
    """A parameter; ``kind`` is one of positional, plain, keyword, args, kwargs."""

    name: str
    kind: str
    default: Expr | None = None
    annotation: Expr | None = None


class Told(Protocol):
    """What the text of a body, or its stored form, tells without a look at its statements: rather too much than not."""

    def mentions(self, word: str) -> bool: ...

    def calls(self, name: str) -> bool: ...


class Body:
    """The statements of a function, produced on first use: most functions of a project are never looked into."""

    def __init__(self, produce: Callable[[], Block], told: Told | None = None) -> None:
        self._produce = produce
        self._told = told

    def may_mention(self, word: str) -> bool:
        """False where no name, attribute or string holds this ASCII word, and for "None" where there is no None."""
        return word in self._text if self._told is None else self._told.mentions(word)

    def may_call(self, name: str) -> bool:
        """False where nothing is called by this name, or as an attribute of this name."""
        return self._told is None or not name.isascii() or self._told.calls(name)

    @cached_property
    def _text(self) -> str:
        found: list[str] = []
        for node in self.nodes:
            match node:
                case Name(dotted=text) | Attr(name=text) | Const(value=str() as text):
                    found.append(text)
                case Const(value=None):
                    found.append("None")
        return "\n".join(found)

    @cached_property
    def statements(self) -> Block:
        try:
            return self._produce()
        except RecursionError:  # an expression too deep to follow is unknown, like any other
            return (Do(Unknown("too deep"), 0, 0),)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every statement and expression, outermost first, in source order, nested functions left out."""
        return tuple(walk(self.statements))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name in it, dotted as written."""
        return frozenset([node.dotted for node in self.nodes if type(node) is Name])

    @cached_property
    def yields(self) -> bool:
        return any(type(node) is Yield for node in self.nodes)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call, in source order, nested functions left out."""
        return tuple([node for node in self.nodes if type(node) is Call])


@frozen
class Signature:
    """What stands around a function's body; ``imports`` are those inside it."""

    params: tuple[Param, ...]
    decorators: tuple[Expr, ...]
    returns: Expr | None
    imports: tuple[Import, ...]


class Head:
    """The signature of a function, produced on first use like its body; ``decorated`` tells without it."""

    def __init__(self, produce: Callable[[], Signature], decorated: bool) -> None:
        self._produce = produce
        self.decorated = decorated

    @cached_property
    def signature(self) -> Signature:
        return self._produce()


@frozen(eq=False)
class Function:
    """A ``def``, wherever it stands. ``qualname`` joins the enclosing classes and functions by dots."""

    name: str
    qualname: str
    owner: str  # qualname of the class it is a method of, '' for none
    nested: bool  # inside a function
    line: int
    col: int
    is_async: bool
    branch: str  # the if / try arms it stands in, '' for none
    typing_only: bool
    head: Head
    body: Body

    @property
    def params(self) -> tuple[Param, ...]:
        return self.head.signature.params

    @property
    def decorators(self) -> tuple[Expr, ...]:
        return self.head.signature.decorators

    @property
    def returns(self) -> Expr | None:
        return self.head.signature.returns

    @property
    def imports(self) -> tuple[Import, ...]:
        """Those inside the function."""
        return self.head.signature.imports

    @property
    def is_generator(self) -> bool:
        return self.body.yields


@frozen(eq=False)
class Class:
    """A ``class`` statement with the statements of its body (methods are functions with this ``owner``)."""

    name: str
    qualname: str
    nested: bool
    line: int
    col: int
    bases: tuple[Expr, ...]
    keywords: tuple[tuple[str | None, Expr], ...]
    decorators: tuple[Expr, ...]
    branch: str
    typing_only: bool
    body: Body

    @property
    def statements(self) -> Block:
        return self.body.statements


@frozen(eq=False)
class FileFacts:
    """All that one file says. ``parsed`` is False for broken syntax: then everything about it is unknown, not empty."""

    parsed: bool
    imports: tuple[Import, ...] = ()
    stars: tuple[Star, ...] = ()
    exported: tuple[str, ...] | None = None  # __all__, None when absent or computed
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    statements: Block = ()  # module level, conditional ones included
    seeds: frozenset[int] = frozenset()  # lines that carry the comment `# lfx: seed`
    mentions: frozenset[str] = frozenset(WORDS)  # which of WORDS its text holds: cheap gates before any look into it
    called_through: frozenset[str] = frozenset()  # of its imports those in calls such as a.b(), told from its text
