"""Functions, classes and imports of a file, wherever they stand, with the arms of ``if`` and ``try`` they stand in."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from lint_fixtures.body import Const
from lint_fixtures.extract.expressions import expression, keywords, optional, several
from lint_fixtures.extract.statements import block
from lint_fixtures.facts import Body, Class, Function, Head, Import, Param, Signature, Star
from lint_fixtures.frozen import frozen, replace

_TYPE_CHECKING = {"TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING"}


@frozen
class _Place:
    """Where the walk is."""

    qualname: str = ""
    owner: str = ""  # the class whose body this is
    nested: bool = False
    branch: str = ""
    typing_only: bool = False

    def inside(self, name: str) -> str:
        return f"{self.qualname}.{name}" if self.qualname else name


_TOP = _Place()


class Definitions:
    """Collects definitions in source order."""

    def __init__(self) -> None:
        self.imports: list[Import] = []
        self.stars: list[Star] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []

    def enter_block(self, nodes: Sequence[ast.stmt], place: _Place = _TOP) -> None:
        for node in nodes:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._function(node, place)
                case ast.ClassDef():
                    self._class(node, place)
                case ast.Import() | ast.ImportFrom():
                    self._import(node, place)
                case _:
                    for arm, inner in _arms(node, place):
                        self.enter_block(inner, arm)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: _Place) -> None:
        qualname = place.inside(node.name)
        outer, self.imports = self.imports, []
        position = len(self.functions)
        self.enter_block(node.body, _Place(qualname, nested=True, typing_only=place.typing_only))
        local, self.imports = tuple(self.imports), outer
        function = Function(
            name=node.name,
            qualname=qualname,
            owner=place.owner,
            nested=place.nested,
            line=node.lineno,
            col=node.col_offset,
            is_async=isinstance(node, ast.AsyncFunctionDef),
            branch=place.branch,
            typing_only=place.typing_only,
            head=Head(lambda: _signature(node, local), bool(node.decorator_list)),
            body=Body(lambda: block(node.body)),
        )
        self.functions.insert(position, function)

    def _class(self, node: ast.ClassDef, place: _Place) -> None:
        qualname = place.inside(node.name)
        self.classes.append(
            Class(
                name=node.name,
                qualname=qualname,
                nested=place.nested,
                line=node.lineno,
                col=node.col_offset,
                bases=several(node.bases),
                keywords=keywords(node.keywords),
                decorators=several(node.decorator_list),
                branch=place.branch,
                typing_only=place.typing_only,
                body=Body(lambda: block(node.body)),
            )
        )
        self.enter_block(
            node.body, _Place(qualname, qualname, place.nested, branch=place.branch, typing_only=place.typing_only)
        )

    def _import(self, node: ast.Import | ast.ImportFrom, place: _Place) -> None:
        target: tuple[str, str, str | None, int]
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                if alias.name == "*":
                    self.stars.append(Star(node.module or "", node.level, node.lineno, place.branch))
                    continue
                target = (alias.asname or alias.name, node.module or "", alias.name, node.level)
            elif alias.asname:
                target = (alias.asname, alias.name, None, 0)
            else:  # `import a.b` binds `a`
                first = alias.name.partition(".")[0]
                target = (first, first, None, 0)
            local, module, attribute, level = target
            self.imports.append(Import(local, module, attribute, level, node.lineno, place.typing_only, place.branch))


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef, imports: tuple[Import, ...]) -> Signature:
    params = tuple(_params(node.args))
    return Signature(params, several(node.decorator_list), optional(node.returns), imports)


def _params(arguments: ast.arguments) -> Iterator[Param]:
    plain = [*((item, "positional") for item in arguments.posonlyargs), *((item, "plain") for item in arguments.args)]
    defaults: list[ast.expr | None] = [*[None] * (len(plain) - len(arguments.defaults)), *arguments.defaults]
    for (item, kind), default in zip(plain, defaults, strict=True):
        yield Param(item.arg, kind, optional(default), optional(item.annotation))
    if arguments.vararg:
        yield Param(arguments.vararg.arg, "args")
    for item, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield Param(item.arg, "keyword", optional(default), optional(item.annotation))
    if arguments.kwarg:
        yield Param(arguments.kwarg.arg, "kwargs")


def _arms(node: Any, place: _Place) -> Iterator[tuple[_Place, list[ast.stmt]]]:
    """The blocks inside a compound statement; alternatives get a branch of their own."""
    match node:
        case ast.If():
            typing_only = place.typing_only or _is_type_checking(node.test)
            yield _arm(replace(place, typing_only=typing_only), node, 0), node.body
            yield _arm(place, node, 1), node.orelse
        case ast.With() | ast.AsyncWith():
            yield place, node.body
        case ast.For() | ast.AsyncFor() | ast.While():
            yield place, node.body
            yield place, node.orelse
        case ast.Match():
            for index, case in enumerate(node.cases):
                yield _arm(place, node, index), case.body
        case _ if hasattr(node, "handlers"):  # Try and TryStar
            yield _arm(place, node, 0), node.body
            for index, handler in enumerate(node.handlers, 1):
                yield _arm(place, node, index), handler.body
            yield _arm(place, node, 0), node.orelse
            yield place, node.finalbody


def _arm(place: _Place, node: ast.stmt, index: int) -> _Place:
    step = f"{node.lineno}.{index}"
    return replace(place, branch=f"{place.branch}/{step}" if place.branch else step)


def _is_type_checking(test: ast.expr) -> bool:
    found = expression(test)
    return getattr(found, "dotted", "") in _TYPE_CHECKING or found == Const(False)
