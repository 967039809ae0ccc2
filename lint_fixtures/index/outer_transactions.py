"""Fixtures that wrap a test in a transaction to roll it back, and whether that holds when the test commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Await, Call, Const, Expr, Name, With, walk
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.opened import binds, makers, opens
from lint_fixtures.index.reach import Reach
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_ONLY_IN_2 = frozenset(
    {"DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass", "mapped_column", "async_sessionmaker"}
)


@frozen
class _Recipe:
    session: str
    kind: str  # of what the session is bound to
    mode: str | None  # join_transaction_mode, None when it is not given
    future: bool  # SQLAlchemy 2 or the future mode of 1.4, for sure


def escape(project: Project, fixture: Fixture, node: Node) -> str | None:
    """How rows get out of the fixture's outer transaction; None where they do not, or where it cannot be told."""
    recipe = _recipe(project, Scope(fixture.module, fixture.function, node, fixture))
    if recipe is None:
        return None
    called = _calls(project, fixture, node)
    if "rollback" not in {method for _, method in called}:
        return None
    nested = (recipe.session, "begin_nested") in called or _begins_itself(fixture.function, recipe.session)
    listens = not {"listens_for", "listen"}.isdisjoint(method for _, method in called)
    if recipe.kind == kinds.ENGINE:
        return _of_engine(recipe, nested, listens)
    begun = any(method == "begin" and holder != recipe.session for holder, method in called)
    on_connection = any(method == "begin_nested" and holder != recipe.session for holder, method in called)
    if not begun or on_connection or recipe.mode == "create_savepoint":
        return None
    if recipe.mode == "control_fully":
        return "join_transaction_mode='control_fully' lets the session commit the outer transaction itself"
    if recipe.mode is None and not recipe.future:
        return None
    if nested and listens:
        return "a listener that begins the session's savepoint anew loses it at the first rollback"
    return "the first rollback in a test ends the outer transaction, and what it commits after that stays"


def _of_engine(recipe: _Recipe, nested: bool, listens: bool) -> str | None:
    if not nested or (listens and not recipe.future):
        return None
    return "its session is bound to the engine, so what a test commits is not rolled back"


def _begins_itself(function: Function, session: str) -> bool:
    """``transaction = session.begin()`` with ``transaction.rollback()``: a commit in the test ends it as well."""
    begun = {name for name, call in _made(function) if call.dotted == f"{session}.begin"}
    return any(call.dotted.removesuffix(".rollback") in begun for call in function.body.calls)


def _recipe(project: Project, scope: Scope) -> _Recipe | None:
    """The one session that the fixture makes, with all about it told."""
    found = [(name, call) for name, call in _made(scope.function) if opens(project, call, scope)]
    sessions = [(name, call) for name, call in found if project.values.kind(call, scope) == kinds.SESSION]
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
    return _Recipe(name, bound.pop(), told[0] if told else None, future or _is_version_2(project, scope))


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


def _calls(project: Project, fixture: Fixture, node: Node) -> set[tuple[str, str]]:
    """(holder, method) of every call in the fixture, in functions inside it, and in the fixtures that it requests."""
    functions: list[Function] = []
    for each in (fixture, *project.resolution.node_closure(node, fixture.requests).fixtures()):
        inside = f"{each.function.qualname}."
        functions += [each.function, *(one for one in each.module.facts.functions if one.qualname.startswith(inside))]
    found: set[tuple[str, str]] = set()
    for function in functions:
        exprs = (function.body.statements, *((decorator,) for decorator in function.decorators))
        dotted = (one.dotted for expr in exprs for one in walk(expr) if isinstance(one, Call) and one.dotted)
        found |= {(holder, method) for holder, _, method in (name.rpartition(".") for name in dotted)}
    return found


def _is_version_2(project: Project, scope: Scope) -> bool:
    """Whether the code that the fixture's file imports cannot run with SQLAlchemy 1.4."""
    return any(
        item.module.startswith("sqlalchemy.") and item.attribute in _ONLY_IN_2 and not item.branch
        for module in Reach(project.modules).from_module(scope.module)
        for item in module.facts.imports
    )
