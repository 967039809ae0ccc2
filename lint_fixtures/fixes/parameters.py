"""Parameters and arguments, one more or in another order: commas, comments and line breaks stay where they belong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import libcst as cst

_Item = TypeVar("_Item", cst.Param, cst.Arg, cst.ImportAlias)


def with_parameter(function: cst.FunctionDef, name: str, annotation: str | None = None) -> cst.FunctionDef:
    """Adds a parameter behind those that have no default. It is annotated where the others are."""
    params = function.params
    if name in names_of(params):
        return function
    added = cst.Param(cst.Name(name))
    if annotation is not None and is_annotated(function):
        added = added.with_changes(annotation=cst.Annotation(cst.parse_expression(annotation)))
    plain = [each for each in params.params if each.default is None]
    rest = params.params[len(plain) :]
    if rest or params.kwonly_params or params.star_kwarg or not plain:
        items = [*plain, added.with_changes(comma=plain[-1].comma) if plain else added, *rest]
        return function.with_changes(params=params.with_changes(params=items))
    joined = appended(plain, added, function.whitespace_before_params)
    return function.with_changes(params=params.with_changes(params=joined))


def names_of(params: cst.Parameters) -> list[str]:
    return [each.name.value for each in (*params.posonly_params, *params.params, *params.kwonly_params)]


def is_annotated(function: cst.FunctionDef) -> bool:
    """Whether its parameters have annotations; of a function without any, whether the result has one."""
    params = (*function.params.posonly_params, *function.params.params, *function.params.kwonly_params)
    asked = [each for each in params if each.name.value not in ("self", "cls")]
    return all(each.annotation is not None for each in asked) if asked else function.returns is not None


def with_keyword(call: cst.Call, name: str, value: str) -> cst.Call:
    """Gives an argument its value, by keyword; behind all others where it is new."""
    given = cst.parse_expression(value)
    for index, each in enumerate(call.args):
        if each.keyword is not None and each.keyword.value == name:
            args = [*call.args[:index], each.with_changes(value=given), *call.args[index + 1 :]]
            return call.with_changes(args=args)
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    added = cst.Arg(given, cst.Name(name), equal=equal)
    return call.with_changes(args=appended(call.args, added, call.whitespace_before_args))


def appended(items: Sequence[_Item], added: _Item, before: cst.BaseParenthesizableWhitespace) -> list[_Item]:
    """One more at the end; ``before`` is what stands in front of the first."""
    known: list[_Item] = list(items)
    comma = known[-1].comma if known else None
    if isinstance(comma, cst.Comma):
        after = comma.whitespace_after
        inner: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
        if isinstance(before, cst.ParenthesizedWhitespace) and isinstance(after, cst.ParenthesizedWhitespace):
            # one a line, a comma and perhaps a comment after each: the same for the new one
            inner = after.with_changes(indent=before.indent, last_line=before.last_line)
            after = after.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
        known[-1] = known[-1].with_changes(comma=comma.with_changes(whitespace_after=inner))
        added = added.with_changes(comma=cst.Comma(whitespace_after=after))
    known.append(added)
    return known


def reordered(old: Sequence[cst.Param], new: Sequence[cst.Param]) -> list[cst.Param]:
    """The same parameters in a new order: line breaks stay in their places, a comment goes with its parameter."""
    return [each.with_changes(comma=_comma(place.comma, each.comma)) for place, each in zip(old, new, strict=True)]


def _comma(place: cst.Comma | cst.MaybeSentinel, own: cst.Comma | cst.MaybeSentinel) -> cst.Comma | cst.MaybeSentinel:
    if not isinstance(place, cst.Comma) or not isinstance(own, cst.Comma):
        return place
    here, mine = place.whitespace_after, own.whitespace_after
    if not isinstance(here, cst.ParenthesizedWhitespace) or not isinstance(mine, cst.ParenthesizedWhitespace):
        return place
    return place.with_changes(whitespace_after=here.with_changes(first_line=mine.first_line))
