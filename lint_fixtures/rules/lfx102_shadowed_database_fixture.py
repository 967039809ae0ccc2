"""A conftest in a sub-folder replaces the session, connection, engine or client of a conftest above it.

Nested conftest files exist to adapt fixtures, but this one does not build on the shared fixture: it makes another. The
tests in the sub-folder then write to another database, or to the same one without the rollback that all others rely on,
and their rows turn up in tests that have nothing to do with them. Which is which depends on the folder a test lies in.

Not reported: a fixture that requests its own name, one that hands out something else (a mock), one that undoes its own
changes on the shared engine or connection, and a client that stands on the shared session.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project, kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.isolation import undoes
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.values import DATABASE_ROLES
from lint_fixtures.rule import Rule

_LOSS = {
    kinds.ENGINE: "tests below this folder run on another engine than the rest of the suite",
    kinds.CONNECTION: "tests below this folder run without that connection's transaction and rollback",
    kinds.SESSION: "tests below this folder run without that session's set-up and rollback",
    kinds.CLIENT: "requests of the tests below this folder do not go through that client's session",
}


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    if not project.is_conftest(path):
        return
    for fixture, node in project.own_fixtures(path):
        shared = _hidden(project, fixture, node)
        role = project.values.role(shared, project.node_of(shared)) if shared else kinds.UNKNOWN
        if shared is None or role not in DATABASE_ROLES or project.values.role(fixture, node) != role:
            continue
        if not _stands_on_the_same(project, fixture, shared, node):
            yield (
                fixture.location,
                f"'{fixture.name}' hides the fixture of {project.where(shared.location)}: {_LOSS[role]}",
            )


def _hidden(project: Project, fixture: Fixture, node: Node) -> Fixture | None:
    """The definition of another file that this one takes the place of."""
    found = project.resolution.definitions(fixture.name, node)
    outer = [each for each in found if each.module is not fixture.module]
    is_used = found and found[-1].function is fixture.function
    extends = fixture.name in fixture.requests or fixture.name in _dynamic(project, fixture)
    return outer[-1] if outer and is_used and fixture.certain and outer[-1].certain and not extends else None


def _stands_on_the_same(project: Project, fixture: Fixture, shared: Fixture, node: Node) -> bool:
    """Whether both are built from the same database fixtures, and the nearer one needs or brings its own rollback."""
    mine = _below(project, fixture, node)
    theirs = _below(project, shared, project.node_of(shared))
    sessions = {each for each, role in theirs.items() if role == kinds.SESSION}
    if sessions & mine.keys():
        return True
    return bool(theirs.keys() & mine.keys()) and (undoes(project, fixture) or not undoes(project, shared))


def _below(project: Project, fixture: Fixture, node: Node) -> dict[Fixture, str]:
    """The database fixtures that one is built from, with their roles."""
    names = (*fixture.requests, *_dynamic(project, fixture))
    closure = project.resolution.node_closure(node, tuple(name for name in names if name != fixture.name))
    roles = {each: project.values.role(each, node) for each in closure.fixtures() if each is not fixture}
    return {each: role for each, role in roles.items() if role in DATABASE_ROLES}


def _dynamic(project: Project, fixture: Fixture) -> tuple[str, ...]:
    return project.fixtures.dynamic_requests(fixture.module, fixture.function)[0]


RULE = Rule(
    code="LFX102",
    name="shadowed-database-fixture",
    why=__doc__ or "",
    check=check,
    mend="""Request the shared fixture by its own name and build on it, or give the fixture of the other database a name
of its own, so that a test says which one it wants.""",
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
# file: tests/reports/conftest.py
import pytest
from sqlalchemy.orm import Session


@pytest.fixture
def db_session(engine):  # LFX102
    with Session(engine) as session:
        yield session
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
# file: tests/reports/conftest.py
import pytest


@pytest.fixture
def db_session(db_session):
    db_session.info["tenant"] = "reports"
    return db_session


@pytest.fixture
def currency():
    return "USD"
# file: tests/unit/conftest.py
from unittest.mock import Mock

import pytest


@pytest.fixture
def db_session():
    return Mock()
""",
)
