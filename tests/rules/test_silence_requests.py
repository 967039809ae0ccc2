"""Requests with a made-up parent key that LFX504 must not report, and the same ones that it must."""

from __future__ import annotations

import pytest

from tests.rules.marked import reported
from tests.rules.test_silence_rows import CONFTEST, SHOP

APPLICATION = """# file: shop/main.py
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy.orm import Session
from shop.models import SessionLocal, User

app = FastAPI()


class NewUser(BaseModel):
    email: str
    org_id: int


def get_db():
    with SessionLocal() as session:
        yield session


@app.post("/users", status_code=201)
def create_user(body: NewUser, db: Session = Depends(get_db)):
{handler}
    return {"id": 1}
"""
ADDS = "    db.add(User(email=body.email, org_id=body.org_id))\n    db.commit()"
SWALLOWS = "    try:\n        db.add(User(email=body.email, org_id=body.org_id))\n        db.commit()\n"
SWALLOWS += "    except Exception:\n        db.rollback()"
CLIENT = (
    CONFTEST
    + """

@pytest.fixture
def mocked(mocker):
    return mocker.Mock()


@pytest.fixture
def client(db, mocked):
    from unittest.mock import MagicMock
    from fastapi.testclient import TestClient
    from shop.main import app, get_db
    app.dependency_overrides[get_db] = lambda: {session}
    yield TestClient(app)
    app.dependency_overrides.clear()
"""
)
REQUEST = """# file: tests/test_users.py
def test_a(client):
    response = client.post("/users", json={"email": "e", "org_id": 7})
"""
OK = "response.status_code == 201"
REQUESTS = {
    "refused": (ADDS, "db", "not response.is_success"),
    "refused, in words": (ADDS, "db", "response.is_success is False"),
    "not made": (ADDS, "db", "response.status_code != 201"),
    "on a mock": (ADDS, "MagicMock()", OK),
    "on a fixture's mock": (ADDS, "mocked", OK),
    "errors are swallowed": (SWALLOWS, "db", OK),
}


def request(handler: str, session: str, asserted: str) -> str:
    client = CLIENT.replace("{session}", session)
    client = client if session == "mocked" else client.replace("client(db, mocked)", "client(db)")
    client = client if session == "MagicMock()" else client.replace("    from unittest.mock import MagicMock\n", "")
    return SHOP + APPLICATION.replace("{handler}", handler) + client + REQUEST + f"    assert {asserted}\n"


@pytest.mark.parametrize("case", REQUESTS.values(), ids=REQUESTS)
def test_a_request_that_reaches_no_row_or_is_refused(case: tuple[str, str, str]) -> None:
    assert reported(request(*case), "LFX504") == set()


@pytest.mark.parametrize("asserted", [OK, "response.is_success"])
def test_a_request_that_is_answered_by_the_database(asserted: str) -> None:
    assert reported(request(ADDS, "db", asserted), "LFX504") == {("tests/test_users.py", 2, "LFX504")}
