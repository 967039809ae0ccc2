"""Functions, classes and imports of a file, wherever they stand, with the arms of ``if`` and ``try`` they stand in."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lint_fixtures.body import Const
from lint_fixtures.extract.expressions import expression, keywords, optional, several
from lint_fixtures.extract.statements import block
from lint_fixtures.extract.text import Excerpt
from lint_fixtures.facts import Body, Class, Function, Head, Import, Param, Signature, Star
from lint_fixtures.frozen import frozen

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

    def __init__(self, lines: list[str]) -> None:
        self.imports: list[Import] = []
        self.stars: list[Star] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self._lines = lines

    def enter_block(self, nodes: Sequence[ast.stmt], place: _Place = _TOP) -> None:
        for node in nodes:
            enter = _ENTER.get(type(node))
            if enter is not None:
                enter(self, node, place)

    def enter_compound(self, node: ast.stmt, place: _Place) -> None:
        for arm, inner in _arms(node, place):
            self.enter_block(inner, arm)

    def _body(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Body:
        return Body(lambda: block(node.body), Excerpt(self._lines, node.body[0].lineno, node.end_lineno or 0))

    def enter_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: _Place) -> None:
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
            body=self._body(node),
        )
        self.functions.insert(position, function)

    def enter_class(self, node: ast.ClassDef, place: _Place) -> None:
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
                body=self._body(node),
            )
        )
        self.enter_block(
            node.body, _Place(qualname, qualname, place.nested, branch=place.branch, typing_only=place.typing_only)
        )

    def enter_import(self, node: ast.Import | ast.ImportFrom, place: _Place) -> None:
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
            yield _arm(place, node, 0, typing_only), node.body
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


def _arm(place: _Place, node: ast.stmt, index: int, typing_only: bool = False) -> _Place:
    step = f"{node.lineno}.{index}"
    branch = f"{place.branch}/{step}" if place.branch else step
    return _Place(place.qualname, place.owner, place.nested, branch, typing_only or place.typing_only)


def _is_type_checking(test: ast.expr) -> bool:
    if not isinstance(test, (ast.Name, ast.Attribute, ast.Constant)):
        return False
    found = expression(test)
    return getattr(found, "dotted", "") in _TYPE_CHECKING or found == Const(False)


_ENTER: dict[type[ast.stmt], Callable[[Definitions, Any, _Place], None]] = {
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef), Definitions.enter_function),
    ast.ClassDef: Definitions.enter_class,
    **dict.fromkeys((ast.Import, ast.ImportFrom), Definitions.enter_import),
    **dict.fromkeys((ast.If, ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.While), Definitions.enter_compound),
    **dict.fromkeys((ast.Match, ast.Try), Definitions.enter_compound),
}
if hasattr(ast, "TryStar"):  # Python 3.11
    _ENTER[ast.TryStar] = Definitions.enter_compound
