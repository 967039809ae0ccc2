"""Dependency overrides whose key or value cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Call, Expr, Name, Unknown
from lint_fixtures.facts import Location
from lint_fixtures.index import kinds
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import UNRESOLVED
from lint_fixtures.index.overrides import Override, Overrides
from lint_fixtures.index.providers import blocks
from lint_fixtures.index.unknown_rows import Told
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project


def unknown_overrides(project: Project, module: Module) -> Iterator[Told]:
    """Of everything in a file that sets entries of ``dependency_overrides``."""
    if "dependency_overrides" not in module.facts.mentions:
        return
    for block, scope in blocks(project, module):
        for override in Overrides(block).sets():
            place = Location(module.path, override.line, override.col)
            for what, why in _of_override(project, override, scope):
                yield place, what, why


def _of_override(project: Project, override: Override, scope: Scope) -> Iterator[tuple[str, str]]:
    if override.key is None or override.value is None:
        yield "this dependency override", "its entries come from a mapping that is not written out here"
        return
    if _is_unresolved(project, override.key, scope):
        yield "which dependency is overridden", "its name leads nowhere in the project"
    if _is_unknown_value(project, override.value, scope):
        yield "what overrides the dependency", "its value comes from a call, parameter or name that cannot be followed"


def _is_unresolved(project: Project, expr: Expr, scope: Scope) -> bool:
    found = project.names.resolve_expr(scope.module, expr, scope.function) if isinstance(expr, Name) else UNRESOLVED
    return found == UNRESOLVED


def _is_unknown_value(project: Project, value: Expr, scope: Scope) -> bool:
    if isinstance(value, Unknown):
        return True
    if not isinstance(value, (Name, Call)) or project.values.kind(value, scope) != kinds.UNKNOWN:
        return False
    callee = value.func if isinstance(value, Call) else value
    return _is_unresolved(project, callee, scope)
