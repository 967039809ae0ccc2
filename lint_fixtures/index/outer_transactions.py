"""Fixtures that wrap a test in a transaction to roll it back, and whether that holds when the test commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Await, Call, Const, Expr, If, Name, Stmt, With, walk
from lint_fixtures.facts import Body, Function
from lint_fixtures.frozen import frozen, replace
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.nesting import nested
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.opened import binds, makers, opens
from lint_fixtures.index.reach import Reach
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_ONLY_IN_2 = frozenset(
    {"DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass", "mapped_column", "async_sessionmaker"}
)
_ARMS = 4  # how many `if` inside each other are told apart


@frozen
class _Recipe:
    session: str
    kind: str  # of what the session is bound to
    mode: str | None  # join_transaction_mode, None when it is not given
    future: Callable[[], bool]  # SQLAlchemy 2 or the future mode of 1.4, for sure: reads all that the file imports


def escape(project: Project, fixture: Fixture, node: Node) -> str | None:
    """How rows get out of the fixture's outer transaction; None where they do not, or where it cannot be told."""
    scope = Scope(fixture.module, fixture.function, node, fixture)
    found = (_escape(project, each) for each in _alternatives(project, scope, _ARMS))
    return next((how for how in found if how is not None), None)


def _alternatives(project: Project, scope: Scope, depth: int) -> Iterator[Scope]:
    """The function as it is, or where it makes a session in each arm of an ``if``, once for each arm."""
    assert scope.function is not None
    block = scope.function.body.statements
    split = next((each for each in block if isinstance(each, If) and _makes_session(project, scope, each)), None)
    if split is None or not depth or len(_sessions(project, scope)) < 2:
        yield scope
        return
    at = block.index(split)
    for arm in (split.body, split.orelse):
        body = Body(partial(tuple, (*block[:at], *arm, *block[at + 1 :])))
        yield from _alternatives(project, replace(scope, function=replace(scope.function, body=body)), depth - 1)


def _makes_session(project: Project, scope: Scope, statement: If) -> bool:
    calls = set(_calls_in((statement,)))
    return any(call in calls for _, call in _sessions(project, scope))


def _escape(project: Project, scope: Scope) -> str | None:
    assert scope.function is not None
    recipe = _recipe(project, scope)
    called = _calls(project, scope) if recipe is not None else set()
    if recipe is None or "rollback" not in {method for _, method in called}:
        return None
    saved = (recipe.session, "begin_nested") in called or _begins_itself(scope.function, recipe.session)
    listens = not {"listens_for", "listen"}.isdisjoint(method for _, method in called)
    if recipe.kind == kinds.ENGINE:
        return _of_engine(recipe, saved, listens)
    begun = any(method == "begin" and holder != recipe.session for holder, method in called)
    on_connection = any(method == "begin_nested" and holder != recipe.session for holder, method in called)
    if not begun or on_connection or recipe.mode == "create_savepoint":
        return None
    if recipe.mode == "control_fully":
        return "join_transaction_mode='control_fully' lets the session commit the outer transaction itself"
    if recipe.mode is None and not recipe.future():
        return None
    if saved and listens:
        return "a listener that begins the session's savepoint anew loses it at the first rollback"
    return "the first rollback in a test ends the outer transaction, and what it commits after that stays"


def _of_engine(recipe: _Recipe, nested: bool, listens: bool) -> str | None:
    if not nested or (listens and not recipe.future()):
        return None
    return "its session is bound to the engine, so what a test commits is not rolled back"


def _begins_itself(function: Function, session: str) -> bool:
    """``transaction = session.begin()`` with ``transaction.rollback()``: a commit in the test ends it as well."""
    begun = {name for name, call in _made(function) if call.dotted == f"{session}.begin"}
    return any(call.dotted.removesuffix(".rollback") in begun for call in function.body.calls)


def _recipe(project: Project, scope: Scope) -> _Recipe | None:
    """The one session that the fixture makes, with all about it told."""
    sessions = _sessions(project, scope)
    if len(sessions) != 1:
        return None
    name, call = sessions[0]
    calls = makers(project, call, scope)
    if any(key is None for each, _ in calls for key, _ in each.keywords):
        return None
    bound = {project.values.kind(bind, where) for bind, where in binds(calls)} & {kinds.ENGINE, kinds.CONNECTION}
    modes = [mode for each, _ in calls if (mode := each.keyword("join_transaction_mode")) is not None]
    told = [mode.value for mode in modes if isinstance(mode, Const) and isinstance(mode.value, str)]
    if len(bound) != 1 or len(told) != len(modes):
        return None
    future = bool(modes) or any(each.keyword("future") == Const(True) for each, _ in calls)
    return _Recipe(name, bound.pop(), told[0] if told else None, lambda: future or _is_version_2(project, scope))


def _sessions(project: Project, scope: Scope) -> list[tuple[str, Call]]:
    """The sessions that a function opens, by name."""
    found = [(name, call) for name, call in _made(scope.function) if opens(project, call, scope)]
    return [(name, call) for name, call in found if project.values.kind(call, scope) == kinds.SESSION]


def _made(function: Function | None) -> list[tuple[str, Call]]:
    """What a function gives a name by a call, with ``=`` or ``with ... as``."""
    found: list[tuple[Expr | None, Expr | None]] = []
    for statement, _ in flatten(function.body.statements) if function else ():
        if isinstance(statement, Assign):
            found += [(target, statement.value) for target in statement.targets]
        elif isinstance(statement, With):
            found += [(target, context) for context, target in statement.items]
    plain = ((target, value.value if isinstance(value, Await) else value) for target, value in found)
    return [(target.dotted, value) for target, value in plain if isinstance(target, Name) and isinstance(value, Call)]


def _calls(project: Project, scope: Scope) -> set[tuple[str, str]]:
    """(holder, method) of every call in the fixture, in functions inside it, and in the fixtures that it requests."""
    assert scope.function is not None
    assert scope.fixture is not None
    assert scope.node is not None
    requested = project.resolution.node_closure(scope.node, scope.fixture.requests).fixtures()
    functions: list[Function] = []
    for module, one in ((scope.module, scope.function), *((each.module, each.function) for each in requested)):
        functions += [one, *nested(module, one)]
    found: set[tuple[str, str]] = set()
    for function in functions:
        dotted = (one.dotted for one in _calls_in((*function.body.statements, *function.decorators)) if one.dotted)
        found |= {(holder, method) for holder, _, method in (name.rpartition(".") for name in dotted)}
    return found


def _calls_in(nodes: tuple[Stmt | Expr, ...]) -> Iterator[Call]:
    return (one for one in walk(nodes) if isinstance(one, Call))


def _is_version_2(project: Project, scope: Scope) -> bool:
    """Whether the code that the fixture's file imports cannot run with SQLAlchemy 1.4."""
    return any(
        item.module.startswith("sqlalchemy.") and item.attribute in _ONLY_IN_2 and not item.branch
        for module in Reach(project.modules).from_module(scope.module)
        for item in module.facts.imports
    )
