"""Local fixtures that say word for word what the shared one says: LFX101 and LFX102."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst

from lint_fixtures.body import Name, walk
from lint_fixtures.fixes.imports import without_unused
from lint_fixtures.fixes.problem import Problem
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import UNRESOLVED, ValueRef


def propose(problem: Problem) -> Iterator[cst.Module]:
    found = problem.fixture()
    function = problem.source.function_at(problem.line)
    if found is None or function is None:
        return
    fixture, node = found
    known = problem.project.resolution.definitions(fixture.name, node)
    shared = [each for each in known if each.module is not fixture.module]
    if shared and _same(problem, fixture, shared[-1]):
        yield without_unused(problem.source.without(function), function)


def _same(problem: Problem, one: Fixture, other: Fixture) -> bool:
    """The same text, whose names mean the same things. The scope is part of the decorator, and so of the text."""
    ours, theirs = (_definition(problem, each) for each in (one, other))
    return (
        ours is not None
        and theirs is not None
        and ours == theirs
        and all(_agree(problem, name, one, other) for name in _names(one))
    )


def _definition(problem: Problem, fixture: Fixture) -> str | None:
    """The ``def`` as a tree without positions, annotations and docstring."""
    text = problem.project.sources.read(fixture.module.path)
    try:
        tree = ast.parse(problem.source.module.bytes if fixture.module.path == problem.path else text or b"")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.lineno == fixture.location.line:
            node.returns = None
            if ast.get_docstring(node) is not None:
                del node.body[0]
            for each in ast.walk(node.args):
                if isinstance(each, ast.arg):
                    each.annotation = None
            return ast.dump(node)
    return None


def _names(fixture: Fixture) -> set[str]:
    """What the body and the decorators take from outside."""
    function = fixture.function
    inside = {param.name for param in function.params}
    named = [node for node in walk((*function.body.statements, *function.decorators)) if isinstance(node, Name)]
    return {node.dotted for node in named if node.dotted.partition(".")[0] not in inside}


def _agree(problem: Problem, dotted: str, one: Fixture, other: Fixture) -> bool:
    names = problem.project.names
    if dotted.partition(".")[0] in names.local_names(one.function):
        return True
    found = [names.resolve(each.module, dotted, each.function) for each in (one, other)]
    known = found[0] != UNRESOLVED and not isinstance(found[0], ValueRef)
    return (known and found[0] == found[1]) or _builtin(dotted, one.module, other.module)


def _builtin(dotted: str, *modules: Module) -> bool:
    import builtins

    head = dotted.partition(".")[0]
    return hasattr(builtins, head) and not any(head in module.bindings for module in modules)
