"""What a fixture does in the place of another: only objects in memory, or mostly the same."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from lint_fixtures.body import Attr, Call, Name
from lint_fixtures.index import kinds
from lint_fixtures.index.apps import owner_of
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.names import ClassRef, External
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.values import DATABASE_ROLES, Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DEPTH = 4
_STAND_IN = r"(?i)Mock|Fake|Stub|Dummy"
_REACHES_OUT = frozenset({"subprocess", "sqlite3", "socket", "urllib", "http", "smtplib", "ftplib", "multiprocessing"})
_IN_MEMORY = (sys.stdlib_module_names - _REACHES_OUT) | {
    *("pytest", "_pytest", "mock", "pytest_mock", "alchemy_mock", "faker", "freezegun", "time_machine", "pydantic"),
    *("attr", "attrs", "dateutil", "numpy", "pandas", "yaml", "jwt", "cryptography", "packaging"),
}


def is_inert(project: Project, fixture: Fixture, node: Node, depth: int = _DEPTH) -> bool:
    """Whether neither the fixture nor what it requests touches anything outside its own objects, as far as told."""
    if depth == 0 or not fixture.certain:
        return False
    prefix = f"{fixture.function.qualname}."
    inner = (each for each in fixture.module.facts.functions if each.qualname.startswith(prefix))
    for function in (fixture.function, *inner):
        scope = Scope(fixture.module, function, node, fixture)
        if not all(_is_inert_call(project, call, scope) for call in function.body.calls):
            return False
    requested = (project.resolution.requested(fixture, name, node) for name in fixture.requests)
    return all(each is None or is_inert(project, each, node, depth - 1) for each in requested)


def _is_inert_call(project: Project, call: Call, scope: Scope) -> bool:
    if isinstance(call.func, (Attr, Call)):  # a method of what another call gives: that one counts
        return True
    if not isinstance(call.func, Name):
        return False
    target = project.names.resolve_expr(scope.module, call.func, scope.function)
    match target:
        case External(dotted=dotted):
            # of what is not known anything may come, unless its name says that it is none
            return dotted.partition(".")[0] in _IN_MEMORY or bool(re.search(_STAND_IN, dotted.rpartition(".")[2]))
        case ClassRef(cls=cls):
            made = project.values.kind(call, scope)
            return made not in {*DATABASE_ROLES, kinds.FACTORY} and not cls.name.endswith("Factory")
    return _is_local(project, call.func.dotted, scope)


def _is_local(project: Project, dotted: str, scope: Scope) -> bool:
    """A method of a local object; fixtures are judged by themselves."""
    head, _, method = dotted.partition(".")
    return owner_of(project, head, scope) is not None and bool(method)


def is_copy(fixture: Fixture, other: Fixture) -> bool:
    """Whether two fixtures call mostly the same functions, methods and classes."""
    mine, theirs = _called(fixture), _called(other)
    return 2 * len(mine & theirs) >= len(mine | theirs) > 0


def _called(fixture: Fixture) -> frozenset[str]:
    prefix = f"{fixture.function.qualname}."
    inner = (each for each in fixture.module.facts.functions if each.qualname.startswith(prefix))
    calls = (call for each in (fixture.function, *inner) for call in each.body.calls)
    names = (call.func.name if isinstance(call.func, Attr) else call.dotted.rpartition(".")[2] for call in calls)
    return frozenset(names) - {""}
