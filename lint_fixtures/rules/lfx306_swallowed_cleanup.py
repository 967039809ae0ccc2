"""A cleanup (delete, truncate, drop) in a fixture whose errors end in `except Exception` or `suppress(Exception)`.

When the cleanup fails, its rows stay. Nothing is red here; some other test finds a row too many or a duplicate key, and
nothing in its output leads back to this fixture. A failed statement also leaves the transaction broken for whoever uses
the connection next.

Narrow exceptions are fine, and so is a handler that raises again, fails the test or cleans up in another way.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Try, With
from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.nesting import nested
from lint_fixtures.index.values import Scope
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for fixture, node in project.own_fixtures(path):
        module = fixture.module
        for function in (fixture.function, *nested(module, fixture.function)):
            if not any(isinstance(node, (Try, With)) for node in function.body.nodes):
                continue
            from lint_fixtures.index.cleanups import swallowed  # few fixtures can swallow anything

            for found in swallowed(project, Scope(module, function, node, fixture)):
                what = "tables" if found.drops else "rows"
                message = f"errors of the cleanup at line {found.cleanup} end here"
                yield (
                    Location(path, found.line, found.col),
                    f"{message}: when it fails, the {what} of '{fixture.name}' stay and a later test fails for them",
                )


RULE = Rule(
    code="LFX306",
    name="swallowed-cleanup",
    why=__doc__ or "",
    check=check,
    mend="""Let the error out: pytest then names this fixture. If only one error is expected (a table that does not
exist yet), catch that one. Better still, roll back instead of deleting.""",
    bad="""
# file: tests/conftest.py
import contextlib

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session


@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
        try:
            session.execute(text("DELETE FROM orders"))
            session.commit()
        except Exception:  # LFX306
            session.rollback()


@pytest.fixture
def clean_customers(db_session):
    yield
    with contextlib.suppress(Exception):  # LFX306
        db_session.execute(text("TRUNCATE customers CASCADE"))
""",
    good="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session


@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
        try:
            session.execute(text("TRUNCATE orders, customers CASCADE"))
            session.commit()
        except Exception:
            session.rollback()
            raise
""",
)
