"""A test uses a client and a session, and the application behind the client works on another database.

Requests write to the database that the application was made with, the one of development as often as not, and the test
looks for the rows in its own: it fails, or it passes because it checks too little, and nothing ever cleans up.

Reported only where both engines are told and differ whatever the environment says: the session of the test is on SQLite
in memory, or both URLs are literal. A suite that overrides or patches anything of the kind, or makes its app with a
factory, is left alone. Off until selected: too few suites have shown it so far to say how often it is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project, kinds
from lint_fixtures.index.engines import Engine, handed_engine
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import Module
from lint_fixtures.index.nodes import Node, Test
from lint_fixtures.index.rewiring import may_be_rewired
from lint_fixtures.index.uses import uses_in
from lint_fixtures.index.values import Scope, outcomes
from lint_fixtures.index.wiring import app_of_client, session_engines
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    tests = [test for test in project.tests(path) if test.module.path == path and len(test.function.params) > 1]
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


def _used(project: Project, test: Test) -> tuple[Fixture, Fixture] | None:
    """The client that the test uses, and the session that it, or a fixture it requests, uses too."""
    found: dict[str, Fixture] = {}
    for param in test.function.params:
        definitions = project.resolution.definitions(param.name, test.node)
        if not definitions or param.default is not None or not definitions[-1].certain:
            continue
        role = project.values.role(definitions[-1], test.node)
        if role in {kinds.CLIENT, kinds.SESSION}:
            if any(uses_in(test.function, frozenset({param.name}))):
                found.setdefault(role, definitions[-1])
            continue
        session = _written(project, definitions[-1], test.node)
        if session is not None:
            found.setdefault(kinds.SESSION, session)
    return (found[kinds.CLIENT], found[kinds.SESSION]) if len(found) == 2 else None


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


def _told(project: Project, node: Node, client: Fixture, session: Fixture) -> str | None:
    mine = handed_engine(project, Scope(session.module, session.function, node, session))
    if mine is None or mine.url(project) is None:
        return None
    app = _app(project, node, client)
    engines = session_engines(project, app) if app is not None else None
    if not engines or not all(mine.is_other_than(theirs, project) for theirs in engines.values()):
        return None
    name, theirs = next(iter(engines.items()))
    places = (_place(project, mine), _place(project, theirs))
    return (
        f"'{session.name}' is on the database of {places[0]}, and '{client.name}' on that of {places[1]}: nothing "
        f"overrides {name}, so the test and its requests do not see each other's rows"
    )


def _app(project: Project, node: Node, client: Fixture) -> Module | None:
    handed = outcomes(client.function)
    if len(handed) != 1:
        return None
    return app_of_client(project, handed[0], Scope(client.module, client.function, node, client))


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
