"""A test posts a made-up parent key to a route that creates the child, and nothing that runs creates the parent.

The application answers 404 or 422 where it looks the parent up, and 500 where the foreign key does: never the 201 that
the test expects.

The route is looked up in the application's modules, and what it creates in its code; where no route is found, the path
must speak of the only model that has such a key. Everything that runs counts as a
creator: fixtures, other requests of the test, the application's start-up and dependencies, migrations. Where some of it
cannot be followed the rule stays silent; so it does for tests that expect an error, and for those with stand-ins.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.model_facts import ForeignKey, Model
from lint_fixtures.index.subjects import enforces_foreign_keys, subjects
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    from lint_fixtures.index.posts import made_up_keys, posts, without_parent  # with all that reads an application

    for subject in subjects(project, path):
        if not subject.closures:
            continue
        for post in posts(project, subject):
            for model, key in made_up_keys(project, post):
                if enforces_foreign_keys(project, path) and without_parent(project, subject, post, key):
                    yield Location(path, post.call.line, post.call.col), _message(project, model, key)


def _message(project: Project, model: Model, key: ForeignKey) -> str:
    where = project.where(Location(model.module.path, key.line, 0))
    return (
        f"'{key.attribute}' is made up: the request creates a row of {model.name} ({where}), and nothing that runs "
        f"here creates its parent in {key.target_table}, so the answer is an error"
    )


_SHOP = """
# file: shop/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Organization(Base):
    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
# file: shop/database.py
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

engine = create_engine("postgresql:///shop")


def get_session():
    with Session(engine) as session:
        yield session
# file: shop/campaigns.py
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy.orm import Session

from shop.database import get_session
from shop.models import Campaign, Organization

router = APIRouter(prefix="/campaigns")


class NewCampaign(BaseModel):
    name: str
    organization_id: int


@router.post("/", status_code=201)
def create_campaign(body: NewCampaign, session: Session = Depends(get_session)):
    campaign = Campaign(name=body.name, organization_id=body.organization_id)
    session.add(campaign)
    session.commit()
    return {"id": campaign.id}


@router.post("/search")
def search_campaigns(body: dict, session: Session = Depends(get_session)):
    return session.query(Campaign).filter_by(**body).count()


@router.post("/organizations", status_code=201)
def create_organization(body: dict, session: Session = Depends(get_session)):
    organization = Organization(name=body["name"])
    session.add(organization)
    session.commit()
    return {"id": organization.id}
# file: tests/conftest.py
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from shop.campaigns import router
from shop.database import get_session
from shop.models import Organization


@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
        session.rollback()


@pytest.fixture
def client(db_session):
    app = FastAPI()
    app.include_router(router)
    app.dependency_overrides[get_session] = lambda: db_session
    return TestClient(app)


@pytest.fixture
def organization(db_session):
    organization = Organization(name="ACME")
    db_session.add(organization)
    db_session.flush()
    return organization
"""

RULE = Rule(
    code="LFX504",
    name="made-up-parent-in-request",
    why=__doc__ or "",
    check=check,
    mend="Request the parent's fixture and post its key, or create the parent through the API first.",
    bad=_SHOP
    + """
# file: tests/test_campaigns.py
from uuid import uuid4

import pytest


@pytest.fixture
def payload():
    return {"name": "Spring", "organization_id": 7}


def test_create(client):
    response = client.post("/campaigns/", json={"name": "Spring", "organization_id": 1})  # LFX504
    assert response.status_code == 201


def test_payload(client, payload):
    response = client.post("/campaigns/", json=payload)  # LFX504
    assert response.status_code == 201


def test_generated(client):
    response = client.post("/campaigns/", json={"name": "Spring", "organization_id": str(uuid4())})  # LFX504
    assert response.status_code == 201
""",
    good=_SHOP
    + """
# file: tests/test_campaigns.py
def test_create(client, organization):
    response = client.post("/campaigns/", json={"name": "Spring", "organization_id": organization.id})
    assert response.status_code == 201


def test_created_by_the_api(client):
    assert client.post("/campaigns/organizations", json={"name": "ACME"}).status_code == 201
    response = client.post("/campaigns/", json={"name": "Spring", "organization_id": 1})
    assert response.status_code == 201


def test_unknown_organization(client):
    response = client.post("/campaigns/", json={"name": "Spring", "organization_id": 7})
    assert response.status_code == 404


def test_search(client):
    response = client.post("/campaigns/search", json={"organization_id": 7})
    assert response.status_code == 200
""",
)
