"""Functions inside functions."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Function
from lint_fixtures.index.modules import Module

_INSIDE = "inside"  # kept with the module, as its cached properties are


def nested(module: Module, function: Function) -> Iterator[Function]:
    """The functions inside a function, at any depth, in source order."""
    inside: dict[str, list[Function]] | None = vars(module).get(_INSIDE)
    if inside is None:
        inside = vars(module)[_INSIDE] = _by_outer(module)
    return iter(inside.get(function.qualname, ()))


def _by_outer(module: Module) -> dict[str, list[Function]]:
    found: dict[str, list[Function]] = {}
    for function in module.facts.functions:
        outer = function.qualname.rpartition(".")[0]
        while outer:
            found.setdefault(outer, []).append(function)
            outer = outer.rpartition(".")[0]
    return found
