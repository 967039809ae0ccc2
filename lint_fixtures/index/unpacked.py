"""Session factories that a module gets from a tuple: ``SessionLocal, engine = connect(url)``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Await, Call, Expr, Name, Seq
from lint_fixtures.index import kinds
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import FunctionRef
from lint_fixtures.index.values import Scope, assigned, outcomes

if TYPE_CHECKING:
    from lint_fixtures.index import Project


def hands_out_session(project: Project, scope: Scope) -> bool:
    """Whether a function hands out what such a factory makes, whatever its annotation says."""
    if scope.function is None:
        return False
    for value in outcomes(scope.function):
        made = list(assigned(value.dotted, scope.function)) if isinstance(value, Name) else [value]
        calls = [one.value if isinstance(one, Await) else one for one in made]
        names = [call.dotted for call in calls if isinstance(call, Call)]
        if len(names) == 1 and len(calls) == 1 and _is_factory(project, scope.module, names[0]):
            return True
    return False


def _is_factory(project: Project, module: Module, name: str) -> bool:
    if not name or "." in name:
        return False
    holders = [(module, name)]
    for item in module.facts.imports:
        path = project.sources.module_file(item.module, module.path, item.level) if item.local == name else None
        source = project.modules.load(path) if path else None
        holders += [(source, item.attribute)] if source and item.attribute else []
    found = (each for holder in holders for each in _unpacked(project, *holder))
    return any(project.values.kind(expr, scope) == kinds.FACTORY for expr, scope in found)


def _unpacked(project: Project, module: Module, name: str) -> Iterator[tuple[Expr, Scope]]:
    """What the function that fills the tuple returns in the place of the name."""
    for statement, _ in flatten(module.facts.statements):
        if not isinstance(statement, Assign) or not isinstance(statement.value, Call):
            continue
        made = project.names.resolve_expr(module, statement.value.func)
        for target in statement.targets if isinstance(made, FunctionRef) else ():
            if isinstance(target, Seq) and Name(name) in target.items and isinstance(made, FunctionRef):
                place = target.items.index(Name(name))
                for value in outcomes(made.function):
                    if isinstance(value, Seq) and len(value.items) == len(target.items):
                        yield value.items[place], Scope(made.module, made.function)
