"""A parsed file: where its nodes stand, and the few rewrites that several repairs need."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from lint_fixtures.fixes.walking import Kind, nodes

_Top: TypeAlias = "cst.SimpleStatementLine | cst.BaseCompoundStatement"


class Source:
    """``module`` keeps the text byte for byte: encoding, line ends, comments."""

    def __init__(self, content: bytes) -> None:
        """Raises ParserSyntaxError."""
        self.content = content
        self.module = cst.parse_module(content)
        self._lines = _lines(self.module, content)
        self._positions: dict[cst.CSTNode, int] = {}
        self._open: _Top | None = None  # the statement of the module that was looked into last
        self._tops: dict[cst.CSTNode, _Top] = {}

    def line(self, node: cst.CSTNode) -> int:
        """The first line of a node in a statement that was looked into; of a function that of its ``def``."""
        return self._positions[node]

    def function_at(self, line: int) -> cst.FunctionDef | None:
        return self._at(line, cst.FunctionDef)

    def statement_at(self, line: int) -> cst.SimpleStatementLine | None:
        return self._at(line, cst.SimpleStatementLine)

    def function_around(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The innermost one."""
        functions = nodes(self._open, cst.FunctionDef) if self._open else ()
        around = [each for each in functions if any(one is node for one in nodes(each.body))]
        return around[-1] if around else None

    def _at(self, line: int, kind: type[Kind]) -> Kind | None:
        """Opens the statement of the module that the line belongs to: a whole file would take a second."""
        found = [each for each, (first, last) in self._lines.items() if first <= line <= last]
        if not found:
            return None
        if self._open is not found[0]:
            self._open = found[0]
            positions = _positions(self._open, self._lines[self._open][0])
            self._positions |= positions
            self._tops |= dict.fromkeys(positions, self._open)
        return next((each for each in nodes(self._open, kind) if self.line(each) == line), None)

    def replaced(self, *pairs: tuple[cst.CSTNode, cst.CSTNode | Sequence[cst.BaseStatement]]) -> cst.Module:
        """The module with each first node as its second; pairs lie beside each other, never inside."""
        body: list[_Top] = []
        for statement in self.module.body:
            inside = [pair for pair in pairs if self._tops.get(pair[0], pair[0]) is statement]
            changed = statement.visit(_Replacing(inside)) if inside else statement
            body += changed if isinstance(changed, cst.FlattenSentinel) else [changed]  # type: ignore[list-item]
        return self.module.with_changes(body=body)

    def without(self, statement: cst.FunctionDef) -> cst.Module:
        """Takes a statement out with its own comment; what stands above a blank line belongs to the file."""
        lines = list(statement.leading_lines)
        while lines and lines[-1].comment is not None:
            lines.pop()
        kept = lines if any(line.comment for line in lines) else []
        return cst.ensure_type(self.module.visit(_Removing(statement, kept)), cst.Module)


def _lines(module: cst.Module, content: bytes) -> dict[_Top, tuple[int, int]]:
    """The first and the last line of each statement of the module, decorators included."""
    trees = iter(ast.parse(content).body)
    found: dict[_Top, tuple[int, int]] = {}
    for statement in module.body:
        small = len(statement.body) if isinstance(statement, cst.SimpleStatementLine) else 1
        own = [next(trees) for _ in range(small)]
        decorators = [each.lineno for each in getattr(own[0], "decorator_list", ())]
        found[statement] = (min([own[0].lineno, *decorators]), own[-1].end_lineno or own[-1].lineno)
    return found


def _positions(statement: _Top, first: int) -> dict[cst.CSTNode, int]:
    above = len(statement.leading_lines)  # they stand before the first line
    found = MetadataWrapper(cst.Module([statement]), unsafe_skip_copy=True).resolve(PositionProvider)
    return {node: position.start.line - above + first - 1 for node, position in found.items()}


class _Replacing(cst.CSTTransformer):
    def __init__(self, pairs: Sequence[tuple[cst.CSTNode, cst.CSTNode | Sequence[cst.BaseStatement]]]) -> None:
        super().__init__()
        self._pairs = pairs

    def on_leave(self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT) -> cst.CSTNodeT:
        left = super().on_leave(original_node, updated_node)
        for old, new in self._pairs:
            if original_node is old:
                return cst.FlattenSentinel(new) if isinstance(new, Sequence) else new  # type: ignore[return-value]
        return left  # type: ignore[return-value]


class _Removing(cst.CSTTransformer):
    def __init__(self, statement: cst.FunctionDef, kept: list[cst.EmptyLine]) -> None:
        super().__init__()
        self._statement, self._kept = statement, kept

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        body, footer = self._cut(original_node.body, updated_node.body)
        return updated_node.with_changes(body=body, footer=[*footer, *updated_node.footer])

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        body, footer = self._cut(original_node.body, updated_node.body)
        return updated_node.with_changes(body=body, footer=[*footer, *updated_node.footer])

    def _cut(
        self, old: Sequence[cst.BaseStatement], new: Sequence[cst.BaseStatement]
    ) -> tuple[list[cst.BaseStatement], list[cst.EmptyLine]]:
        """The statements without the one, and what of its leading lines is left for the end of the block."""
        body = list(new)
        index = next((at for at, each in enumerate(old) if each is self._statement), None)
        if index is None:
            return body, []
        del body[index]
        if index == len(body):
            return body, self._kept
        following = body[index]
        assert isinstance(following, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
        body[index] = following.with_changes(leading_lines=[*self._kept, *following.leading_lines])
        return body, []


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
