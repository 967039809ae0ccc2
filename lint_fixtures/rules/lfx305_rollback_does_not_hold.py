"""A fixture that rolls an outer transaction back, in a form that does not hold once a test commits or rolls back.

The recipe looks right and works for tests that only flush. Where the code under test commits, the rows escape: they
stay in the database and the next test finds them. Which commit escapes depends on the form. A savepoint begun once on a
session that is bound to the engine is gone with the first commit (with the second in SQLAlchemy 1.4). A session that
joins a connection's transaction in the default mode of SQLAlchemy 2 ends that transaction with its first rollback, and
commits for real from then on.

The form that holds is `Session(connection, join_transaction_mode="create_savepoint")`; on SQLAlchemy 1.4, a listener
that begins a savepoint of the connection anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Assign, With
from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.nesting import nested
from lint_fixtures.index.nodes import Node
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for fixture, node in project.own_fixtures(path):
        if not fixture.certain or not _rolls_back(project, fixture, node):
            continue
        from lint_fixtures.index.outer_transactions import escape  # few fixtures get here

        how = escape(project, fixture, node)
        if how is not None:
            yield fixture.location, f"rows escape the rollback of '{fixture.name}': {how}"


def _rolls_back(project: Project, fixture: Fixture, node: Node) -> bool:
    """Whether a fixture that may make a session speaks of a rollback, itself or in one that it is built on."""
    if not any(isinstance(each, (Assign, With)) for each in fixture.function.body.nodes):
        return False
    closure = project.resolution.node_closure(node, fixture.requests).fixtures()
    around = ((fixture.module, fixture.function), *((each.module, each.function) for each in closure))
    return any(
        one.body.may_mention("rollback") or any("rollback" in str(mark) for mark in one.decorators)
        for module, function in around
        for one in (function, *nested(module, function))
    )


RULE = Rule(
    code="LFX305",
    name="rollback-does-not-hold",
    why=__doc__ or "",
    check=check,
    mend="""Begin a transaction on a connection, bind the session to that connection with
`join_transaction_mode="create_savepoint"`, and roll the transaction back on the way out.""",
    bad="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session

engine = create_engine("postgresql:///shop_test")


class Base(DeclarativeBase):
    pass


@pytest.fixture
def db_session():  # LFX305
    connection = engine.connect()
    transaction = connection.begin()
    session = Session(bind=connection)
    yield session
    session.close()
    transaction.rollback()
    connection.close()


@pytest.fixture
def other_session():  # LFX305
    with Session(engine) as session:
        session.begin_nested()
        yield session
        session.rollback()
""",
    good="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session

engine = create_engine("postgresql:///shop_test")


class Base(DeclarativeBase):
    pass


@pytest.fixture
def db_session():
    connection = engine.connect()
    transaction = connection.begin()
    session = Session(bind=connection, join_transaction_mode="create_savepoint")
    yield session
    session.close()
    transaction.rollback()
    connection.close()
""",
)
