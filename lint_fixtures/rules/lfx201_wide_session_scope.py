"""A database session that lives longer than one test.

A session keeps what one test did: pending rows, objects in its identity map, and a transaction that an error has
broken. With class, module, package or session scope all of that is where the next test starts; one failing flush turns
every later test red with "This Session's transaction has been rolled back".

Engines and session factories may live long. A wide session is fine too where a function-scoped fixture wraps each test
in a transaction or savepoint that it rolls back.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Call, Expr, Name, Stmt, With
from lint_fixtures.facts import Location
from lint_fixtures.index import Project, kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.isolation import is_reset_for_each_test
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.unpacked import hands_out_session
from lint_fixtures.index.values import Scope, assigned, outcomes
from lint_fixtures.rule import Rule

_OPENING = frozenset({"get_session", "get_db_session", "new_session", "open_session", "session_scope"})


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for fixture, node in project.own_fixtures(path):
        if fixture.scope in {None, "function"} or not _hands_out_session(project, fixture, node):
            continue
        if not is_reset_for_each_test(project, fixture, node):
            message = f"'{fixture.name}' is one session for every test of its {fixture.scope}"
            yield (
                fixture.location,
                f"{message}: pending rows and a broken transaction of one test are the start of the next",
            )


def _hands_out_session(project: Project, fixture: Fixture, node: Node) -> bool:
    """By what its body or annotation says; a name alone is not enough for a claim about a scope."""
    scope = Scope(fixture.module, fixture.function, node, fixture)
    found = project.values.result(scope, 0)
    if found == kinds.SESSION or hands_out_session(project, scope):
        return True
    named = "db" in fixture.name and fixture.name in project.settings.session_names
    return named and found == kinds.UNKNOWN and _enters_session(fixture)


def _enters_session(fixture: Fixture) -> bool:
    """Whether all that it hands out comes from ``with ....get_session() as``, whoever's method that is."""
    made = [
        assigned(value.dotted, fixture.function) if isinstance(value, Name) else (value,)
        for value in outcomes(fixture.function)
    ]
    calls = [one for each in made for one in each]
    entered = [context for one, _ in flatten(fixture.function.body.statements) for context in _contexts(one)]
    return bool(calls) and all(
        isinstance(one, Call) and one in entered and one.dotted.rpartition(".")[2] in _OPENING for one in calls
    )


def _contexts(statement: Stmt) -> list[Expr]:
    return [context for context, _ in statement.items] if isinstance(statement, With) else []


RULE = Rule(
    code="LFX201",
    name="wide-session-scope",
    why=__doc__ or "",
    check=check,
    mend="""Keep the engine wide and make the session function-scoped: a connection, an outer transaction,
`Session(connection, join_transaction_mode="create_savepoint")`, and a rollback on the way out.""",
    bad="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine("postgresql:///shop_test")
maker = sessionmaker(engine)


@pytest.fixture(scope="session")
def db_session():  # LFX201
    with Session(engine) as session:
        yield session


@pytest.fixture(scope="module")
def reports():  # LFX201
    session = maker()
    yield session
    session.close()
""",
    good="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker


@pytest.fixture(scope="session")
def engine():
    return create_engine("postgresql:///shop_test")


@pytest.fixture(scope="session")
def session_factory(engine):
    return sessionmaker(engine)


@pytest.fixture
def db_session(engine):
    connection = engine.connect()
    transaction = connection.begin()
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session
    transaction.rollback()
    connection.close()


@pytest.fixture(scope="session")
def shared_session(engine):
    with Session(engine) as session:
        yield session


@pytest.fixture(autouse=True)
def undo(shared_session):
    yield
    shared_session.rollback()
""",
)
