"""Outer transactions that a commit or rollback in the test gets out of, and those that hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from tests.rules.marked import marked, reported

CODE = "LFX305"
IMPORTS = """
# file: tests/conftest.py
import pytest
import pytest_asyncio
from sqlalchemy import create_engine, event
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, sessionmaker
from unknown import OPTIONS

engine = create_engine("postgresql:///shop_test")
maker = sessionmaker(bind=engine)

@pytest.fixture
def connection():
    connection = engine.connect()
    transaction = connection.begin()
    yield connection
    transaction.rollback()
    connection.close()

"""
VERSION_2 = f"{IMPORTS}from sqlalchemy.orm import DeclarativeBase\n"

BAD_IN_ANY_VERSION = {
    "session-begun": """
@pytest.fixture
def db_session():  # LFX305
    session = maker()
    transaction = session.begin()
    yield session
    transaction.rollback()
    session.close()
""",
    "async-session-begun": """
@pytest_asyncio.fixture
async def db_session():  # LFX305
    async with AsyncSession(create_async_engine("postgresql+asyncpg:///shop_test")) as session:
        transaction = await session.begin()
        yield session
        await transaction.rollback()
""",
    "engine-bound": """
@pytest.fixture
def db_session():  # LFX305
    session = Session(engine)
    session.begin_nested()
    yield session
    session.rollback()
    session.close()
""",
    "engine-bound-by-factory": """
@pytest.fixture
def db_session():  # LFX305
    session = maker()
    session.begin_nested()
    yield session
    session.rollback()
    session.close()
""",
    "control-fully": """
@pytest.fixture
def db_session(connection):  # LFX305
    with Session(connection, join_transaction_mode="control_fully") as session:
        yield session
""",
    "future-mode": """
@pytest.fixture
def db_session(connection):  # LFX305
    with Session(connection, future=True) as session:
        yield session
""",
}
BAD_IN_VERSION_2 = {
    "default-mode": """
@pytest.fixture
def db_session(connection):  # LFX305
    with Session(bind=connection) as session:
        yield session
""",
    "default-mode-by-local-factory": """
@pytest.fixture
def db_session(connection):  # LFX305
    factory = sessionmaker(bind=connection)
    session = factory()
    yield session
    session.close()
""",
    "one-savepoint-on-a-connection": """
@pytest.fixture
def db_session(connection):  # LFX305
    session = Session(bind=connection)
    session.begin_nested()
    yield session
    session.close()
""",
    "recipe-in-one-arm": """
@pytest.fixture
def db_session(database):  # LFX305
    if database.name == "mock":
        yield None
    elif database.name == "postgresql":
        connection = engine.connect()
        transaction = connection.begin()
        session = Session(bind=connection)
        savepoint = connection.begin_nested()
        yield session
        savepoint.rollback()
        transaction.rollback()
    else:
        connection = engine.connect()
        transaction = connection.begin()
        session = Session(bind=connection)
        yield session
        transaction.rollback()
""",
    "session-level-listener": """
@pytest.fixture
def db_session(connection):  # LFX305
    session = Session(bind=connection)
    session.begin_nested()

    @event.listens_for(session, "after_transaction_end")
    def restart(session, transaction):
        session.begin_nested()

    yield session
    session.close()
""",
}
EITHER_VERSION = f"""{IMPORTS}
try:
    from sqlalchemy.orm import DeclarativeBase
except ImportError:
    from sqlalchemy.ext.declarative import declarative_base
"""
GOOD = {
    "create-savepoint": """
@pytest.fixture
def db_session(connection):
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session
""",
    "create-savepoint-by-factory": """
@pytest.fixture
def db_session(connection):
    factory = sessionmaker(bind=connection, join_transaction_mode="create_savepoint")
    with factory() as session:
        yield session
""",
    "connection-level-listener": """
@pytest.fixture
def db_session(connection):
    session = Session(bind=connection)
    nested = connection.begin_nested()

    @event.listens_for(session, "after_transaction_end")
    def restart(session, transaction):
        if not nested.is_active:
            connection.begin_nested()

    yield session
    session.close()
""",
    "recipe-in-each-arm": """
@pytest.fixture
def db_session(database):
    if database.name == "postgresql":
        connection = engine.connect()
        transaction = connection.begin()
        session = Session(bind=connection, join_transaction_mode="create_savepoint")
        yield session
        transaction.rollback()
    else:
        session = Session(engine)
        yield session
        session.rollback()
""",
    "no-outer-transaction": """
@pytest.fixture
def db_session():
    with engine.connect() as plain, Session(plain) as session:
        yield session
""",
    "rollback-without-a-recipe": """
@pytest.fixture
def db_session():
    session = Session(engine)
    yield session
    session.rollback()
    session.close()
""",
    "options-from-elsewhere": """
@pytest.fixture
def db_session(connection):
    with Session(connection, **OPTIONS) as session:
        yield session
""",
    "mode-from-elsewhere": """
@pytest.fixture
def db_session(connection):
    with Session(connection, join_transaction_mode=OPTIONS) as session:
        yield session
""",
}


@pytest.mark.parametrize("head", [IMPORTS, VERSION_2], ids=["version-unknown", "version-2"])
@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD_IN_ANY_VERSION.items()])
def test_reports_what_escapes_in_any_version(source: str, head: str) -> None:
    assert reported(head + source, CODE) == marked(head + source) != set()


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD_IN_VERSION_2.items()])
def test_reports_what_escapes_in_version_2_where_it_is_told(source: str) -> None:
    assert reported(VERSION_2 + source, CODE) == marked(VERSION_2 + source) != set()
    assert reported(IMPORTS + source, CODE) == set()
    assert reported(EITHER_VERSION + source, CODE) == set()


@pytest.mark.parametrize("head", [IMPORTS, VERSION_2], ids=["version-unknown", "version-2"])
@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(source: str, head: str) -> None:
    assert reported(head + source, CODE) == set()


@pytest.fixture
def engine() -> Iterator[Engine]:
    """SQLite with real transactions: by default its driver begins them late and not at all before a savepoint."""
    engine = create_engine("sqlite://", poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def leave_begin_to_us(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE orders (id int)")
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("mode", "left"),
    [
        pytest.param("conditional_savepoint", [2], id="default"),
        pytest.param("rollback_only", [2], id="rollback-only"),
        pytest.param("control_fully", [2], id="control-fully"),
        pytest.param("create_savepoint", [], id="create-savepoint"),
    ],
)
@pytest.mark.filterwarnings("ignore:transaction already deassociated")
def test_sqlalchemy_lets_rows_out_of_these_modes(engine: Engine, mode: Any, left: list[int]) -> None:
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode=mode) as session:
            _roll_back_then_commit(session)
        outer.rollback()
    assert _orders(engine) == left


def test_sqlalchemy_lets_rows_out_of_a_savepoint_on_the_engine(engine: Engine) -> None:
    with Session(engine) as session:
        session.begin_nested()
        session.execute(text("INSERT INTO orders VALUES (1)"))
        session.commit()
        session.rollback()
    assert _orders(engine) == [1]


def test_sqlalchemy_lets_rows_out_of_a_transaction_begun_on_the_session(engine: Engine) -> None:
    with Session(engine) as session:
        transaction = session.begin()
        session.execute(text("INSERT INTO orders VALUES (1)"))
        session.commit()
        assert not transaction.is_active
        session.rollback()
    assert _orders(engine) == [1]


def _roll_back_then_commit(session: Session) -> None:
    session.execute(text("INSERT INTO orders VALUES (1)"))
    session.rollback()
    session.execute(text("INSERT INTO orders VALUES (2)"))
    session.commit()


def _orders(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT id FROM orders ORDER BY id")).scalars())
