"""Clients whose application works on another database than the session of the test."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX404"
DATABASE = """
# file: shop/__init__.py
# file: shop/database.py
import os
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker
URL = os.environ["DATABASE_URL"]
engine = create_engine(URL)
SessionLocal = sessionmaker(engine)
def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
def get_other():
    return 1
"""
LITERAL = DATABASE.replace('os.environ["DATABASE_URL"]', '"postgresql://localhost/shop"')
MAIN = """
# file: shop/orders.py
from typing import Annotated
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from shop.database import get_db
router = APIRouter()
SessionDep = Annotated[Session, Depends(get_db)]
@router.get("/orders")
def orders(db: SessionDep):
    return []
# file: shop/main.py
from fastapi import FastAPI
from shop.orders import router
app = FastAPI()
app.include_router(router)
def create_app():
    return FastAPI()
"""
HEAD = """# file: tests/conftest.py
import os
import httpx
import pytest
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool
from shop import database
from shop.database import SessionLocal, get_db
from shop.main import app, create_app
"""
CLIENT = """
@pytest.fixture
def client():
    return TestClient(app)
"""
MEMORY = """
@pytest.fixture
def engine():
    return create_engine("sqlite://", poolclass=StaticPool)
@pytest.fixture
def db_session(engine):
    connection = engine.connect()
    session = Session(bind=connection)
    yield session
    session.close()
"""
TEST = """
# file: tests/test_orders.py
def test_orders(client, db_session):{mark}
    db_session.commit()
    assert client.get("/orders").json() == []
"""
ASYNC = """
@pytest.fixture
async def client():
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://shop") as client:
        yield client
"""
BY_FACTORY = """
TestSession = sessionmaker(create_engine("sqlite:///:memory:"))
@pytest.fixture
def db_session():
    with TestSession() as session:
        yield session
"""
ANOTHER = """
@pytest.fixture
def db_session():
    with Session(create_engine("postgresql://localhost/shop_test")) as session:
        yield session
"""
FROM_ENVIRONMENT = """
@pytest.fixture
def db_session():
    with Session(create_engine(os.environ.get("TEST_URL", "postgresql://localhost/shop_test"))) as session:
        yield session
"""


def suite(conftest: str, database: str = DATABASE, test: str = TEST) -> str:
    return database + MAIN + HEAD + conftest + test.format(mark="  # LFX404")


ROW = """
@pytest.fixture
def order(db_session):
    db_session.add(object())
"""
BY_ROW = TEST.replace("db_session.commit()", "pass").replace("db_session", "order")
BAD = {
    "client": suite(MEMORY + CLIENT),
    "row-of-a-fixture": suite(MEMORY + CLIENT + ROW, test=BY_ROW),
    "client-built-at-import": suite(MEMORY, test=TEST.replace("client, ", "")).replace(
        "def test_orders(",
        "from fastapi.testclient import TestClient\nfrom shop.main import app\n"
        "client = TestClient(app)\ndef test_orders(",
    ),
    "async-client": suite(MEMORY + ASYNC),
    "session-by-a-factory": suite(BY_FACTORY + CLIENT),
    "two-literal-urls": suite(ANOTHER + CLIENT, LITERAL),
}
GOOD = {
    "fixture-adds-nothing": suite(MEMORY + CLIENT + ROW.replace(".add(", ".get("), test=BY_ROW),
    "overridden": suite(MEMORY + CLIENT + "app.dependency_overrides[get_db] = lambda: None\n"),
    "patched": suite(MEMORY + CLIENT + "def pytest_configure():\n    patch('shop.database.engine').start()\n"),
    "assigned": suite(MEMORY + CLIENT + "database.SessionLocal = sessionmaker(create_engine('sqlite://'))\n"),
    "configured": suite(MEMORY + CLIENT + "SessionLocal.configure(bind=None)\n"),
    "by-a-helper": suite(MEMORY + CLIENT + "from tests.wire import wire\n")
    + "# file: tests/wire.py\ndef wire(app):\n    app.dependency_overrides = {}\n",
    "by-a-plugin": suite(MEMORY + CLIENT + "pytest_plugins = ['tests.plug']\n")
    + "# file: tests/plug.py\ndef pytest_configure(config):\n    monkeypatch.setattr(1)\n",
    "app-of-a-factory": suite(MEMORY + CLIENT.replace("TestClient(app)", "TestClient(create_app())")),
    "session-of-the-application": suite(CLIENT + "@pytest.fixture\ndef db_session():\n    return SessionLocal()\n"),
    "environment-may-agree": suite(ANOTHER + CLIENT),
    "environment-of-the-suite-may-agree": suite(FROM_ENVIRONMENT + CLIENT, LITERAL),
    "same-url": suite(ANOTHER.replace("shop_test", "shop") + CLIENT, LITERAL),
    "shared-memory": suite(MEMORY.replace("sqlite://", "sqlite:///file:x?mode=memory&cache=shared&uri=true") + CLIENT),
    "application-chooses": suite(
        MEMORY + CLIENT, DATABASE + "if os.environ.get('TESTING'):\n    engine = create_engine('sqlite://')\n"
    ),
    "no-session-dependency": suite(MEMORY + CLIENT, test=TEST).replace("Depends(get_db)", "Depends(get_other)"),
    "client-not-used": suite(MEMORY + CLIENT).replace("client.get", "requests.get").replace("  # LFX404", ""),
    "session-not-used": suite(MEMORY + CLIENT).replace("db_session.commit()", "pass").replace("  # LFX404", ""),
    "client-elsewhere": suite(MEMORY + CLIENT.replace("TestClient(app)", "httpx.Client()")),
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_tests_on_two_databases(text: str) -> None:
    assert reported(text, CODE) == marked(text) != set()


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(text: str) -> None:
    assert reported(text, CODE) == set()
