"""Transformers that leave alone, as the same objects, what has nothing to do with a change."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst


class Replacing(cst.CSTTransformer):
    """Nodes for nodes. ``around`` are those that hold one; the others are not visited and stay the same objects."""

    def __init__(
        self,
        pairs: Sequence[tuple[cst.CSTNode, cst.CSTNode | Sequence[cst.BaseStatement]]],
        around: set[cst.CSTNode],
    ) -> None:
        super().__init__()
        self._new = dict(pairs)
        self._around = around

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node in self._around

    def on_leave(self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT) -> cst.CSTNodeT:
        new = self._new.get(original_node, updated_node)
        return cst.FlattenSentinel(new) if isinstance(new, Sequence) else new  # type: ignore[return-value]


class Removing(cst.CSTTransformer):
    """A function out of a module or block; ``kept`` of its leading lines stays in front of what follows."""

    def __init__(self, statement: cst.FunctionDef, kept: list[cst.EmptyLine], around: set[cst.CSTNode]) -> None:
        super().__init__()
        self._statement, self._kept, self._around = statement, kept, around

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node in self._around

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
        lines = [*self._kept, *following.leading_lines]
        while index == 0 and lines and lines[0].comment is None:
            del lines[0]  # no blank line at the top of a class
        body[index] = following.with_changes(leading_lines=lines)
        return body, []
