"""Rows that a fixture has the application make: a request whose answer it expects to be 201, "created"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assert, Assign, Await, Call, Const, Expr, Name, Op, walk
from lint_fixtures.facts import Function
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.names import FunctionRef
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.overrides import Overrides
from lint_fixtures.index.unpacked import hands_out_session
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DATABASE = frozenset({kinds.ENGINE, kinds.CONNECTION, kinds.SESSION})


def creates_by_request(project: Project, scope: Scope, until: int) -> bool:
    """Whether a function posts through a test client, above the line ``until``, and asserts that this created
    something."""
    assert scope.function is not None
    if not scope.function.body.may_mention("post"):
        return False
    created = set(_created(scope.function))
    return any(
        call.line < until and not created.isdisjoint(names) and _is_posted(project, call, scope)
        for names, call in _answers(scope.function)
    )


def has_database(project: Project, fixture: Fixture, node: Node) -> bool:
    """Whether what it is built on has an engine, a connection or a session, or wires one into the application."""
    closure = project.resolution.node_closure(node, (fixture.name,))
    return any(
        project.values.role(each, node) in _DATABASE or _wires_session(project, each) for each in closure.fixtures()
    )


def _is_posted(project: Project, call: Call, scope: Scope) -> bool:
    client, _, method = call.dotted.rpartition(".")
    return method == "post" and bool(client) and project.values.kind(Name(client), scope) == kinds.CLIENT


def _answers(function: Function) -> Iterator[tuple[set[str], Call]]:
    """The names that calls are kept under."""
    for statement, _ in flatten(function.body.statements):
        if isinstance(statement, Assign) and statement.value is not None:
            value = statement.value.value if isinstance(statement.value, Await) else statement.value
            if isinstance(value, Call):
                yield {target.dotted for target in statement.targets if isinstance(target, Name)}, value


def _created(function: Function) -> Iterator[str]:
    """The names of answers of which 201 is asserted."""
    for statement, _ in flatten(function.body.statements):
        if isinstance(statement, Assert):
            for node in walk(statement.test):
                if isinstance(node, Op) and node.kind == "Eq" and any(map(_is_201, node.parts)):
                    yield from (_holder(part) for part in node.parts)


def _is_201(expr: Expr) -> bool:
    return expr == Const(201) or (isinstance(expr, Name) and expr.dotted.endswith(("HTTP_201_CREATED", ".CREATED")))


def _holder(expr: Expr) -> str:
    holder, _, attribute = expr.dotted.rpartition(".") if isinstance(expr, Name) else ("", "", "")
    return holder if attribute == "status_code" else ""


def _wires_session(project: Project, fixture: Fixture) -> bool:
    """Whether it sets a dependency override that hands out a session."""
    if not fixture.function.body.may_mention("dependency_overrides"):
        return False
    for override in Overrides(fixture.function.body.statements).sets():
        provider = (
            project.names.resolve_expr(fixture.module, override.value, fixture.function) if override.value else None
        )
        if isinstance(provider, FunctionRef):
            scope = Scope(provider.module, provider.function)
            if project.values.result(scope, 0) == kinds.SESSION or hands_out_session(project, scope):
                return True
    return False
