"""Every ``= None`` in a file that leaves a session variable empty where a test may use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Block, Call, Const, Name
from lint_fixtures.facts import Class, Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index.modules import Module, flatten, surviving
from lint_fixtures.index.names import ClassRef
from lint_fixtures.index.unfilled import is_asked_for, is_filled_first, is_reset, none_at_use, stays_none
from lint_fixtures.index.variables import Given, Variable, declares_global, givens, holds_session

if TYPE_CHECKING:
    from lint_fixtures.index import Project


@frozen
class NoneSession:
    """``used_at`` is the line where a local is still None when it is used; None for variables that outlive a call."""

    variable: Variable
    statement: Assign
    used_at: int | None = None


def none_sessions(project: Project, module: Module) -> Iterator[NoneSession]:
    for statement, name, branch in _given_none(module.facts.statements):
        if any(one.what is statement for one in surviving(module.bindings.get(name, []))) and not branch:
            yield from _lasting(project, Variable(module, name), Given(statement, Const(None), None))
    for cls in module.facts.classes:
        if not _holds_parameters(cls) and not _filled_by_fixtures(project, module):
            for statement, name, _ in _given_none(cls.statements):
                given = Given(statement, Const(None), None)
                yield from _attribute(project, module, cls, Variable(module, name, cls.qualname), given)
    for function in module.facts.functions:
        yield from _in_function(project, module, function)


def _filled_by_fixtures(project: Project, module: Module) -> bool:
    """``request.cls.session = ...`` in a fixture, as pytest's own guide to unittest does, or ``setattr(self, ...)``."""
    files = (*project.sources.conftest_chain(module.path), module.path)
    texts = [project.sources.read(path) or b"" for path in files]
    return any(b"request.cls" in text or b"setattr(" in text for text in texts)


def _given_none(block: Block) -> Iterator[tuple[Assign, str, str]]:
    """Every ``name = None`` of a block: the statement, the name as written, and the branch."""
    for statement, branch in flatten(block):
        if isinstance(statement, Assign) and statement.value == Const(None):
            for target in statement.targets:
                if isinstance(target, Name):
                    yield statement, target.dotted, branch


def _in_function(project: Project, module: Module, function: Function) -> Iterator[NoneSession]:
    for statement, dotted, _ in _given_none(function.body.statements):
        holder, _, name = dotted.rpartition(".")
        given = Given(statement, Const(None), function)
        if holder in {"self", "cls"} and function.owner:
            yield from _lasting(project, Variable(module, name, function.owner), given)
        elif not holder and declares_global(function, name):
            yield from _lasting(project, Variable(module, name), given)
        elif not holder:
            yield from _local(project, Variable(module, name, function=function), statement)


def _attribute(project: Project, module: Module, cls: Class, variable: Variable, given: Given) -> Iterator[NoneSession]:
    """The attribute of a test class, or of another one that is seen to keep a session there."""
    settings = project.sources.settings(module.path)
    collected = settings.is_test_class(cls.name) or project.nodes.is_unittest(ClassRef(module, cls))
    if collected or any(one.function is not None for one in givens(variable)):
        yield from _lasting(project, variable, given)


def _lasting(project: Project, variable: Variable, given: Given) -> Iterator[NoneSession]:
    statement = given.statement
    if not isinstance(statement, Assign) or not holds_session(project, variable, statement.annotation):
        return
    if is_reset(given, variable) or not stays_none(project.names, variable, given):
        return
    if not is_asked_for(variable) and not is_filled_first(project.names, project.fixtures, variable):
        yield NoneSession(variable, statement)


def _local(project: Project, variable: Variable, statement: Assign) -> Iterator[NoneSession]:
    assert variable.function is not None
    if holds_session(project, variable, statement.annotation):
        later = [line for line in none_at_use(project.names, variable, variable.function) if line > statement.line]
        if later:
            yield NoneSession(variable, statement, min(later))


def _holds_parameters(cls: Class) -> bool:
    """A dataclass and its kin: there ``session: Session | None = None`` is the default of a parameter."""
    made = (decorator.func if isinstance(decorator, Call) else decorator for decorator in cls.decorators)
    names = (each.dotted.rpartition(".")[2] for each in made if isinstance(each, Name))
    return any(name in {"dataclass", "define", "s", "attrs", "frozen", "mutable"} for name in names)
