"""Whether a file may build rows at all, told by the calls in it before anything of its models is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lint_fixtures.body import Call, Name
from lint_fixtures.facts import Function
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import ClassRef, External, FunctionRef, ValueRef
from lint_fixtures.index.naming import may_create

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_STATEMENTS = frozenset({"insert(", "bulk_insert", "INSERT", "insert into"})


def may_build(project: Project, module: Module) -> bool:
    """Whether some function builds objects of the project, inserts, or calls what may do so for it."""
    if not _STATEMENTS.isdisjoint(module.facts.mentions):
        return True
    return any(_builds(project, module, function) for function in module.facts.functions)


def _builds(project: Project, module: Module, function: Function) -> bool:
    return any(_may_build(project, module, function, call) for call in function.body.calls)


def _may_build(project: Project, module: Module, function: Function, call: Call) -> bool:
    if not isinstance(call.func, Name):
        return False
    dotted = call.func.dotted
    holder, _, method = dotted.rpartition(".")
    creates = may_create(method)
    if creates and ("actory" in dotted or holder in {"self", "cls"}):
        return True
    target = project.names.resolve(module, dotted, function)
    match target:
        case ClassRef() | ValueRef():
            return True
        case FunctionRef():
            return creates
        case External(dotted=name):
            return name.endswith("insert")
    return creates and any(param.name == dotted for param in function.params)
