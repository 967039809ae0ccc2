"""A parsed file: where its nodes stand, and the few rewrites that several repairs need."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TypeAlias

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider

from lint_fixtures.fixes.rewriting import Removing, Replacing
from lint_fixtures.fixes.walking import Kind

_Top: TypeAlias = "cst.SimpleStatementLine | cst.BaseCompoundStatement"


class Source:
    """``module`` keeps the text byte for byte: encoding, line ends, comments."""

    def __init__(self, content: bytes) -> None:
        """Raises ParserSyntaxError."""
        self.module = cst.parse_module(content)
        self._tree = ast.parse(content)
        self._spans = _spans(self.module, self._tree)
        self._positions: dict[cst.CSTNode, int] = {}
        self._parents: dict[cst.CSTNode, cst.CSTNode] = {}  # of the statements that were looked into
        self._by_line: dict[_Top, dict[int, list[cst.CSTNode]]] = {}

    def line(self, node: cst.CSTNode) -> int:
        """The first line of a node in a statement that was looked into; of a function that of its ``def``."""
        return self._positions[node]

    def function_at(self, line: int) -> cst.FunctionDef | None:
        return self._at(line, cst.FunctionDef)

    def statement_at(self, line: int) -> cst.SimpleStatementLine | None:
        return self._at(line, cst.SimpleStatementLine)

    def function_around(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The innermost one."""
        return next((each for each in self._around(node) if isinstance(each, cst.FunctionDef)), None)

    @cached_property
    def called_names(self) -> frozenset[str]:
        """Of the functions that are called anywhere in the file by their bare name."""
        calls = (each.func for each in ast.walk(self._tree) if isinstance(each, ast.Call))
        return frozenset(each.id for each in calls if isinstance(each, ast.Name))

    @cached_property
    def words(self) -> frozenset[str]:
        """All that could be a name, in strings and comments too."""
        return frozenset(re.findall(r"\w+", "".join(self.lines)))

    def _at(self, line: int, kind: type[Kind]) -> Kind | None:
        """Opens the statement of the module that the line belongs to: a whole file would take a second."""
        found = [each for each, (first, last) in self._spans.items() if first <= line <= last]
        if not found:
            return None
        if found[0] not in self._by_line:
            self._look_into(found[0])
        return next((each for each in self._by_line[found[0]].get(line, ()) if isinstance(each, kind)), None)

    def _look_into(self, statement: _Top) -> None:
        wrapper = MetadataWrapper(cst.Module([statement]), unsafe_skip_copy=True)
        above = self._spans[statement][0] - len(statement.leading_lines) - 1  # they stand before the first line
        by_line = self._by_line[statement] = {}
        for node, position in wrapper.resolve(PositionProvider).items():
            self._positions[node] = line = position.start.line + above
            if isinstance(node, (cst.FunctionDef, cst.SimpleStatementLine)):
                by_line.setdefault(line, []).append(node)
        self._parents |= wrapper.resolve(ParentNodeProvider)
        del self._parents[statement]  # the module that was made for it

    def _around(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """From the inside to the statement of the module."""
        while node in self._parents:
            node = self._parents[node]
            yield node

    def replaced(self, *pairs: tuple[cst.CSTNode, cst.CSTNode | Sequence[cst.BaseStatement]]) -> cst.Module:
        """The module with each first node as its second; pairs lie beside each other, never inside.

        All that is not around them stays the same object.
        """
        around = {each for old, _ in pairs for each in self._around(old)}
        return cst.ensure_type(self.module.visit(Replacing(pairs, {self.module, *around})), cst.Module)

    def without(self, statement: cst.FunctionDef) -> cst.Module:
        """Takes a statement out with its own comment; what stands above a blank line belongs to the file."""
        lines = list(statement.leading_lines)
        while lines and lines[-1].comment is not None:
            lines.pop()
        kept = lines if any(line.comment for line in lines) else []
        around = {self.module, *self._around(statement)}
        return cst.ensure_type(self.module.visit(Removing(statement, kept, around)), cst.Module)

    @cached_property
    def parts(self) -> tuple[cst.CSTNode, ...]:
        return parts_of(self.module)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """With line ends; the last one has one too, even where the file has none."""
        return tuple(line for part in self.parts for line in self.lines_of(part))

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Of each part its first line, counted from 0; and the end."""
        return tuple(accumulate((len(self.lines_of(part)) for part in self.parts), initial=0))

    def lines_of(self, part: cst.CSTNode) -> list[str]:
        return list(io.StringIO(self.module.code_for_node(part), newline=""))

    def encoded(self, lines: Iterable[str]) -> bytes:
        """As the file is: in its encoding, with or without a line end at the end."""
        text = "".join(lines)
        if not self.module.has_trailing_newline:
            text = re.sub(r"(\r\n|\n|\r)\Z", "", text)
        return text.encode(self.module.encoding)


def parts_of(module: cst.Module) -> tuple[cst.CSTNode, ...]:
    """What a module is made of, each from the beginning of a line to the end of one."""
    return (*module.header, *module.body, *module.footer)


def _spans(module: cst.Module, tree: ast.Module) -> dict[_Top, tuple[int, int]]:
    """The first and the last line of each statement of the module, decorators included."""
    trees = iter(tree.body)
    found: dict[_Top, tuple[int, int]] = {}
    for statement in module.body:
        small = len(statement.body) if isinstance(statement, cst.SimpleStatementLine) else 1
        own = [next(trees) for _ in range(small)]
        decorators = [each.lineno for each in getattr(own[0], "decorator_list", ())]
        found[statement] = (min([own[0].lineno, *decorators]), own[-1].end_lineno or own[-1].lineno)
    return found


def as_generator(function: cst.FunctionDef) -> cst.FunctionDef:
    """The return annotation of a function that yields from now on what it returned."""
    if function.returns is None:
        return function
    outer = "AsyncIterator" if function.asynchronous else "Iterator"
    inner = cst.SubscriptElement(cst.Index(function.returns.annotation))
    annotation = cst.Subscript(cst.Name(outer), [inner])
    return function.with_changes(returns=function.returns.with_changes(annotation=annotation))


def statements_of(function: cst.FunctionDef) -> Iterator[cst.BaseStatement]:
    """Those of the body itself; none for a body on the line of the ``def``."""
    if isinstance(function.body, cst.IndentedBlock):
        yield from function.body.body
