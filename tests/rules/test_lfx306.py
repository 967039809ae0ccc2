"""Cleanups whose errors are swallowed, and handlers that may stay broad."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX306"
HEAD = """
# file: tests/conftest.py
import contextlib
import logging
import pytest
from sqlalchemy import create_engine, delete, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from app import Base, Order, cache, client

engine = create_engine("postgresql:///shop_test")

@pytest.fixture
def db_session():
    with Session(engine) as session:
        yield session

"""

BAD = {
    "method-of-a-service": """
class Orders:
    def __init__(self, session):
        self.session = session

    def delete_order(self, order):
        self.session.delete(order)
        self.session.commit()

@pytest.fixture
def order(db_session):
    service = Orders(db_session)
    order = Order()
    yield order
    try:
        service.delete_order(order)
    except Exception:  # LFX306
        logging.exception("cleanup")
""",
    "service-from-a-class-method": """
class Orders:
    @classmethod
    @contextlib.contextmanager
    def open(cls):
        yield cls()

    def delete_order(self, order):
        self.session.delete(order)

@pytest.fixture
def order():
    yield
    try:
        with Orders.open() as service:
            service.delete_order(1)
    except Exception:  # LFX306
        pass
""",
    "repository": """
@pytest.fixture
def order(user):
    database = user.repos
    order = database.orders.create(Order())
    yield order
    try:
        database.orders.delete(order.id)
    except Exception:  # LFX306
        pass
""",
    "helper-that-says-so": """
def clean_tables(engine, cleaner):
    cleaner.run(engine)

@pytest.fixture
def orders(cleaner):
    yield
    try:
        clean_tables(engine, cleaner)
    except Exception:  # LFX306
        logging.exception("cleanup")
""",
    "truncate": """
@pytest.fixture
def orders(db_session):
    yield
    try:
        db_session.execute(text("TRUNCATE orders"))
    except Exception:  # LFX306
        pass
""",
    "bare-except": """
@pytest.fixture
def orders(db_session):
    yield
    try:
        db_session.query(Order).delete()
    except:  # LFX306
        db_session.rollback()
""",
    "log-only": """
@pytest.fixture
def orders(db_session):
    yield
    try:
        db_session.delete(Order())
    except Exception as error:  # LFX306
        logging.warning(error)
""",
    "core-delete": """
@pytest.fixture
def orders(db_session):
    yield
    try:
        db_session.execute(delete(Order))
    except BaseException:  # LFX306
        pass
""",
    "f-string": """
@pytest.fixture
def orders(db_session):
    yield
    for table in ("orders", "customers"):
        try:
            db_session.execute(text(f"DELETE FROM {table}"))
        except Exception:  # LFX306
            continue
""",
    "suppress": """
@pytest.fixture
def orders():
    yield
    with contextlib.suppress(Exception):  # LFX306
        Base.metadata.drop_all(engine)
""",
    "helper": """
def clean(session):
    session.execute(text("truncate orders"))

@pytest.fixture
def orders(db_session):
    yield
    try:
        clean(db_session)
    except Exception:  # LFX306
        pass
""",
    "finalizer": """
@pytest.fixture
def orders(request, db_session):
    def end():
        try:
            db_session.execute(text("DROP TABLE orders"))
        except Exception:  # LFX306
            pass
    request.addfinalizer(end)
""",
    "another-session-than-the-one-rolled-back": """
@pytest.fixture
def outer_session():
    connection = engine.connect()
    transaction = connection.begin()
    yield Session(connection, join_transaction_mode="create_savepoint")
    transaction.rollback()

@pytest.fixture
def orders(outer_session):
    yield
    try:
        with Session(engine) as session:
            session.delete(Order())
    except Exception:  # LFX306
        pass
""",
    "rows-deleted-before-the-test": """
@pytest.fixture
def orders(db_session):
    try:
        db_session.execute(text("DELETE FROM orders"))
    except Exception:  # LFX306
        pass
    yield
""",
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_a_cleanup_that_cannot_fail(source: str) -> None:
    assert reported(HEAD + source, CODE) == marked(HEAD + source) != set()
