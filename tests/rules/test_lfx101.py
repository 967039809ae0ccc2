"""Local fixtures in the place of shared ones, and stand-ins that do without what those need."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, messages, reported

CODE = "LFX101"
CONFTEST = """
# file: shop/__init__.py
# file: shop/models.py
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase): ...
class Order(Base):
    __tablename__ = "orders"
class MailClient: ...
class OrderFactory: ...
def make_order(session=None): ...
handler = MailClient()
# file: tests/conftest.py
import os
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from shop.models import Order, MailClient
from shop.main import app
@pytest.fixture(scope="session")
def engine():
    return create_engine("postgresql:///shop_test")
@pytest.fixture
def db_session(engine):
    with Session(engine) as session:
        yield session
@pytest.fixture
def client(db_session):
    return TestClient(app)
@pytest.fixture
def order(db_session):
    order = Order()
    db_session.add(order)
    return order
@pytest.fixture
def mailer():
    return MailClient()
@pytest.fixture(autouse=True)
def tables(engine):
    engine.connect()
"""
HEAD = """# file: tests/test_orders.py
import uuid
import pytest
from datetime import datetime
from unittest.mock import AsyncMock, MagicMock, Mock
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from shop.main import app
from shop.models import MailClient, Order, OrderFactory, handler, make_order
"""

BAD = {
    "session": "@pytest.fixture\ndef db_session(engine):  # LFX101\n    return Session(engine)\n",
    "client": "@pytest.fixture\ndef client():  # LFX101\n    return TestClient(app)\n",
    "row-of-another-session": "@pytest.fixture\ndef order(engine):  # LFX101\n    Session(engine).add_all([Order()])\n",
    "copy-on-the-same-session": "@pytest.fixture\ndef order(db_session):  # LFX101\n"
    "    order = Order(id=2)\n    db_session.add(order)\n    db_session.flush()\n    return order\n",
    "row-by-a-helper": "@pytest.fixture\ndef order():  # LFX101\n    return make_order()\n",
    "row-by-a-factory": "@pytest.fixture\ndef order():  # LFX101\n    return OrderFactory()\n",
    "row-by-a-handler": "@pytest.fixture\ndef order():  # LFX101\n    return handler.save(Order())\n",
    "copy-of-a-plain-one": "@pytest.fixture\ndef mailer():  # LFX101\n    return MailClient()\n",
    "in-a-class": "class TestA:\n    @pytest.fixture\n    def client(self):  # LFX101\n        return TestClient(1)\n",
}
GOOD = {
    "another-row-on-the-same-session": "@pytest.fixture\ndef order(db_session):\n    return make_order(db_session)\n",
    "switched-off": "@pytest.fixture(autouse=True)\ndef tables():\n    '''No database here.'''\n    yield\n",
    "mock": "@pytest.fixture\ndef db_session():\n    return MagicMock(spec=Session)\n",
    "mock-with-attributes": "@pytest.fixture\ndef order():\n    order = Mock()\n    order.id = 1\n    return order\n",
    "mocker": "@pytest.fixture\ndef db_session(mocker):\n    return mocker.MagicMock()\n",
    "plain-object": "@pytest.fixture\ndef order():\n    return Order(id=uuid.uuid4(), at=datetime.now().isoformat())\n",
    "of-plain-objects": "@pytest.fixture\ndef mail():\n    return MailClient()\n"
    "@pytest.fixture\ndef order(mail):\n    return Order(mail.address())\n",
    "factory-of-plain-objects": "@pytest.fixture\ndef order():\n    def f():\n        return Order()\n    return f\n",
    "another-client": "class TestMail:\n    @pytest.fixture\n    def client(self):\n        return MailClient()\n",
    "extends": "@pytest.fixture\ndef order(order):\n    return order\n",
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_a_fixture_in_the_place_of_a_shared_one(source: str) -> None:
    text = CONFTEST + HEAD + source
    assert reported(text, CODE) == marked(text) != set()


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(source: str) -> None:
    assert reported(CONFTEST + HEAD + source, CODE) == set()


UNSEEN = """
# file: tests/conftest.py
import pytest
from app.database import engine
from sqlalchemy.orm import Session


@pytest.fixture
def db_session():
    with Session(engine) as session:
        yield session
        session.rollback()
# file: tests/test_jobs.py
import pytest
from app.database import MockSession, new_session


@pytest.fixture
def db_session():{code}
    with {opened}() as session:
        yield session


def test_job(db_session):
    assert db_session
"""


@pytest.mark.parametrize(("opened", "code"), [("new_session", "  # LFX101"), ("MockSession", "")])
def test_what_cannot_be_seen_is_no_stand_in(opened: str, code: str) -> None:
    example = UNSEEN.format(opened=opened, code=code)
    assert reported(example, CODE) == marked(example)


WIRED = """
# file: tests/conftest.py
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
app = FastAPI()
@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
        session.rollback()
@pytest.fixture
def client(db_session):
    app.dependency_overrides[print] = lambda: db_session
    return TestClient(app)
# file: tests/test_orders.py
import pytest
from fastapi.testclient import TestClient
from tests.conftest import app
"""

LOSSES = {
    "client of the shared session": (
        "@pytest.fixture\ndef client(db_session):\n    app.dependency_overrides[print] = lambda: db_session\n"
        "    return TestClient(app, headers={'X-User': '1'})\n",
        "without it and its later fixes",
    ),
    "client of nothing": (
        "@pytest.fixture\ndef client():\n    return TestClient(app)\n",
        "without its set-up and rollback",
    ),
}


@pytest.mark.parametrize(("source", "loss"), LOSSES.values(), ids=LOSSES)
def test_says_what_the_tests_lose(source: str, loss: str) -> None:
    text = WIRED + source
    assert [each.endswith(f"these tests run {loss}") for each in messages(text, CODE)] == [True]
