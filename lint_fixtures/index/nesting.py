"""Functions inside functions."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Function
from lint_fixtures.index.modules import Module


def nested(module: Module, function: Function) -> Iterator[Function]:
    """The functions inside a function, at any depth."""
    prefix = f"{function.qualname}."
    return (other for other in module.facts.functions if other.qualname.startswith(prefix))
