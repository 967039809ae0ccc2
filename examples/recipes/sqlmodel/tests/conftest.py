"""One engine per run, one outer transaction per test, rolled back on the way out."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine
from sqlmodel import Session, SQLModel, create_engine

from zoo.database import database_url, get_session
from zoo.main import app
from zoo.models import Enclosure


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    engine = create_engine(database_url())
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def db_session(connection: Connection) -> Iterator[Session]:
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def client(db_session: Session) -> Iterator[TestClient]:
    app.dependency_overrides[get_session] = lambda: db_session
    yield TestClient(app)
    app.dependency_overrides.pop(get_session)


@pytest.fixture
def enclosure(db_session: Session) -> Enclosure:
    enclosure = Enclosure(name="Aviary")
    db_session.add(enclosure)
    db_session.flush()
    return enclosure
