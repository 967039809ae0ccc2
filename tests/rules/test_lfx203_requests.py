"""Wide fixtures that have the application make rows: by a POST whose answer they expect to be 201."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX203"
PROJECT = """
# file: shop/app.py
from fastapi import FastAPI
app = FastAPI()
def get_session():
    yield None
# file: tests/helpers.py
from fastapi.testclient import TestClient
def register(client: TestClient):
    response = client.post("/users", json={"name": "Anna"})
    assert response.status_code == 201
    return response.json()
def registered(client: TestClient):
    response = client.post("/users", json={"name": "Anna"})
    assert 201 == response.status_code
    yield response.json()
# file: tests/conftest.py
import pytest
from fastapi import status
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from shop.app import app, get_session
from tests.helpers import register, registered
"""
CLIENT = """
def override():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
@pytest.fixture(scope="session")
def client():
    app.dependency_overrides[get_session] = override
    yield TestClient(app)
    app.dependency_overrides.clear()
"""
WITHOUT_DATABASE = """
@pytest.fixture(scope="session")
def client():
    return TestClient(app)
"""
TRUNCATING = """
@pytest.fixture(autouse=True)
def clean():
    yield
    with create_engine("postgresql:///shop_test").begin() as connection:
        connection.exec_driver_sql("TRUNCATE users")
"""
ANNA = """
@pytest.fixture(scope="module")
def anna(client):{mark}
    response = client.post("/users", json={{"name": "Anna"}})
    assert response.status_code == 201
    return response.json()
"""
BAD = {
    "fixture": ANNA.format(mark="  # LFX203"),
    "named-status": """
@pytest.fixture(scope="module")
def anna(client):  # LFX203
    answer = client.post("/users", json={"name": "Anna"})
    assert answer.status_code == status.HTTP_201_CREATED, answer.text
    yield answer.json()
""",
    "helper": """
@pytest.fixture(scope="module")
def pair(client):  # LFX203
    yield [register(client), register(client)]
""",
    "delegated": """
@pytest.fixture(scope="module")
def anna(client):  # LFX203
    yield from registered(client)
""",
}
GOOD = {
    "login": """
@pytest.fixture(scope="module")
def token(client):
    response = client.post("/token", data={"name": "Anna"})
    assert response.status_code == 200
    return response.json()
""",
    "other-answer": """
@pytest.fixture(scope="module")
def users(client):
    client.post("/cache/clear")
    response = client.get("/users")
    assert response.status_code == 201
    return response.json()
""",
    "not-created": """
@pytest.fixture(scope="module")
def refused(client):
    response = client.post("/users", json={})
    assert response.status_code != 201
    return response
""",
    "while-tests-are-over": """
@pytest.fixture(scope="module")
def report(client):
    yield
    response = client.post("/reports")
    assert response.status_code == 201
""",
    "function-scope": """
@pytest.fixture
def anna(client):
    return register(client)
""",
    "emptied-after-each-test": f"{TRUNCATING}{ANNA.format(mark='')}",
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_what_the_application_is_asked_to_make(source: str) -> None:
    source = PROJECT + CLIENT + source
    assert reported(source, CODE) == marked(source) != set()


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(source: str) -> None:
    assert reported(PROJECT + CLIENT + source, CODE) == set()


def test_an_application_without_a_database_makes_no_rows() -> None:
    assert reported(PROJECT + WITHOUT_DATABASE + ANNA.format(mark=""), CODE) == set()
