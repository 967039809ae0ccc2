"""Nodes below a node, in source order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar, overload

import libcst as cst

Kind = TypeVar("Kind", bound=cst.CSTNode)


@overload
def nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]: ...
@overload
def nodes(node: cst.CSTNode, kind: type[Kind]) -> Iterator[Kind]: ...
def nodes(node: cst.CSTNode, kind: type[cst.CSTNode] = cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Those of a kind, the node itself included."""
    if isinstance(node, kind):
        yield node
    for child in node.children:
        yield from nodes(child, kind)


def own_nodes(node: cst.CSTNode, kind: type[Kind]) -> Iterator[Kind]:
    """The same, without what stands in functions and classes."""
    if isinstance(node, kind):
        yield node
    if not isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
        for child in node.children:
            yield from own_nodes(child, kind)


def dotted(node: cst.CSTNode) -> str:
    """``a.b.c`` of a name or an attribute of names; '' for all else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr.value}" if head else ""
    return ""


def entry_set(assigned: cst.Assign) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """The mapping and the key of ``mapping[key] = value``."""
    target = assigned.targets[0].target
    if len(assigned.targets) != 1 or not isinstance(target, cst.Subscript) or len(target.slice) != 1:
        return None
    index = target.slice[0].slice
    return (target.value, index.value) if isinstance(index, cst.Index) else None


def only(statement: cst.CSTNode, kind: type[Kind]) -> Kind | None:
    """The one small statement of a line, when it is of this kind."""
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        small = statement.body[0]
        return small if isinstance(small, kind) else None
    return None
