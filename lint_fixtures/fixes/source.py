"""A parsed file: where its nodes stand, and the few rewrites that several repairs need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from lint_fixtures.fixes.walking import nodes

AnyStatement: TypeAlias = "cst.SimpleStatementLine | cst.BaseCompoundStatement"


class Source:
    """``module`` keeps the text byte for byte: encoding, line ends, comments."""

    def __init__(self, content: bytes) -> None:
        """Raises ParserSyntaxError."""
        wrapper = MetadataWrapper(cst.parse_module(content), unsafe_skip_copy=True)
        self.module = wrapper.module
        self._positions = wrapper.resolve(PositionProvider)

    def line(self, node: cst.CSTNode) -> int:
        """The first line; of a function that of its ``def``, not of a decorator."""
        return self._positions[node].start.line

    def function_at(self, line: int) -> cst.FunctionDef | None:
        found = (each for each in nodes(self.module, cst.FunctionDef) if self.line(each) == line)
        return next(found, None)

    def statement_at(self, line: int) -> cst.SimpleStatementLine | None:
        found = (each for each in nodes(self.module, cst.SimpleStatementLine) if self.line(each) == line)
        return next(found, None)

    def function_around(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The innermost one."""
        around = [each for each in nodes(self.module, cst.FunctionDef) if any(one is node for one in nodes(each.body))]
        return around[-1] if around else None

    def replaced(self, *pairs: tuple[cst.CSTNode, cst.CSTNode | Sequence[cst.BaseStatement]]) -> cst.Module:
        """The module with each first node as its second; pairs lie beside each other, never inside."""
        return cst.ensure_type(self.module.visit(_Replacing(pairs)), cst.Module)

    def without(self, statement: cst.FunctionDef) -> cst.Module:
        """Takes a statement out with its own comment; what stands above a blank line belongs to the file."""
        lines = list(statement.leading_lines)
        while lines and lines[-1].comment is not None:
            lines.pop()
        kept = lines if any(line.comment for line in lines) else []
        return cst.ensure_type(self.module.visit(_Removing(statement, kept)), cst.Module)


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
