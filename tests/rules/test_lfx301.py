"""Session variables that start as None, and the many that may."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX301"
HEAD = """
import unittest
from dataclasses import dataclass
import pytest
import requests
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from app import engine, make, ready

"""
TESTS = f"# file: tests/test_orders.py{HEAD}"

BAD = {
    "module-strong-name": """
db_session = None  # LFX301
def test_it():
    db_session.query(1)
""",
    "module-filled-in-a-local-only": """
_db = None  # LFX301
@pytest.fixture
def db():
    _db = make().db
    _db.add(1)
    _db.commit()
    return _db
@pytest.fixture(autouse=True)
def cleanup():
    yield
    if _db is not None:
        _db.rollback()
""",
    "module-annotated": """
store: Session | None = None  # LFX301
""",
    "module-weak-name-with-use": """
db = None  # LFX301
def test_it():
    db.execute("select 1")
""",
    "module-filled-by-a-fixture-on-request": """
s = None  # LFX301
@pytest.fixture
def filled():
    global s
    s = Session(engine)
def test_it():
    s.commit()
""",
    "module-with-a-local-of-that-name": """
db_session = None  # LFX301
def setup_module():
    db_session = Session(engine)
""",
    "class-attribute": """
class TestOrders:
    session = None  # LFX301
    def test_it(self):
        self.session.add(1)
""",
    "class-attribute-filled-in-one-branch": """
class TestOrders:
    session = None  # LFX301
    def setup_method(self):
        if ready():
            self.session = Session(engine)
    def test_it(self):
        self.session.add(1)
""",
    "self-in-setup": """
class TestOrders(unittest.TestCase):
    def setUp(self):
        self.session = None  # LFX301
    def connect(self):
        self.session = Session(engine)
""",
    "global-in-function": """
def start():
    global db_session
    db_session = None  # LFX301
""",
    "local-none-at-use": """
def test_it():
    session = None  # LFX301
    if ready():
        session = Session(engine)
    session.commit()
""",
    "local-swallowed-error": """
@pytest.fixture
def orders():
    session = None  # LFX301
    try:
        session = Session(engine)
    except ValueError:
        print("no database")
    session.add(1)
    yield 1
""",
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_a_session_that_starts_as_none(source: str) -> None:
    assert reported(TESTS + source, CODE) == marked(TESTS + source) != set()


@pytest.mark.parametrize("path", ["tests/conftest.py", "tests/helpers.py", "app/test/store.py", "app/test_orders.py"])
def test_looks_into_test_code(path: str) -> None:
    text = f"# file: {path}{HEAD}db_session = None"
    assert reported(text, CODE) == {(path, len(HEAD.splitlines()), CODE)}


def test_leaves_the_application_alone() -> None:
    assert reported(f"# file: app/store.py{HEAD}db_session = None", CODE) == set()


def test_a_folder_of_testpaths_is_test_code() -> None:
    ini = "# file: pytest.ini\n[pytest]\ntestpaths = checks\n"
    assert reported(f"{ini}# file: checks/store.py\ndb_session = None\n", CODE) == {("checks/store.py", 1, CODE)}
