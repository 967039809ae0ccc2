"""``ast`` expressions -> the expressions of :mod:`lint_fixtures.body`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from lint_fixtures import body
from lint_fixtures.body import Expr


def expression(node: ast.expr) -> Expr:
    convert = _CONVERTERS.get(type(node))
    return convert(node) if convert else body.Unknown(type(node).__name__)


def optional(node: ast.expr | None) -> Expr | None:
    return None if node is None else expression(node)


def several(nodes: Iterable[ast.expr]) -> tuple[Expr, ...]:
    return tuple(map(expression, nodes))


def keywords(nodes: Iterable[ast.keyword]) -> tuple[tuple[str | None, Expr], ...]:
    return tuple((node.arg, expression(node.value)) for node in nodes)


def _constant(node: ast.Constant) -> Expr:
    value = node.value
    if isinstance(value, str):  # '\ud800' is a string that no file, and so no name, can hold
        return body.Const(value.encode(errors="replace").decode() if not value.isascii() else value)
    return body.Const(value) if value is None or isinstance(value, (int, float)) else body.Unknown("constant")


def _attribute(node: ast.Attribute) -> Expr:
    names = [node.attr]
    value = node.value
    while isinstance(value, ast.Attribute):
        names.append(value.attr)
        value = value.value
    if isinstance(value, ast.Name):
        names.append(value.id)
        return body.Name(".".join(reversed(names)))
    found = expression(value)
    for name in reversed(names):
        found = body.Attr(found, name)
    return found


def _call(node: ast.Call) -> Expr:
    return body.Call(expression(node.func), several(node.args), keywords(node.keywords), node.lineno, node.col_offset)


def _dict(node: ast.Dict) -> Expr:
    pairs = zip(node.keys, node.values, strict=True)
    return body.Map(tuple((optional(key), expression(value)) for key, value in pairs))


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Expr:
    return body.Comp((expression(node.elt),), _loops(node.generators))


def _dict_comprehension(node: ast.DictComp) -> Expr:
    return body.Comp((expression(node.key), expression(node.value)), _loops(node.generators))


def _loops(generators: list[ast.comprehension]) -> tuple[tuple[Expr, Expr], ...]:
    return tuple((expression(loop.target), expression(loop.iter)) for loop in generators)


def _lambda(node: ast.Lambda) -> Expr:
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return body.Lambda(tuple(argument.arg for argument in named), expression(node.body))


def _walrus(node: ast.NamedExpr) -> Expr:
    return body.Walrus(node.target.id, expression(node.value))


def _compare(node: ast.Compare) -> Expr:
    kind = " ".join(type(operator).__name__ for operator in node.ops)
    return body.Op(kind, (expression(node.left), *several(node.comparators)))


def _fstring(node: ast.JoinedStr) -> Expr:
    return body.Op("fstring", several(node.values))


_CONVERTERS: dict[type[ast.expr], Callable[[Any], Expr]] = {
    ast.Constant: _constant,
    ast.Name: lambda node: body.Name(node.id),
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Await: lambda node: body.Await(expression(node.value)),
    ast.Tuple: lambda node: body.Seq("tuple", several(node.elts)),
    ast.List: lambda node: body.Seq("list", several(node.elts)),
    ast.Set: lambda node: body.Seq("set", several(node.elts)),
    ast.Dict: _dict,
    ast.Subscript: lambda node: body.Item(expression(node.value), expression(node.slice)),
    ast.Starred: lambda node: body.Star(expression(node.value)),
    ast.IfExp: lambda node: body.Choice(expression(node.test), several((node.body, node.orelse))),
    ast.BoolOp: lambda node: (
        body.Choice(None, several(node.values)) if isinstance(node.op, ast.Or) else body.Op("And", several(node.values))
    ),
    ast.Compare: _compare,
    ast.BinOp: lambda node: body.Op(type(node.op).__name__, several((node.left, node.right))),
    ast.UnaryOp: lambda node: body.Op(type(node.op).__name__, (expression(node.operand),)),
    ast.JoinedStr: _fstring,
    ast.FormattedValue: lambda node: expression(node.value),
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Lambda: _lambda,
    ast.Yield: lambda node: body.Yield(optional(node.value), delegates=False),
    ast.YieldFrom: lambda node: body.Yield(expression(node.value), delegates=True),
    ast.NamedExpr: _walrus,
}
