"""Tests run the application's tables on SQLite, and the application runs on PostgreSQL.

SQLite does not enforce foreign keys unless a pragma asks for it, takes text for a number, knows neither arrays nor
JSONB nor schemas, and locks the whole file: the tests are green, and production breaks.

The application counts as PostgreSQL when its code, its settings or a compose file say so, and none of its code names
another database: a project that supports both decides for itself. So does an engine that is made under a condition,
or with a URL from the environment, and a suite that has PostgreSQL as well in the same file. Engines for models that
the tests define themselves are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.backends import creates_application_tables, names_postgres, runs_on_postgres_alone
from lint_fixtures.index.opened_urls import opened_urls
from lint_fixtures.index.test_code import is_test_code
from lint_fixtures.rule import Rule

_MESSAGE = "the application runs on PostgreSQL: on SQLite foreign keys are not enforced and types differ"


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    module = project.module(path)
    if module is None or not is_test_code(project, path):
        return
    opened = [each for each in opened_urls(project, module) if each.url.is_sqlite]
    opened = [each for each in opened if not each.branch and not each.url.configurable]
    if not opened or names_postgres(project, path) or not creates_application_tables(project, module):
        return
    if runs_on_postgres_alone(project, path):
        places = sorted({Location(path, each.line, each.col) for each in opened})
        yield from ((place, _MESSAGE) for place in places)


_SHOP = """
# file: docker-compose.yml
services:
  db:
    image: postgres:16
# file: shop/database.py
import os

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase

engine = create_engine(os.environ["DATABASE_URL"])


class Base(DeclarativeBase):
    pass
"""

RULE = Rule(
    code="LFX601",
    name="sqlite-in-postgres-suite",
    why=__doc__ or "",
    check=check,
    mend="""Give the suite a PostgreSQL of its own: a URL from the environment, or a container. With a savepoint for
each test it is about as fast.""",
    bad=_SHOP
    + """
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine

from shop.database import Base


@pytest.fixture(scope="session")
def engine():
    engine = create_engine("sqlite://")  # LFX601
    Base.metadata.create_all(engine)
    return engine
""",
    good=_SHOP
    + """
# file: tests/conftest.py
import os

import pytest
from sqlalchemy import create_engine

from shop.database import Base


@pytest.fixture(scope="session")
def engine():
    engine = create_engine(os.environ.get("TEST_DATABASE_URL", "postgresql:///shop_test"))
    Base.metadata.create_all(engine)
    return engine
# file: tests/test_types.py
import pytest
from sqlalchemy import MetaData, create_engine


@pytest.fixture
def scratch():
    engine = create_engine("sqlite://")
    MetaData().create_all(engine)
    return engine
""",
)
