"""A test uses a client and a session, and the application behind the client works on another database.

Requests write to the database that the application was made with, the one of development as often as not, and the test
looks for the rows in its own: it fails, or it passes because it checks too little, and nothing ever cleans up.

The client may come from a fixture or be built at import. Reported only where both engines are told and differ whatever
the environment says: the session of the test is on SQLite in memory, or both URLs are literal. A suite that overrides
or patches anything of the kind, or makes its app with a factory, is left alone. Off until selected: too few suites have
shown it so far to say how often it is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Call, Expr
from lint_fixtures.facts import Location
from lint_fixtures.frozen import frozen
from lint_fixtures.index import Project, kinds
from lint_fixtures.index.engines import Engine, handed_engine
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.names import ValueRef
from lint_fixtures.index.nodes import Node, Test
from lint_fixtures.index.rewiring import may_be_rewired
from lint_fixtures.index.uses import uses_in
from lint_fixtures.index.values import Scope, outcomes
from lint_fixtures.index.wiring import app_of_client, session_engines
from lint_fixtures.rule import Rule


@frozen
class _Client:
    """What a test sends its requests with: what a fixture hands out, or a global of the module."""

    name: str
    made: Expr
    scope: Scope


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    tests = [test for test in project.tests(path) if test.module.path == path and test.function.params]
    used = [(test, pair) for test in tests if (pair := _used(project, test)) is not None]
    if not used or may_be_rewired(project, path):
        return
    told = {pair: _told(project, test.node, *pair) for test, pair in used}
    for test, pair in used:
        closure = project.resolution.closure(test)
        modules = {each.module for each in closure.fixtures()}
        message = told[pair]
        if message is not None and not closure.opaque and not may_be_rewired(project, path, modules):
            yield test.location, message


def _used(project: Project, test: Test) -> tuple[_Client, Fixture] | None:
    """The client that the test uses, and the session that it, or a fixture it requests, uses too."""
    client, session = None, None
    for param in test.function.params:
        definitions = project.resolution.definitions(param.name, test.node)
        if not definitions or param.default is not None or not definitions[-1].certain:
            continue
        fixture = definitions[-1]
        role = project.values.role(fixture, test.node)
        if role not in {kinds.CLIENT, kinds.SESSION}:
            session = session or _written(project, fixture, test.node)
        elif any(uses_in(test.function, frozenset({param.name}))):
            if role == kinds.CLIENT:
                client = client or _handed(fixture, test.node)
            else:
                session = session or fixture
    client = client or (_global(project, test) if session else None)
    return (client, session) if client and session else None


def _handed(fixture: Fixture, node: Node) -> _Client | None:
    handed = outcomes(fixture.function)
    scope = Scope(fixture.module, fixture.function, node, fixture)
    return _Client(fixture.name, handed[0], scope) if len(handed) == 1 else None


def _global(project: Project, test: Test) -> _Client | None:
    """A client that is built when the test module, or one that it imports from, is imported."""
    local = project.names.local_names(test.function)
    heads = {call.dotted.partition(".")[0] for call in test.function.body.calls} - local
    for name in sorted(heads):
        target = project.names.resolve(test.module, name, test.function) if name else None
        if isinstance(target, ValueRef) and isinstance(target.value, Call):
            scope = Scope(target.module)
            if project.values.kind(target.value, scope) == kinds.CLIENT:
                return _Client(name, target.value, scope)
    return None


def _written(project: Project, fixture: Fixture, node: Node) -> Fixture | None:
    """The session that a fixture adds rows to."""
    called = {call.dotted for call in fixture.function.body.calls}
    for name in fixture.requests:
        if called.isdisjoint({f"{name}.add", f"{name}.add_all", f"{name}.commit"}):
            continue
        session = project.resolution.requested(fixture, name, node)
        if session is not None and session.certain and project.values.role(session, node) == kinds.SESSION:
            return session
    return None


def _told(project: Project, node: Node, client: _Client, session: Fixture) -> str | None:
    mine = handed_engine(project, Scope(session.module, session.function, node, session))
    if mine is None or mine.url(project) is None:
        return None
    app = app_of_client(project, client.made, client.scope)
    engines = session_engines(project, app) if app is not None else None
    if not engines or not all(mine.is_other_than(theirs, project) for theirs in engines.values()):
        return None
    name, theirs = next(iter(engines.items()))
    places = (_place(project, mine), _place(project, theirs))
    return (
        f"'{session.name}' is on the database of {places[0]}, and '{client.name}' on that of {places[1]}: nothing "
        f"overrides {name}, so the test and its requests do not see each other's rows"
    )


def _place(project: Project, engine: Engine) -> str:
    return project.where(Location(engine.scope.module.path, engine.call.line, engine.call.col))


_SHOP = """
# file: shop/database.py
import os

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, sessionmaker

engine = create_engine(os.environ["DATABASE_URL"])
SessionLocal = sessionmaker(bind=engine)


class Base(DeclarativeBase):
    pass


def get_db():
    with SessionLocal() as session:
        yield session
# file: shop/main.py
from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.orm import Session

from shop.database import get_db

app = FastAPI()


@app.get("/orders")
def orders(db: Session = Depends(get_db)):
    return db.execute(text("SELECT id FROM orders")).scalars().all()
"""
_TEST = """
# file: tests/test_orders.py
from sqlalchemy import text


def test_orders(client, db_session):{mark}
    db_session.execute(text("INSERT INTO orders VALUES (1)"))
    assert client.get("/orders").json() == [1]
"""
_SESSION = """
# file: tests/conftest.py
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from shop.database import Base, get_db
from shop.main import app


@pytest.fixture
def db_session():
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
"""

RULE = Rule(
    code="LFX404",
    name="unwired-client",
    why=__doc__ or "",
    check=check,
    extended=True,
    mend="""Let the client hand the session of the test to the application:
`app.dependency_overrides[get_db] = lambda: db_session`, taken out again after the `yield`.""",
    bad=_SHOP
    + _SESSION
    + """

@pytest.fixture
def client():
    with TestClient(app) as client:
        yield client
"""
    + _TEST.format(mark="  # LFX404"),
    good=_SHOP
    + _SESSION
    + """

@pytest.fixture
def client(db_session):
    app.dependency_overrides[get_db] = lambda: db_session
    with TestClient(app) as client:
        yield client
    app.dependency_overrides.pop(get_db)
"""
    + _TEST.format(mark=""),
)
