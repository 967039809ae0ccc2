"""Decorators that may fill the parameters of a test or fixture themselves, beside pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lint_fixtures.body import Call, Expr
from lint_fixtures.facts import Function
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import External, FunctionRef, ValueRef
from lint_fixtures.index.nesting import nested

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_INNOCENT = frozenset({"pytest", "_pytest", "pytest_asyncio", "pytest_trio", "builtins", "anyio", "typing"})
_WITHOUT_ARGUMENTS = ("skip", "skipIf", "skipUnless", "expectedFailure", "freeze_time")


def may_inject(project: Project, module: Module, function: Function) -> bool:
    """Whether a decorator, however far it comes, may call the function with arguments of its own."""
    return any(_injects(project, module, decorator) for decorator in function.decorators)


def _injects(project: Project, module: Module, decorator: Expr) -> bool:
    if project.marks.fixture_decorator(module, decorator) is not None:
        return False
    callee = decorator.func if isinstance(decorator, Call) else decorator
    match project.names.resolve_expr(module, callee):
        case External(dotted=dotted):
            return dotted.partition(".")[0] not in _INNOCENT and not dotted.endswith(_WITHOUT_ARGUMENTS)
        case ValueRef(module=source, value=value):
            return value == decorator or _injects(project, source, value)
        case FunctionRef(module=source, function=wrapper):
            return any(nested(source, wrapper))  # it puts another function in the place of this one
    return True
