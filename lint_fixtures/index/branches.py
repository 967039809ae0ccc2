"""The arms of ``if``, ``try`` and ``match`` that statements stand in: which may both run, and which end others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lint_fixtures.index.modules import Binding


def surviving(bindings: list[Binding]) -> list[Binding]:
    """The bindings that may hold once the module is imported: a later one ends all that it stands after for sure."""
    alive: list[Binding] = []
    for binding in bindings:
        alive = [earlier for earlier in alive if not _ends(binding.branch, earlier.branch)]
        alive.append(binding)
    return alive


def _ends(later: str, earlier: str) -> bool:
    return not later or earlier == later or earlier.startswith(f"{later}/")


def alternatives(one: str, other: str) -> bool:
    """Whether two branches exclude each other: different arms of one ``if``, ``try`` or ``match``."""
    for mine, theirs in zip(one.split("/"), other.split("/"), strict=False):
        if mine != theirs:
            return mine.partition(".")[0] == theirs.partition(".")[0] and bool(mine and theirs)
    return False
