"""A session or connection fixture that opens one and never closes it or rolls it back.

Its connection stays checked out with an open transaction. Connections pile up until PostgreSQL refuses new ones, and
the locks of that transaction block every `TRUNCATE`, `DROP TABLE` and `drop_all` of a later test: the suite hangs
instead of failing.

A session that is handed on from another fixture, entered by `with`, closed by a finalizer or by a fixture built on it,
or bound to a connection that another fixture gives back, is fine.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project, kinds
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for fixture, node in project.own_fixtures(path):
        role = project.values.role(fixture, node)
        if role not in {kinds.SESSION, kinds.CONNECTION} or not fixture.certain:
            continue
        from lint_fixtures.index.opened import is_closed, opened  # few files have such a fixture

        call = opened(project, fixture, node)
        if call is not None and not is_closed(project, fixture, node):
            message = f"'{fixture.name}' opens a {role} at line {call.line} and never closes it"
            yield fixture.location, f"{message}: its open transaction can block TRUNCATE and DROP in later tests"


RULE = Rule(
    code="LFX304",
    name="unclosed-session",
    why=__doc__ or "",
    check=check,
    mend="Yield it from a `with` block: `with Session(engine) as session: yield session`.",
    bad="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture(scope="session")
def engine():
    return create_engine("postgresql:///shop_test")


@pytest.fixture
def db_session(engine):  # LFX304
    return Session(engine)


@pytest.fixture
def connection(engine):  # LFX304
    connection = engine.connect()
    yield connection
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
    with Session(engine) as session:
        yield session


@pytest.fixture
def connection(engine, request):
    connection = engine.connect()
    request.addfinalizer(connection.close)
    return connection
""",
)
