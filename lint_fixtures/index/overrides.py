"""Where statements set entries of an app's ``dependency_overrides``, and where they take them out again."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import (
    Assign,
    Attr,
    Block,
    Call,
    Comp,
    Const,
    Delete,
    Do,
    Expr,
    For,
    If,
    Item,
    Lambda,
    Map,
    Match,
    Name,
    Node,
    Stmt,
    Try,
    While,
    With,
    walk,
)
from lint_fixtures.frozen import frozen
from lint_fixtures.index.modules import flatten

_MAPPING = "dependency_overrides"
SETTING = frozenset({"update", "setdefault", "__setitem__"})
UNDOING = frozenset({"clear", "pop", "popitem", "__delitem__"})
COPYING = frozenset({"dict", "copy", "deepcopy"})
_REPLACING = frozenset({"setattr", "object"})  # monkeypatch.setattr(app, "dependency_overrides", ...), patch.object


@frozen
class Override:
    """One entry (or several: then ``key`` and ``value`` are those of the first that is told) set on ``app``."""

    app: Expr
    key: Expr | None
    value: Expr | None
    line: int
    col: int


@frozen
class Undo:
    """``line`` is None where it runs later: handed over as a function, or by a context manager.

    ``key`` is the one entry that it takes out; None for all of them.
    """

    line: int | None
    key: Expr | None = None


class Overrides:
    """What the statements of one body do to ``dependency_overrides``, local aliases and saved copies followed."""

    def __init__(self, block: Block, kept: frozenset[str] = frozenset()) -> None:
        self._statements = [statement for statement, _ in flatten(block)]
        self._aliases: dict[str, Expr] = {}
        self._saved = set(kept)
        for statement in self._statements:
            self._read(statement)

    @property
    def saved(self) -> frozenset[str]:
        """Names that hold earlier entries, or the mapping that held them."""
        return frozenset(self._saved | self._aliases.keys())

    @property
    def keeps(self) -> bool:
        """Whether earlier entries are kept somewhere: then they may be put back."""
        return bool(self._saved)

    def sets(self) -> Iterator[Override]:
        for statement in self._statements:
            match statement:
                case Assign(targets=targets, value=value, augmented=augmented) if value is not None:
                    for target in targets:
                        yield from self._assigned(statement, target, value, augmented)
                case Do(value=Call() as call):
                    app = self.method(call.func, SETTING)
                    if app is not None and not self.is_saved(call.args):
                        yield self._made(statement, app, *_first(call.args))

    def undos(self) -> Iterator[Undo]:
        for statement in self._statements:
            match statement:
                case Delete(targets=targets):
                    yield from (Undo(statement.line, key) for key in self._keys(targets))
                case Assign(targets=targets, value=value, augmented=False) if value is not None:
                    if self.is_saved(value):
                        yield from (Undo(statement.line, key) for key in self._keys(targets))
                    whole = any(self.mapping(target) is not None for target in targets)
                    if whole and self.is_earlier(value):
                        yield Undo(statement.line)
            for node in walk(own_parts(statement)):
                yield from self._undone_by(node, statement.line)

    def _undone_by(self, node: Node, line: int) -> Iterator[Undo]:
        match node:
            case Lambda(value=value):
                yield from (Undo(None) for inner in walk(value) for _ in self._undone_by(inner, line))
            case Call(func=func, args=args):
                restored = self.method(func, SETTING) is not None and self.is_saved(args)
                if restored or self.method(func, UNDOING) is not None:
                    yield Undo(line, args[0] if args and not restored else None)
                if self._hands_over(node):
                    yield Undo(None)

    def _hands_over(self, call: Call) -> bool:
        """``patch.dict(app.dependency_overrides)``, ``addfinalizer(app.dependency_overrides.clear)`` and their kin."""
        if _restores(call) and any(self.is_mapping(arg) for arg in call.args):
            return True
        handed = (*call.args, *(value for _, value in call.keywords))
        return any(self.method(arg, UNDOING) is not None for arg in handed)

    def is_mapping(self, expr: Expr) -> bool:
        named = isinstance(expr, Const) and isinstance(expr.value, str) and expr.value.endswith(_MAPPING)
        return named or self.mapping(expr) is not None

    def _read(self, statement: Stmt) -> None:
        match statement:
            case Assign(targets=targets, value=value) if value is not None:
                mapping = self.mapping(value)
                for target in targets:
                    name = target.value if isinstance(target, Item) else target
                    if not isinstance(name, Name) or name.dotted.endswith(f".{_MAPPING}"):
                        continue
                    if mapping is not None:
                        self._aliases[name.dotted] = mapping
                    elif self._mentions_mapping(value) or self.is_saved(value):
                        self._saved.add(name.dotted)
            case For(target=target, iterable=iterable) if self.is_saved(iterable):
                self._saved |= {node.dotted for node in walk(target) if isinstance(node, Name)}

    def _assigned(self, statement: Stmt, target: Expr, value: Expr, augmented: bool) -> Iterator[Override]:
        app = self._entry(target)
        if app is not None and isinstance(target, Item) and not self.is_saved(value):
            yield self._made(statement, app, target.key, value)
        whole = self.mapping(target) if not isinstance(target, Name) or target.dotted not in self._aliases else None
        if whole is not None and (augmented or not self.is_earlier(value)):
            yield self._made(statement, whole, *_first((value,)))

    def _made(self, statement: Stmt, app: Expr, key: Expr | None, value: Expr | None) -> Override:
        return Override(app, key, value, statement.line, statement.col)

    def mapping(self, expr: Expr) -> Expr | None:
        """The app whose ``dependency_overrides`` an expression is."""
        match expr:
            case Name(dotted=dotted) if dotted in self._aliases:
                return self._aliases[dotted]
            case Name(dotted=dotted) if dotted.endswith(f".{_MAPPING}"):
                return Name(dotted.removesuffix(f".{_MAPPING}"))
            case Attr(value=value, name=name) if name == _MAPPING:
                return value
        return None

    def _entry(self, expr: Expr) -> Expr | None:
        return self.mapping(expr.value) if isinstance(expr, Item) else None

    def _keys(self, targets: tuple[Expr, ...]) -> Iterator[Expr]:
        return (each.key for each in targets if isinstance(each, Item) and self._entry(each) is not None)

    def method(self, func: Expr, names: frozenset[str]) -> Expr | None:
        """The app, where an expression is one of the methods of its mapping."""
        if isinstance(func, Name):
            holder, _, method = func.dotted.rpartition(".")
            return self.mapping(Name(holder)) if method in names and holder else None
        return self.mapping(func.value) if isinstance(func, Attr) and func.name in names else None

    def _mentions_mapping(self, value: Expr) -> bool:
        """Whether a value reads the mapping: ``.get(dep)``, ``[dep]``, ``.copy()``, ``dict(...)``."""
        dotted = (node.dotted for node in walk(value) if isinstance(node, Name))
        return any(f".{_MAPPING}" in f"{name}." or name.partition(".")[0] in self._aliases for name in dotted)

    def is_earlier(self, value: Expr) -> bool:
        """Whether a whole new mapping holds nothing but entries of before: none, the saved ones, or a part of them."""
        if _is_empty(value) or self.is_saved(value) or self.mapping(value) is not None:
            return True
        copied = isinstance(value, Call) and value.dotted.rpartition(".")[2] in COPYING
        chosen = any(isinstance(node, Comp) and self._mentions_mapping(node) for node in walk(value))
        return chosen or (copied and self._mentions_mapping(value))

    def is_saved(self, value: Expr | tuple[Expr, ...]) -> bool:
        dotted = [node.dotted for node in walk(value) if isinstance(node, Name)]
        return any(name == saved or name.startswith(f"{saved}.") for name in dotted for saved in self._saved)


def own_parts(statement: Stmt) -> tuple[Node, ...]:
    """The expressions of a statement without the blocks in it, which are statements of their own."""
    match statement:
        case For(iterable=iterable):
            return (iterable,)
        case With(items=items):
            return tuple(context for context, _ in items)
        case If(test=test) | While(test=test):
            return (test,)
        case Match(subject=subject):
            return (subject,)
        case Try():
            return ()
    return (statement,)


def _first(args: tuple[Expr, ...]) -> tuple[Expr | None, Expr | None]:
    match args:
        case (Map(items=((key, value), *_)), *_):
            return key, value
        case (Map() | Name(), *_):
            return None, None
        case (key, value):
            return key, value
    return None, None


def _is_empty(value: Expr) -> bool:
    return value == Map(()) or (isinstance(value, Call) and value.dotted == "dict" and not value.args)


def _restores(call: Call) -> bool:
    holder, _, name = call.dotted.rpartition(".")
    return name in _REPLACING or call.dotted.endswith("patch.dict") or (holder == "" and name == "patch")
