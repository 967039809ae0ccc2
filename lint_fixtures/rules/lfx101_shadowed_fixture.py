"""A fixture in a test module or class that has the name of a shared one takes its place for every test there.

pytest looks from the test outwards and takes the first definition. The tests beside the local fixture silently leave
the shared one: its rollback, its clean-up and every later fix in the conftest no longer reach them. They pass alone and
leave rows for the others.

Reported where they lose a session, connection, engine or client of the shared one, and where the local fixture is a
copy that calls mostly the same. Not reported: a fixture that requests its own name (it extends the shared one), one
that configures an installed plugin, one that replaces a shared fixture which only returns a literal or only raises
(that is there to be replaced), and a stand-in that does without what the shared one needs: an empty body, a mock, a
plain object that nothing saves.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Call, Const, Do, Expr, Jump, Map, Name, Op, Raise, Seq, Stmt
from lint_fixtures.facts import Location
from lint_fixtures.index import Project, kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.plugin_fixtures import CONFIGURATION
from lint_fixtures.index.values import DATABASE_ROLES, outcomes
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    if project.is_conftest(path) or not project.is_test_module(path):
        return
    for fixture, node in project.own_fixtures(path):
        if fixture.name in fixture.requests or fixture.name in CONFIGURATION or not fixture.certain:
            continue
        shared = [each for each in project.resolution.definitions(fixture.name, node) if each.module.path != path]
        if (
            shared
            and shared[-1].certain
            and not _extends(project, fixture, shared[-1], node)
            and not _is_open(shared[-1])
            and _matters(project, fixture, shared[-1], node)
        ):
            where = project.where(shared[-1].location)
            role = project.values.role(shared[-1], node)
            lost = role in DATABASE_ROLES and not _rolls_back(project, fixture, node)
            loss = "without its set-up and rollback" if lost else "without it and its later fixes"
            yield fixture.location, f"'{fixture.name}' hides the fixture of {where}, so these tests run {loss}"


def _extends(project: Project, fixture: Fixture, shared: Fixture, node: Node) -> bool:
    """Whether the shared one still runs: requested by its name in the body, or through another fixture."""
    _, opaque = project.fixtures.dynamic_requests(fixture.module, fixture.function)
    return opaque or project.resolution.node_closure(node, (fixture.name,)).runs(shared)


def _matters(project: Project, fixture: Fixture, shared: Fixture, node: Node) -> bool:
    """Whether these tests lose a database fixture, or use a copy: the rest is something else under the same name."""
    from lint_fixtures.index.inert import is_copy, is_inert  # hardly any file gets here

    if is_inert(project, fixture, node) and not is_inert(project, shared, node):
        return False
    kept = _database_fixtures(project, fixture, node)
    return not _database_fixtures(project, shared, node) <= kept or is_copy(fixture, shared)


def _database_fixtures(project: Project, fixture: Fixture, node: Node) -> set[Fixture]:
    """The sessions, connections, engines and clients that a fixture is or works with."""
    closure = project.resolution.node_closure(node, tuple(fixture.requests)).fixtures()
    found = {each for each in closure if project.values.role(each, node) in DATABASE_ROLES}
    return found | ({fixture} if project.values.role(fixture, node) in DATABASE_ROLES else set())


def _rolls_back(project: Project, fixture: Fixture, node: Node) -> bool:
    """Whether a fixture works with a session or connection whose fixture rolls back."""
    closure = project.resolution.node_closure(node, tuple(fixture.requests)).fixtures()
    held = (each for each in closure if project.values.role(each, node) in {kinds.SESSION, kinds.CONNECTION})
    return any(each.function.body.may_mention("rollback") for each in held)


def _is_open(shared: Fixture) -> bool:
    """Whether the shared fixture is there to be replaced: it does nothing, skips, raises or returns a literal."""
    results = outcomes(shared.function)
    statements = [each for each in shared.function.body.statements if not isinstance(each, Jump)]
    ends = [each for each in statements if isinstance(each, Raise) or _skips(each)]
    only_ends = len(ends) == len(statements) and not results
    return only_ends or (bool(results) and len(statements) == 1 and all(map(_is_literal, results)))


def _skips(statement: Stmt) -> bool:
    return (
        isinstance(statement, Do)
        and isinstance(statement.value, Call)
        and statement.value.dotted in {"pytest.skip", "pytest.fail", "skip", "fail"}
    )


def _is_literal(expr: Expr) -> bool:
    match expr:
        case Const() | Call(func=Name(dotted="dict" | "list" | "set" | "tuple"), args=(), keywords=()):
            return True
        case Op(kind="USub", parts=(Const(),)):
            return True
        case Seq(items=items):
            return all(map(_is_literal, items))
        case Map(items=pairs):
            return all(key is not None and _is_literal(key) and _is_literal(value) for key, value in pairs)
    return False


RULE = Rule(
    code="LFX101",
    name="shadowed-fixture",
    why=__doc__ or "",
    check=check,
    mend="""Delete the local fixture and use the shared one. If these tests need more, request the shared fixture by its
own name and build on it; if they need something else, give it another name.""",
    bad="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture(scope="session")
def engine():
    return create_engine("postgresql:///shop_test")


@pytest.fixture
def db_session(engine):
    connection = engine.connect()
    transaction = connection.begin()
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session
    transaction.rollback()
    connection.close()
# file: tests/test_orders.py
import pytest
from sqlalchemy.orm import Session


@pytest.fixture
def db_session(engine):  # LFX101
    with Session(engine) as session:
        yield session


def test_order(db_session):
    assert db_session.is_active
""",
    good="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture(scope="session")
def engine():
    return create_engine("postgresql:///shop_test")


@pytest.fixture
def db_session(engine):
    connection = engine.connect()
    transaction = connection.begin()
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session
    transaction.rollback()
    connection.close()


@pytest.fixture
def currency():
    return "EUR"
# file: tests/test_orders.py
import pytest


@pytest.fixture
def db_session(db_session):
    db_session.info["tenant"] = "shop"
    return db_session


@pytest.fixture
def currency():
    return "USD"


class TestTenant:
    def test_order(self, db_session, currency):
        assert db_session.info["tenant"] == "shop"
""",
)
