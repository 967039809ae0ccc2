"""Files of the project as modules: their facts, and what each module-level name is bound to."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TypeAlias

from lint_fixtures.body import (
    Assign,
    Block,
    Delete,
    Expr,
    For,
    If,
    Match,
    Name,
    Scoped,
    Seq,
    Star,
    Stmt,
    Try,
    Unknown,
    Walrus,
    While,
    With,
)
from lint_fixtures.cache import FactsCache, content_key
from lint_fixtures.extract import extract_source
from lint_fixtures.extract.store import dump, load
from lint_fixtures.facts import Body, Class, FileFacts, Function, Import
from lint_fixtures.facts import Star as StarImport
from lint_fixtures.frozen import frozen
from lint_fixtures.index.branches import alternatives as alternatives
from lint_fixtures.index.branches import surviving as surviving
from lint_fixtures.sources import Sources, decode

Bound: TypeAlias = Import | StarImport | Function | Class | Assign


@frozen
class Binding:
    """One statement that binds a name; ``branch`` names the if / try arms it stands in."""

    what: Bound
    line: int
    branch: str
    typing_only: bool = False


@frozen(eq=False)
class Module:
    """A file of the project. Two modules are the same when they are the same object: one is loaded per path and run."""

    path: str
    facts: FileFacts

    @cached_property
    def bindings(self) -> dict[str, list[Binding]]:
        """Module-level bindings by name in source order; star imports stand under ``*``."""
        found: dict[str, list[Binding]] = {}
        for name, binding in _bindings(self.facts):
            found.setdefault(name, []).append(binding)
        for each in found.values():
            each.sort(key=lambda binding: binding.line)
        return found

    @cached_property
    def marks(self) -> tuple[Expr, ...]:
        """What ``pytestmark`` is given, each time: every test asks, and a file may have thousands."""
        if "pytestmark" not in self.bindings:
            return ()
        given = (each for each in self.facts.statements if isinstance(each, Assign))
        return tuple([each.value for each in given if Name("pytestmark") in each.targets and each.value is not None])

    @cached_property
    def functions(self) -> dict[str, Function]:
        """By qualified name; of several with one name the last counts."""
        return {function.qualname: function for function in self.facts.functions}

    @cached_property
    def methods(self) -> dict[str, tuple[Function, ...]]:
        """Functions that stand in a class body, by the qualified name of the class, in source order."""
        found: dict[str, tuple[Function, ...]] = {}
        for function in self.facts.functions:
            if function.owner:
                found[function.owner] = (*found.get(function.owner, ()), function)
        return found

    @cached_property
    def classes(self) -> dict[str, Class]:
        return {cls.qualname: cls for cls in self.facts.classes}


class Modules:
    """Loads modules by path, each once per run, through the cache."""

    def __init__(self, sources: Sources, cache: FactsCache) -> None:
        self.sources = sources
        self._cache = cache
        self._loaded: dict[str, Module | None] = {}
        self._keys: dict[str, str] = {}

    def add(self, path: str, facts: FileFacts) -> Module:
        """Puts facts that are already at hand (flake8's own tree of the checked file) in the place of the file."""
        module = self._loaded[path] = Module(path, facts)
        self._keys.pop(path, None)
        return module

    def known(self, path: str, key: str) -> Module | None:
        """The module, if it has been loaded from a file of this content key."""
        return self._loaded.get(path) if self._keys.get(path) == key else None

    def drop(self, path: str) -> Module | None:
        """Forgets a module; returns it."""
        return self._loaded.pop(path, None)

    def load(self, path: str) -> Module | None:
        """The module of a file; None when it cannot be read. Broken syntax gives facts with ``parsed=False``."""
        if path not in self._loaded:
            source = self.sources.read(path)
            if source is not None:
                self._keys[path] = content_key(source)
            self._loaded[path] = None if source is None else Module(path, self._facts(source, self._keys[path]))
        return self._loaded[path]

    def _facts(self, source: bytes, key: str) -> FileFacts:
        stored = self._cache.get(key)
        if stored is not None:
            try:
                return load(stored)
            except (ValueError, KeyError, TypeError, IndexError):
                pass  # written by something else: as good as missing
        try:
            text = decode(source)
        except (SyntaxError, UnicodeDecodeError, LookupError):
            return FileFacts(parsed=False)
        with _no_collection():
            payload = dump(extract_source(text))
        self._cache.put(key, payload)
        return load(payload)  # not what was extracted: that holds the syntax tree, ten times as large


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for garbage meanwhile: so many objects, with no circle among them, that it would take half the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


_COMPOUND = frozenset((If, Try, Match, For, While, With))


def flatten(block: Block, branch: str = "") -> Iterator[tuple[Stmt, str]]:
    """All statements of a block and of the compound ones inside it, each with its branch."""
    for statement in block:
        yield statement, branch
        if type(statement) not in _COMPOUND:
            continue
        for arm, inner in _arms(statement):
            yield from flatten(inner, f"{branch}/{arm}" if branch and arm else branch or arm)


def _arms(statement: Stmt) -> Iterator[tuple[str, Block]]:
    match statement:
        case If(body=body, orelse=orelse, line=line):
            yield from ((f"{line}.0", body), (f"{line}.1", orelse))
        case Try(body=body, handlers=handlers, orelse=orelse, final=final, line=line):
            yield f"{line}.0", body
            yield from ((f"{line}.{index}", handler.body) for index, handler in enumerate(handlers, 1))
            yield from ((f"{line}.0", orelse), ("", final))
        case Match(cases=cases, line=line):
            yield from ((f"{line}.{index}", case) for index, case in enumerate(cases))
        case For(body=body, orelse=orelse) | While(body=body, orelse=orelse):
            yield from (("", body), ("", orelse))
        case With(body=body):
            yield "", body


def _bindings(facts: FileFacts) -> Iterator[tuple[str, Binding]]:
    for item in facts.imports:
        yield item.local, Binding(item, item.line, item.branch, item.typing_only)
    for star in facts.stars:
        yield "*", Binding(star, star.line, star.branch)
    for function in facts.functions:
        if not function.nested and not function.owner:
            yield function.name, Binding(function, function.line, function.branch, function.typing_only)
    for cls in facts.classes:
        if cls.name == cls.qualname:
            yield cls.name, Binding(cls, cls.line, cls.branch, cls.typing_only)
    for statement, branch in flatten(facts.statements):
        yield from _assigned(statement, branch)


def _assigned(statement: Stmt, branch: str) -> Iterator[tuple[str, Binding]]:
    match statement:
        case Assign(value=value, augmented=False) if value is not None:
            bound = statement
        case Delete(targets=targets, line=line, col=col):
            bound = Assign(targets, Unknown("deleted"), None, False, line, col)
        case _:
            return
    for target in bound.targets:
        if isinstance(target, Name) and "." not in target.dotted:
            yield target.dotted, Binding(bound, bound.line, branch)


def bound_names(body: Body) -> frozenset[str]:
    """The plain names that the statements of a body assign, without those declared ``global`` or ``nonlocal``."""
    bound: set[str] = set()
    elsewhere: set[str] = set()
    for statement, _ in flatten(body.statements):
        match statement:
            case Assign(targets=targets) if statement.value is not None:
                bound |= _plain(targets)
            case For(target=target):
                bound |= _plain((target,))
            case With(items=items):
                bound |= _plain(tuple(target for _, target in items if target))
            case Try(handlers=handlers):
                bound |= {handler.name for handler in handlers if handler.name}
            case Scoped(names=names):
                elsewhere |= set(names)
    walruses = {node.name for node in body.nodes if type(node) is Walrus}
    return frozenset((bound | walruses) - elsewhere)


def _plain(targets: tuple[Expr, ...]) -> set[str]:
    names: set[str] = set()
    for target in targets:
        match target:
            case Name(dotted=dotted) if "." not in dotted:
                names.add(dotted)
            case Seq(items=items):
                names |= _plain(items)
            case Star(value=value):
                names |= _plain((value,))
    return names
