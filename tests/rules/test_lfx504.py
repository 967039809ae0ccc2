"""Made-up parents in requests: routes found through prefixes, and everything that may create the parent."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX504"
MODELS = """
# file: shop/models.py
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase):
    pass
class Org(Base):
    __tablename__ = "orgs"
    id = Column(Integer, primary_key=True)
class Camp(Base):
    __tablename__ = "camps"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    org_id = Column(ForeignKey("orgs.id"), nullable=False)
    partner_id = Column(ForeignKey("orgs.id"))
"""
ROUTES = """
# file: shop/crud.py
from shop.models import Camp, Org
def create_camp(session, body):
    camp = Camp(**body)
    session.add(camp)
    session.commit()
    return camp
# file: shop/camps.py
from fastapi import APIRouter, Depends
from shop import crud
from shop.models import Org
from shop.database import get_session
router = APIRouter()
@router.post("")
def create(body: dict, session=Depends(get_session)):
    return crud.create_camp(session, body)
@router.post("/with-org")
def create_both(body: dict, session=Depends(get_session)):
    session.add(Org(id=body["org_id"]))
    return crud.create_camp(session, body)
@router.post("/search")
def search(body: dict, session=Depends(get_session)):
    return session.query(Camp).count()
# file: shop/database.py
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
def get_session():
    with Session(create_engine("postgresql:///shop")) as session:
        yield session
# file: shop/main.py
from fastapi import FastAPI
from shop.camps import router
from shop.settings import PREFIX
app = FastAPI()
app.include_router(router, prefix=f"{PREFIX}/camps")
"""
SUITE = """
# file: tests/conftest.py
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from shop.main import app
from shop.models import Org
@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
@pytest.fixture
def client(db_session):
    return TestClient(app)
@pytest.fixture
def org(db_session):
    row = Org()
    db_session.add(row)
    db_session.commit()
    return row
@pytest.fixture
def org_by_api(client):
    return client.post("/orgs", json={}).json()
# file: tests/test_camps.py
from unittest.mock import patch
import pytest
from fastapi import status
from shop.settings import PREFIX
"""
PROJECT = MODELS + ROUTES + SUITE
MADE = "assert response.status_code == 201"
BAD = {
    "prefix-unknown": f'response = client.post(f"{{PREFIX}}/camps", json={{"org_id": 7}})  # {CODE}\n    {MADE}',
    "plain-path": f'response = client.post("/api/v1/camps", json={{"org_id": 7}})  # {CODE}\n    {MADE}',
    "named-status": (
        f'response = client.post("/v1/camps", json={{"org_id": 7}})  # {CODE}\n'
        "    assert response.status_code == status.HTTP_201_CREATED"
    ),
    "raise-for-status": f'client.post("/v1/camps", json={{"org_id": 7}}).raise_for_status()  # {CODE}',
    "local-payload": (
        'body = {"name": "a"} | {"org_id": 7}\n'
        f'    response = client.post("/camps", json=body)  # {CODE}\n    {MADE}'
    ),
}
GOOD = {
    "refused": 'assert client.post("/v1/camps", json={"org_id": 7}).status_code == 404',
    "refused-by-name": 'assert client.post("/camps", json={"org_id": 7}).status_code == status.HTTP_422_UNPROCESSABLE',
    "both": 'for org_id, code in ((1, 201), (9, 404)):\n        client.post("/v1/camps", json={"org_id": 7})',
    "nothing-expected": 'client.post("/v1/camps", json={"org_id": 7})',
    "search": 'assert client.post("/v1/camps/search", json={"org_id": 7}).status_code == 200',
    "parent-by-the-route": 'assert client.post("/v1/camps/with-org", json={"org_id": 7}).status_code == 201',
    "key-may-be-null": 'assert client.post("/v1/camps", json={"partner_id": 7}).status_code == 201',
    "key-known": 'assert client.post("/v1/camps", json={"org_id": org.id}).status_code == 201',
    "parent-beside-it": 'assert org\n    assert client.post("/v1/camps", json={"org_id": 7}).status_code == 201',
    "stand-ins": (
        'with patch("shop.crud.create_camp"):\n'
        '        assert client.post("/v1/camps", json={"org_id": 7}).status_code == 201'
    ),
    "no-client": 'assert broker.post("/v1/camps", json={"org_id": 7}).status_code == 201',
    "unknown-body": 'assert client.post("/v1/camps", json=build()).status_code == 201',
}


def project(lines: str, arguments: str = "client") -> str:
    return f"{PROJECT}def test_camp({arguments}):\n    {lines}\n"


@pytest.mark.parametrize("lines", BAD.values(), ids=BAD)
def test_reports_made_up_parents(lines: str) -> None:
    assert reported(project(lines), CODE) == marked(project(lines)) != set()


@pytest.mark.parametrize("lines", GOOD.values(), ids=GOOD)
def test_stays_silent(lines: str) -> None:
    arguments = "client, org" if "org.id" in lines or "assert org" in lines else "client"
    assert reported(project(lines, arguments), CODE) == set()


def test_a_parent_made_through_the_api() -> None:
    assert reported(project(BAD["plain-path"], "client, org_by_api"), CODE) == set()


def test_a_parent_made_at_the_start() -> None:
    seeding = """
# file: shop/main.py
from fastapi import FastAPI
from shop.camps import router
from shop.models import Org
from shop.database import get_session
app = FastAPI()
app.include_router(router, prefix="/v1/camps")
@app.on_event("startup")
def seed():
    session = next(get_session())
    session.add(Org(id=7))
    session.commit()
"""
    source = MODELS + ROUTES.partition("# file: shop/main.py")[0] + seeding + SUITE
    lines = f"def test_camp(client):\n    {BAD['plain-path']}\n"
    assert reported(source + lines, CODE) == set()
    assert reported(source.replace("session.add(Org(id=7))", "pass") + lines, CODE) == marked(source + lines)


@pytest.mark.parametrize(
    ("path", "table", "expected"),
    [
        pytest.param("/api/camps/", "camps", True, id="table"),
        pytest.param("/api/search", "camps", False, id="other-words"),
        pytest.param("/camp", "campaigns_v2", True, id="class"),
    ],
)
def test_the_only_model_with_the_key_where_no_route_is_found(path: str, table: str, expected: bool) -> None:
    main = "\n# file: shop/main.py\nfrom shop.web import app\n"
    source = MODELS.replace('"camps"', f'"{table}"') + main + SUITE
    lines = f'    response = client.post("{path}", json={{"org_id": 7}})  # {CODE}\n    {MADE}\n'
    found = reported(f"{source}def test_camp(client):\n{lines}", CODE)
    assert found == (marked(f"{source}def test_camp(client):\n{lines}") if expected else set())
