"""What a wide fixture leaves for all tests of its scope: committed rows, and sessions that requests go through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Call, Const, Expr, Lambda, Name, Stmt, With, Yield, walk
from lint_fixtures.facts import Function
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.isolation import each_test, is_reset_for_each_test, truncates, undoes
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.names import FunctionRef
from lint_fixtures.index.nesting import nested
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.overrides import Overrides
from lint_fixtures.index.posted_rows import creates_by_request, has_database
from lint_fixtures.index.rows import ADD_MANY, ADD_ONE, Row
from lint_fixtures.index.uses import own as own_expressions
from lint_fixtures.index.values import Scope, outcomes

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_HOLDING = frozenset({kinds.SESSION, kinds.CONNECTION})


def committed_rows(project: Project, fixture: Fixture, node: Node) -> tuple[Row, ...]:
    """The rows that a fixture, or a helper that it calls, adds and commits."""
    return committed(project, Scope(fixture.module, fixture.function, node, fixture))


def committed(project: Project, own: Scope) -> tuple[Row, ...]:
    """The rows that a function, or a helper that it calls, adds and commits."""
    scopes = [own, *_helpers(project, own)]
    rows = tuple(row for scope in scopes for row in project.rows.of(scope))
    return rows if rows and any(_commits(project, scope) for scope in scopes) else ()


def fills_and_commits(project: Project, fixture: Fixture, node: Node) -> bool:
    """Whether its set-up commits what it has put into a session, whatever the models are.

    That is what it adds, INSERT statements, and what services make that it has given the session to.
    """
    own = Scope(fixture.module, fixture.function, node, fixture)
    before = [call for call in fixture.function.body.calls if call.line < _first_yield(own)]
    inner = [Scope(fixture.module, each) for each in nested(fixture.module, fixture.function)]
    if any(_inserts(scope) for scope in (own, *inner)) and any(_commits(project, scope) for scope in (own, *inner)):
        return True
    committed_ones = {call.dotted.removesuffix(".commit") for call in before if call.dotted.endswith(".commit")}
    sessions = {name for name in committed_ones if name and project.values.kind(Name(name), own) == kinds.SESSION}
    return any(_adds(call, name) for call in before for name in sessions) or any(
        _is_given(before, name) and any(map(_makes, before)) for name in sessions
    )


def has_rows_created(project: Project, fixture: Fixture, node: Node) -> bool:
    """Whether it, or a helper that it calls, has the application create something, in a suite with a database."""
    own = Scope(fixture.module, fixture.function, node, fixture)
    scopes = (own, *_helpers(project, own))
    made = any(creates_by_request(project, scope, _first_yield(scope)) for scope in scopes)
    return made and has_database(project, fixture, node)


def _first_yield(scope: Scope) -> int:
    """The line where tests start."""
    statements = flatten(scope.function.body.statements) if scope.function else ()
    return min((one.line for one, _ in statements if _yields(one)), default=10**9)


def _adds(call: Call, session: str) -> bool:
    receiver, _, method = call.dotted.rpartition(".")
    return receiver == session and method in ADD_ONE | ADD_MANY


def _is_given(calls: list[Call], session: str) -> bool:
    given = (value for call in calls for value in (*call.args, *(each for _, each in call.keywords)))
    return Name(session) in given


def _makes(call: Call) -> bool:
    """A method that says that it makes something: ``service.create_order()``, not a class or a plain function."""
    receiver, _, method = call.dotted.rpartition(".")
    return bool(receiver) and method.startswith(("create_", "get_or_create", "insert_", "seed", "populate"))


def _inserts(scope: Scope) -> bool:
    nodes = walk(scope.function.body.statements) if scope.function else ()
    texts = (node.value for node in nodes if isinstance(node, Const))
    return any(isinstance(text, str) and text.lstrip().upper().startswith("INSERT INTO") for text in texts)


def _yields(statement: Stmt) -> bool:
    return any(isinstance(node, Yield) for node in walk(own_expressions(statement)))


def is_isolated(project: Project, fixture: Fixture, node: Node) -> bool:
    """Whether the rows lie in an outer transaction with a savepoint per test, or tables are emptied after each test."""
    if any(other.autouse and truncates(project, other) for other in each_test(project, node)):
        return True
    closure = project.resolution.node_closure(node, (fixture.name,))
    wide = [each for each in closure.fixtures() if each.scope != "function" and _holds(project, each, node)]
    return any(undoes(project, each) and is_reset_for_each_test(project, each, node) for each in wide)


def shared_session(project: Project, client: Fixture, node: Node) -> Fixture | None:
    """The fixture whose one session a wide client talks through; None when there is none or it is reset per test."""
    closure = project.resolution.node_closure(node, (client.name,))
    for fixture in closure.fixtures():
        scope = Scope(fixture.module, fixture.function, node, fixture)
        is_session = fixture is not client and project.values.result(scope, 0) == kinds.SESSION
        if is_session or _closes_over_session(project, scope):
            return None if is_reset_for_each_test(project, fixture, node) else fixture
    return None


def _holds(project: Project, fixture: Fixture, node: Node) -> bool:
    return project.values.role(fixture, node) in _HOLDING


def _helpers(project: Project, scope: Scope) -> Iterator[Scope]:
    assert scope.function is not None
    for call in scope.function.body.calls:
        target = project.names.resolve_expr(scope.module, call.func, scope.function)
        if isinstance(target, FunctionRef) and not project.fixtures.is_fixture(target.module, target.function):
            yield Scope(target.module, target.function)


def _commits(project: Project, scope: Scope) -> bool:
    assert scope.function is not None
    for call in scope.function.body.calls:
        receiver, _, method = call.dotted.rpartition(".")
        if method == "commit" and receiver and _is_open(project, Name(receiver), scope):
            return True
    statements = (statement for statement, _ in flatten(scope.function.body.statements))
    contexts = (context for each in statements if isinstance(each, With) for context, _ in each.items)
    return any(isinstance(context, Call) and context.dotted.endswith(".begin") for context in contexts)


def _is_open(project: Project, expr: Expr, scope: Scope) -> bool:
    return project.rows.is_session(expr, scope) or project.values.kind(expr, scope) == kinds.CONNECTION


def _closes_over_session(project: Project, scope: Scope) -> bool:
    """Whether the function installs a dependency override that hands out a session of its own, always the same."""
    assert scope.function is not None
    for override in Overrides(scope.function.body.statements).sets():
        if any(_is_outer_session(project, expr, scope) for expr in _handed_out(scope, override.value)):
            return True
    return False


def _handed_out(scope: Scope, provider: Expr | None) -> Iterator[Expr]:
    """What a provider gives that is a name of the function around it, not one of its own."""
    match provider:
        case Lambda(params=params, value=Name() as value) if value.dotted not in params:
            yield value
        case Name(dotted=dotted) if scope.function is not None:
            inner = scope.module.functions.get(f"{scope.function.qualname}.{dotted}")
            yield from _outer_names(inner) if inner else ()


def _outer_names(provider: Function) -> Iterator[Expr]:
    own = {param.name for param in provider.params}
    for expr in outcomes(provider):
        if isinstance(expr, Name) and expr.dotted.partition(".")[0] not in own:
            yield expr


def _is_outer_session(project: Project, expr: Expr, scope: Scope) -> bool:
    assert scope.function is not None
    return project.values.kind(expr, scope) == kinds.SESSION
