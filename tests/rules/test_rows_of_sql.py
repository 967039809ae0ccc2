"""Rows of literal INSERT statements, as they are run with text()."""

from __future__ import annotations

import sys

import pytest

from tests.rules.marked import marked, reported

PROJECT = """
# file: shop/models.py
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase):
    pass
class Org(Base):
    __tablename__ = "orgs"
    id = Column(Integer, primary_key=True)
class Camp(Base):
    __tablename__ = "camps"
    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False)
    org_id = Column(ForeignKey("orgs.id"), nullable=False)
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from shop.models import Base
@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
# file: tests/test_camps.py
from sqlalchemy import text
STATEMENT = "INSERT INTO camps (name) VALUES (:name)"
"""
BAD = {
    "no-key": """db_session.execute(text("INSERT INTO camps (name) VALUES ('a')"))  # LFX501""",
    "null-key": """db_session.execute(text("insert into camps (name, org_id) values ('a', NULL)"))  # LFX501""",
    "null-parameter": (
        'db_session.execute(text("INSERT INTO camps (name, org_id) VALUES (:n, :o)"), {"n": "a", "o": None})  # LFX501'
    ),
    "constant": 'db_session.execute(text(STATEMENT), {"name": "a"})  # LFX501',
    "local": 'insert = text("INSERT INTO Camps (Name) SELECT 1")\n    db_session.execute(insert)  # LFX501',
    "no-column": 'db_session.execute(text("INSERT INTO camps (org_id) SELECT id FROM orgs"))  # LFX506',
    "made-up": """db_session.execute(text("INSERT INTO camps (name, org_id) VALUES ('a', 7)"))  # LFX502""",
    "made-up-parameter": (
        'db_session.execute(text("INSERT INTO camps (name, org_id) VALUES (:n, :o)"), {"n": "a", "o": 7})  # LFX502'
    ),
}
GOOD = {
    "all-columns": """db_session.execute(text("INSERT INTO camps VALUES (1, 'a', 1)"))""",
    "other-table": """db_session.execute(text("INSERT INTO camps_old (name) VALUES ('a')"))""",
    "not-sql": """db_session.execute(text("INSERT INTO camps (name) VALUES ('a'"))""",
    "computed": """db_session.execute(text(f"INSERT INTO {table} (name) VALUES ('a')"))""",
    "unknown-parameter": ('db_session.execute(text("INSERT INTO camps (name, org_id) VALUES (:n, :o)"), parameters)'),
    "parent-beside-it": (
        'db_session.execute(text("INSERT INTO orgs (id) VALUES (7)"))\n'
        """    db_session.execute(text("INSERT INTO camps (name, org_id) VALUES ('a', 7)"))"""
    ),
    "parent-in-one-statement": (
        """db_session.execute(text("WITH o AS (INSERT INTO orgs (id) VALUES (7) RETURNING id) """
        """INSERT INTO camps (name, org_id) SELECT 'a', id FROM o"))"""
    ),
    "never-run": """assert text("INSERT INTO camps (name) VALUES ('a')")""",
}
CODES = ("LFX501", "LFX502", "LFX506")


def project(lines: str, test: str = "test_camp") -> str:
    return f"{PROJECT}def {test}(db_session):\n    {lines}\n"


@pytest.mark.parametrize("lines", BAD.values(), ids=BAD)
def test_reports_rows_of_statements(lines: str) -> None:
    found = {place for code in CODES for place in reported(project(lines), code)}
    assert found == marked(project(lines)) != set()


@pytest.mark.parametrize("lines", GOOD.values(), ids=GOOD)
def test_stays_silent(lines: str) -> None:
    assert {place for code in CODES for place in reported(project(lines), code)} == set()


def test_tables_as_a_migration_knows_them() -> None:
    assert reported(project(BAD["no-key"], "test_migration_fills_the_key"), "LFX501") == set()


def test_without_sqlglot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "lint_fixtures.index.statements", raising=False)
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    assert reported(project(BAD["no-key"]), "LFX501") == set()
