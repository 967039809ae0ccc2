"""Narrows a session fixture to function scope, with the fixtures of the same file that must narrow along."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lint_fixtures.fixes.problem import Problem
from lint_fixtures.fixes.walking import dotted, nodes
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture


def propose(problem: Problem) -> Iterator[cst.Module]:
    found = problem.fixture()
    along = list(_along(problem, found[0])) if found else []
    if not along or any(each.module.path != problem.path or _is_used_elsewhere(problem, each) for each in along):
        return
    pairs: list[tuple[cst.CSTNode, cst.CSTNode]] = []
    for line in sorted(each.location.line for each in along):
        function = problem.source.function_at(line)
        narrowed = [(each, _narrowed(each)) for each in function.decorators if _scope(each)] if function else []
        if function is None or len(narrowed) != 1 or _commits(function):
            return
        pairs += narrowed
    yield problem.source.replaced(*pairs)


def _commits(function: cst.FunctionDef) -> bool:
    """Its rows stay when the test ends: made anew for each test, they would meet the ones before."""
    return any(each.attr.value == "commit" for each in nodes(function.body, cst.Attribute))


def _along(problem: Problem, first: Fixture) -> Iterator[Fixture]:
    """A fixture with all that must narrow with it: wider ones that get it, and the connection that it works on.

    A connection that stayed wide would keep the rows of one test for the next.
    """
    waiting, seen = [first], {first.function}
    while waiting:
        fixture = waiting.pop()
        yield fixture
        for each in (*_users(problem, problem.path, fixture), *_connections(problem, fixture)):
            if each.function not in seen:
                seen.add(each.function)
                waiting.append(each)


def _users(problem: Problem, path: str, wide: Fixture) -> Iterator[Fixture]:
    """Wider fixtures of a file that get this one."""
    for fixture, node in problem.project.own_fixtures(path):
        if fixture.scope == "function" or fixture.function is wide.function:
            continue
        if wide in problem.project.resolution.node_closure(node, (fixture.name,)).fixtures():
            yield fixture


def _connections(problem: Problem, wide: Fixture) -> Iterator[Fixture]:
    node = problem.project.node_of(wide)
    for fixture in problem.project.resolution.node_closure(node, (wide.name,)).fixtures():
        if fixture.scope != "function" and problem.project.values.role(fixture, node) == kinds.CONNECTION:
            yield fixture


def _is_used_elsewhere(problem: Problem, wide: Fixture) -> bool:
    """Whether a wide fixture of another file gets it: that one would break."""
    if problem.project.is_test_module(problem.path):
        return False
    folder = problem.path.rpartition("conftest.py")[0].rstrip("/\\") or None  # of a plugin: the whole project
    others = (each for each in problem.project.sources.python_files(folder) if each != problem.path)
    return any(any(True for _ in _users(problem, each, wide)) for each in others)


def _scope(decorator: cst.Decorator) -> cst.Arg | None:
    call = decorator.decorator
    if not isinstance(call, cst.Call) or not dotted(call.func).endswith("fixture"):
        return None
    return next((each for each in call.args if each.keyword is not None and each.keyword.value == "scope"), None)


def _narrowed(decorator: cst.Decorator) -> cst.Decorator:
    """Without the argument; without the brackets, when it was the only one."""
    call = decorator.decorator
    assert isinstance(call, cst.Call)
    rest = [each for each in call.args if each is not _scope(decorator)]
    if not rest:
        return decorator.with_changes(decorator=call.func)
    if call.args[-1] is _scope(decorator):
        rest[-1] = rest[-1].with_changes(comma=call.args[-1].comma)
    return decorator.with_changes(decorator=call.with_changes(args=rest))
