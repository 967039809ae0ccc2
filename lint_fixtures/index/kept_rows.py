"""Rows that a function hands to one of the project that saves them: ``order_repository.add(Order(...))``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Await, Call, Const, Do, Expr, Name, Return, Star, Stmt, walk
from lint_fixtures.facts import Function
from lint_fixtures.frozen import replace
from lint_fixtures.index import receivers
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import ClassRef, External, FunctionRef, ValueRef
from lint_fixtures.index.nesting import nested
from lint_fixtures.index.objects import LocalObjects
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.rows import ADD_MANY, ADD_ONE
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_FLUSHING = frozenset({"flush", "commit"})


def kept_rows(project: Project, scope: Scope) -> Iterator[Row]:
    """In the order of the calls; what is done to a row from the call on comes too late."""
    function = scope.function
    assert function is not None
    built = {call: model for model, call in project.rows.created(scope.module, function)}
    inner = tuple(nested(scope.module, function))
    for call in function.body.calls if built else ():
        if call in built or not call.args or not call.dotted:
            continue
        body = LocalObjects(function, inner, (call.line, 0))
        handed = [each for each in body.members(call.args[0]) if each in built]
        if handed and _keeps(project, call, scope):
            for each in handed:
                yield replace(project.rows.row(each, built[each], body, scope), flushed=True)


def _keeps(project: Project, call: Call, scope: Scope) -> bool:
    """Whether the function that is called adds its first argument before it does anything else, and flushes."""
    target = _callee(project, call, scope)
    if target is None or target.function.is_generator:
        return False
    params = [each.name for each in target.function.params if each.kind in {"positional", "plain"}]
    if "." in call.dotted and target.function.owner:
        params = params[1:]
    if not params or not all(_hands_on(project, target.module, each) for each in target.function.decorators):
        return False
    first, then = [*_steps(target.function), None, None][:2]
    return first is not None and _adds(project, first, params[0], target) and _lets_be(first, then)


def _callee(project: Project, call: Call, scope: Scope) -> FunctionRef | None:
    """A function, or a method of an object that a module or the function itself has made."""
    target = project.names.resolve_expr(scope.module, call.func, scope.function)
    if isinstance(target, FunctionRef):
        return None if target.function.owner else target
    holder, _, method = call.dotted.rpartition(".")
    made = project.names.resolve(scope.module, holder, scope.function) if holder else None
    if isinstance(made, ValueRef) and isinstance(made.value, Call):
        cls = project.names.resolve_expr(made.module, made.value.func)
        found = project.names.class_member(cls.module, cls.cls, method) if isinstance(cls, ClassRef) else None
        return found if isinstance(found, FunctionRef) else None
    return receivers.method(project, call, scope)


def _hands_on(project: Project, module: Module, decorator: Expr) -> bool:
    """Whether a decorator of the project passes positional arguments on untouched: ``return func(*args, **kwargs)``."""
    target = project.names.resolve_expr(module, decorator)
    if not isinstance(target, FunctionRef):
        return target == External("builtins.staticmethod")
    given = target.function.params[0].name if target.function.params else ""
    wrappers = list(nested(target.module, target.function))
    if len(wrappers) != 1:
        return False
    args = next((each.name for each in wrappers[0].params), "")
    calls = [call for call in wrappers[0].body.calls if call.dotted == given]
    mentions = [node for node in walk(wrappers[0].body.statements) if node == Name(args)]
    plain = wrappers[0].params[:1] and wrappers[0].params[0].kind == "args"
    return bool(plain and calls) and len(mentions) == len(calls) == sum(
        call.args == (Star(Name(args)),) for call in calls
    )


def _steps(function: Function) -> list[Stmt]:
    """The statements without the docstring."""
    return [each for each in function.body.statements if not (isinstance(each, Do) and isinstance(each.value, Const))]


def _adds(project: Project, statement: Stmt, name: str, target: FunctionRef) -> bool:
    call = _call(statement)
    holder, _, method = call.dotted.rpartition(".") if call is not None else ("", "", "")
    if call is None or method not in ADD_ONE | ADD_MANY or not holder or call.args != (Name(name),):
        return False
    return project.rows.is_session(Name(holder), Scope(target.module, target.function))


def _lets_be(first: Stmt, then: Stmt | None) -> bool:
    """Whether nothing fills the row between adding it and the flush: of the function, or of whoever commits."""
    call = _call(then) if then is not None else None
    flushes = call is not None and call.dotted.rpartition(".")[2] in _FLUSHING
    return flushes or then is None or isinstance(first, Return) or isinstance(then, Return)


def _call(statement: Stmt) -> Call | None:
    value = statement.value if isinstance(statement, (Do, Assign, Return)) else None
    value = value.value if isinstance(value, Await) else value
    return value if isinstance(value, Call) else None
