"""The method that a call on a local object reaches, where the function itself says of which class the object is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lint_fixtures.body import Await, Call, Name
from lint_fixtures.index.names import ClassRef, FunctionRef
from lint_fixtures.index.values import Scope, assigned

if TYPE_CHECKING:
    from lint_fixtures.index import Project


def method(project: Project, call: Call, scope: Scope) -> FunctionRef | None:
    """``service.delete(x)`` after ``service = Service(...)`` or ``with Service.open(...) as service``."""
    holder, _, name = call.dotted.rpartition(".")
    if not holder or "." in holder or scope.function is None:
        return None
    given = {_class(project, made, scope) for made in assigned(holder, scope.function)}
    cls = given.pop() if len(given) == 1 else None
    target = project.names.class_member(cls.module, cls.cls, name) if cls else None
    return target if isinstance(target, FunctionRef) else None


def _class(project: Project, made: object, scope: Scope) -> ClassRef | None:
    """The class that is called, or whose class method is: an alternative constructor, as far as a reader can tell."""
    call = made.value if isinstance(made, Await) else made
    if not isinstance(call, Call) or not call.dotted:
        return None
    for dotted in (call.dotted, call.dotted.rpartition(".")[0]):
        target = project.names.resolve_expr(scope.module, Name(dotted), scope.function) if dotted else None
        if isinstance(target, ClassRef):
            return target
    return None
