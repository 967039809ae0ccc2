"""What resets a wide session before the next test, and what does not."""

from __future__ import annotations

import pytest

from tests.rules.marked import reported

CODE = "LFX201"
SESSION = """# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.helpers import log, reset, start

@pytest.fixture(scope="session")
def shared():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
# file: tests/helpers.py
def start(session):
    return session.begin_nested()

def reset(session):
    session.rollback()

def log(session):
    print(session)
# file: tests/test_a.py
import pytest
from sqlalchemy import text
from tests.helpers import log, reset, start

def test_a(shared):
    assert shared.execute(text("select 1"))
"""
ALARM = {("tests/conftest.py", 8, CODE)}
RESETS = {
    "fixture-calls-helper": """
@pytest.fixture(autouse=True)
def undo(shared):
    yield
    reset(shared)
""",
    "helper-of-a-helper": """
def finish(session):
    reset(session)

@pytest.fixture(autouse=True)
def undo(shared):
    yield
    finish(shared)
""",
    "finalizer": """
@pytest.fixture(autouse=True)
def undo(shared, request):
    request.addfinalizer(lambda: reset(shared))
""",
    "transaction-closed": """
@pytest.fixture(autouse=True)
def undo(shared):
    transaction = shared.connection().begin()
    yield
    transaction.close()
""",
    "runtest-hook": """
def pytest_runtest_teardown(item):
    item.session.shared.rollback()
""",
    "runtest-hook-with-helper": """
def pytest_runtest_setup(item):
    reset(item.config.shared)
""",
}
NO_RESETS = {
    "helper-that-only-logs": """
@pytest.fixture(autouse=True)
def look(shared):
    yield
    log(shared)
""",
    "something-else-closed": """
@pytest.fixture(autouse=True)
def look(shared, tmp_path):
    report = open(tmp_path / "report")
    yield
    report.close()
""",
    "hook-for-the-whole-run": """
def pytest_sessionfinish(session):
    session.shared.rollback()
""",
    "helper-not-called": """
@pytest.fixture(autouse=True)
def look(shared):
    yield
""",
}


def in_conftest(source: str) -> str:
    return SESSION.replace("# file: tests/helpers.py\n", source.lstrip("\n") + "# file: tests/helpers.py\n")


@pytest.mark.parametrize("source", RESETS.values(), ids=RESETS)
def test_a_session_that_is_reset_for_each_test(source: str) -> None:
    assert reported(in_conftest(source), CODE) == set()


@pytest.mark.parametrize("source", NO_RESETS.values(), ids=NO_RESETS)
def test_a_session_that_nothing_resets(source: str) -> None:
    assert reported(in_conftest(source), CODE) == ALARM


def test_a_teardown_function_of_the_module() -> None:
    source = """# file: tests/test_a.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

SESSIONS = []

@pytest.fixture(scope="module")
def shared():
    with Session(create_engine("postgresql:///shop_test")) as session:
        SESSIONS.append(session)
        yield session

def teardown_function(function):
    SESSIONS[0].rollback()

def test_a(shared):
    assert shared
"""
    assert reported(source, CODE) == set()
    assert reported(source.replace("teardown_function", "teardown_module"), CODE) == {("tests/test_a.py", 8, CODE)}


def test_a_factory_out_of_a_tuple() -> None:
    source = """# file: shop/db.py
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

def connect(url):
    engine = create_engine(url)
    maker = sessionmaker(engine)
    return maker, engine

SessionLocal, engine = connect("postgresql:///shop")
# file: tests/conftest.py
import pytest
from shop.db import SessionLocal, engine

@pytest.fixture(scope="module")
def shared():
    session = SessionLocal()
    yield session
    session.close()

@pytest.fixture(scope="module")
def other():
    yield engine()

@pytest.fixture
def order(shared, repository):
    yield
    repository.delete(shared.id)
"""
    assert reported(source, CODE) == {("tests/conftest.py", 5, CODE)}


def test_a_session_of_a_package_that_cannot_be_read() -> None:
    source = """# file: tests/test_a.py
import pytest

class TestOrders:
    @pytest.fixture(scope="class")
    def db_session(self, db_client):
        with db_client.get_session() as session:
            yield session

    @pytest.fixture(scope="class")
    def http(self, http_client):
        with http_client.get_session() as session:
            yield session

    def test_a(self, db_session, http):
        assert db_session
"""
    assert reported(source, CODE) == {("tests/test_a.py", 5, CODE)}
    assert reported(source.replace("with db_client.get_session()", "with db_client.get_pool()"), CODE) == set()
