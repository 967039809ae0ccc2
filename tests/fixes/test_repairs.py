"""Each safe repair: what it writes, that the violation is gone, that nothing else has changed, where it holds back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixes.suites import APP, MODELS, SESSION, SHADOW, SHARED, changed, repaired


def test_default_goes_and_the_parameter_moves_in_front(tmp_path: Path) -> None:
    body = "):\n    assert db_session\n"
    test = f"def test_x(\n    size=1,  # of a page\n    db_session=None,\n    *,\n    tmp_path = None,\n{body}"
    after = repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py")
    assert after == f"def test_x(\n    db_session,\n    size=1,  # of a page\n    *,\n    tmp_path,\n{body}"


def test_line_ends_encoding_and_tabs_stay(tmp_path: Path) -> None:
    test = '\ufeff# "é"\r\ndef test_x(db_session=None):\r\n\tassert db_session, "\N{PARTY POPPER}"\r\n'
    after = repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py")
    assert after == test.replace("=None", "")


def test_shadow_that_repeats_the_shared_fixture_goes_with_its_imports(tmp_path: Path) -> None:
    head = "import json\n\nimport pytest\nfrom sqlalchemy.orm import Session\n\n\n# Everything below is about jobs.\n\n"
    shadow = SHARED.split("\n\n\n")[-1]
    rest = "\n\ndef test_x(db_session):\n    assert json.loads(db_session)\n"
    test = f"{head}# The session.\n{shadow}{rest}"
    after = repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py")
    assert after == f"import json\n\n\n# Everything below is about jobs.\n\n{rest}"


def test_import_that_something_else_needs_stays(tmp_path: Path) -> None:
    shadow = SHARED.split("\n\n\n")[-1]
    head = "import pytest\nfrom sqlalchemy.orm import Query, Session, joinedload\n"
    rest = "\n\n@pytest.mark.slow\ndef test_x(db_session):\n    assert Query and joinedload\n"
    files = {"conftest.py": SHARED, "test_x.py": f"{head}\n\n{shadow}{rest}"}
    assert repaired(tmp_path, files, "test_x.py") == f"{head.replace(' Session,', '')}{rest}"


@pytest.mark.parametrize(
    "other",
    [
        SHADOW.replace("session.rollback()", "session.close()"),
        SHADOW.replace("from sqlalchemy.orm import Session", "from sqlmodel import Session"),
    ],
    ids=["another body", "another meaning of a name"],
)
def test_shadow_that_does_something_else_stays(tmp_path: Path, other: str) -> None:
    test = f"{other}\n\ndef test_x(db_session):\n    assert db_session\n"
    assert repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py") == test


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "def db_session(engine):\n    return Session(engine)\n",
            "def db_session(engine):\n    with Session(engine) as session:\n        yield session\n",
        ),
        (
            "def db_session(engine) -> Session:\n    db = Session(engine)\n    # one\n    db.add(1)\n    return db\n",
            "def db_session(engine) -> Iterator[Session]:\n    with Session(engine) as db:\n        # one\n"
            "        db.add(1)\n        yield db\n",
        ),
        (
            "def db_session(engine):\n    db = Session(engine)\n    yield db\n    print(db)\n",
            "def db_session(engine):\n    with Session(engine) as db:\n        yield db\n        print(db)\n",
        ),
    ],
    ids=["returned", "annotated", "yielded"],
)
def test_session_is_closed(tmp_path: Path, before: str, after: str) -> None:
    files = {"conftest.py": f"{SESSION}\n\n@pytest.fixture\n{before}"}
    text = repaired(tmp_path, files, "conftest.py")
    assert text.endswith(f"\n\n@pytest.fixture\n{after}")
    assert ("from collections.abc import Iterator" in text) == ("Iterator" in after)


def test_session_joins_by_savepoints(tmp_path: Path) -> None:
    conftest = f"""\
{SESSION}
from models import Base


@pytest.fixture
def db_session(engine):
    connection = engine.connect()
    transaction = connection.begin()
    session = Session(
        connection,
        expire_on_commit=False,  # cheaper
    )
    yield session
    session.close()
    transaction.rollback()
    connection.close()
"""
    files = {
        "conftest.py": conftest,
        "models.py": MODELS,
        "test_x.py": "def test_x(db_session):\n    assert db_session\n",
    }
    gone, came = changed(conftest, repaired(tmp_path, files, "conftest.py"))
    assert (gone, came) == ([], ['        join_transaction_mode="create_savepoint",'])


def test_override_of_a_generator_is_taken_out(tmp_path: Path) -> None:
    conftest = f"""\
{SHARED}
from app import app, get_db


@pytest.fixture
def client(db_session):
    app.dependency_overrides[get_db] = lambda: db_session
    yield app
    print("done")
"""
    gone, came = changed(conftest, repaired(tmp_path, {"app.py": APP, "conftest.py": conftest}, "conftest.py"))
    assert (gone, came) == ([], ["    app.dependency_overrides.pop(get_db, None)"])


def test_override_of_a_test_is_left_to_monkeypatch(tmp_path: Path) -> None:
    test = """\
from app import app, get_db


def test_x(db_session, size=3):
    # Its own session.
    app.dependency_overrides[get_db] = lambda: db_session
    assert app
"""
    after = repaired(tmp_path, {"app.py": APP, "conftest.py": SHARED, "test_x.py": test}, "test_x.py")
    assert changed(test, after) == (
        ["def test_x(db_session, size=3):", "    app.dependency_overrides[get_db] = lambda: db_session"],
        [
            "def test_x(db_session, monkeypatch, size=3):",
            "    monkeypatch.setitem(app.dependency_overrides, get_db, lambda: db_session)",
        ],
    )


def test_generator_inside_a_fixture_is_not_its_yield_and_monkeypatch_is_annotated(tmp_path: Path) -> None:
    test = """\
from sqlalchemy.orm import Session

from app import app, get_db


def test_x(db_session: Session) -> None:
    def provide():
        yield db_session

    app.dependency_overrides[get_db] = provide
    assert app
"""
    after = repaired(tmp_path, {"app.py": APP, "conftest.py": SHARED, "test_x.py": test}, "test_x.py")
    assert after == test.replace("    app.dependency_overrides[get_db] = provide", "    {}").replace(
        "{}", "monkeypatch.setitem(app.dependency_overrides, get_db, provide)"
    ).replace("Session) ->", "Session, monkeypatch: pytest.MonkeyPatch) ->").replace(
        "from sql", "import pytest\nfrom sql"
    )


def test_default_that_is_meant_stays(tmp_path: Path) -> None:
    test = "def test_x(db_session: object | None = None):\n    assert db_session\n"
    assert repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py") == test


ASYNC = """\
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

maker = async_sessionmaker(create_async_engine("postgresql+asyncpg:///shop_test"))


@pytest.fixture
async def db_session():
    session = maker()
    yield session
"""


def test_asynchronous_session_is_entered_asynchronously(tmp_path: Path) -> None:
    after = repaired(tmp_path, {"conftest.py": ASYNC}, "conftest.py")
    assert changed(ASYNC, after)[1] == ["    async with maker() as session:", "        yield session"]


def test_method_of_a_test_case_gets_no_fixture(tmp_path: Path) -> None:
    test = """\
import unittest

from app import app, get_db


class TestApp(unittest.TestCase):
    def test_x(self):
        app.dependency_overrides[get_db] = lambda: 1
"""
    assert repaired(tmp_path, {"app.py": APP, "test_x.py": test}, "test_x.py") == test


def test_default_of_a_test_that_is_called_stays(tmp_path: Path) -> None:
    test = "def test_x(db_session=None):\n    assert not db_session\n\n\ndef test_y():\n    test_x()\n"
    assert repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py") == test
