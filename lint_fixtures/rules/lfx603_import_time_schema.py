"""Importing a conftest or test module creates tables, drops them, or connects to the database.

pytest imports these files to collect: `pytest --collect-only`, an editor that lists the tests, a run of one test in
another folder change the database, and all of them fail when no server answers, with an import error in the place of a
test. The tables are made once and for whichever URL was set at that moment: no fixture can give a worker its own.

What stands under a condition is left alone, and so is a SQLite database in memory, which is gone with the process.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.import_effects import effects, is_imported_by_tests
from lint_fixtures.index.test_code import is_test_code
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    module = project.module(path)
    if module is None or not is_test_code(project, path):
        return
    for effect in effects(project, module):
        if not is_imported_by_tests(project, path):
            return
        place = Location(path, effect.line, effect.col)
        yield (
            place,
            f"{effect.call} runs when this module is imported: collecting tests already opens the database",
        )


_SHOP = """
# file: shop/database.py
import os

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase

engine = create_engine(os.environ["DATABASE_URL"])


class Base(DeclarativeBase):
    pass


def create_tables():
    Base.metadata.create_all(engine)
"""

RULE = Rule(
    code="LFX603",
    name="import-time-schema",
    why=__doc__ or "",
    check=check,
    mend="Move it into a session-scoped fixture that the session fixture requests, or into `pytest_sessionstart`.",
    bad=_SHOP
    + """
# file: tests/conftest.py
from shop.database import Base, create_tables, engine

Base.metadata.drop_all(engine)  # LFX603
create_tables()  # LFX603
# file: tests/test_orders.py
from sqlalchemy import text

from shop.database import engine

with engine.connect() as connection:  # LFX603
    VERSION = connection.execute(text("SHOW server_version")).scalar()


def test_version():
    assert VERSION >= "14"
""",
    good=_SHOP
    + """
# file: tests/conftest.py
import pytest

from shop.database import Base, create_tables, engine


@pytest.fixture(scope="session", autouse=True)
def tables():
    create_tables()
    yield
    Base.metadata.drop_all(engine)
# file: tests/test_orders.py
from sqlalchemy import create_engine

from shop.database import Base

scratch = create_engine("sqlite://")
Base.metadata.create_all(scratch)


def test_table():
    assert scratch.connect()
""",
)
