"""Keys that are read too early, and everything between parent and child that may flush."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX503"
PROJECT = """
# file: shop/models.py
from typing import Optional
from uuid import uuid4
from sqlalchemy import Column, ForeignKey, Integer, String, Uuid
from sqlalchemy.orm import DeclarativeBase, relationship
from sqlmodel import Field, SQLModel
class Base(DeclarativeBase):
    pass
class Org(Base):
    __tablename__ = "orgs"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    camps = relationship("Camp", back_populates="org")
class Tag(Base):
    __tablename__ = "tags"
    id = Column(Uuid, primary_key=True, default=uuid4)
class Camp(Base):
    __tablename__ = "camps"
    id = Column(Integer, primary_key=True)
    org_id = Column(ForeignKey("orgs.id"), nullable=False)
    partner_id = Column(ForeignKey("orgs.id"))
    tag_id = Column(ForeignKey("tags.id"), nullable=False, default=uuid4)
    org = relationship(Org, back_populates="camps")
class Team(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
class Hero(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id")
class Label(Base):
    __tablename__ = "labels"
    id = Column(Integer, primary_key=True)
    tag_id = Column(ForeignKey("tags.id"), nullable=False)
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from shop.models import Org
@pytest.fixture
def db():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
@pytest.fixture
def stored(db):
    org = Org()
    db.add(org)
    db.commit()
    return org
# file: tests/test_camps.py
import uuid
import pytest
from datetime import datetime
from sqlalchemy.exc import IntegrityError
from shop.models import Camp, Hero, Label, Org, Tag, Team
from tests.makers import store
"""

BAD = {
    "never-added": """
def test_camp(db):
    org = Org()
    db.add(Camp(org_id=org.id))  # LFX503
    db.commit()
""",
    "in-a-list": """
def test_camp(db):
    org = Org(name=str(uuid.uuid4()))
    db.add_all([org, Camp(org_id=org.id), Camp(org_id=org.id)])  # LFX503
    db.commit()
""",
    "async-session": """
async def test_camp(db):
    org = Org(name=f"{datetime.now()}")
    db.add(org)
    camp = Camp(org_id=org.id)  # LFX503
    db.add(camp)
    await db.commit()
""",
    "sqlmodel": """
def test_camp(db):
    team = Team()
    db.add(team)
    db.add(Hero(team_id=team.id))  # LFX503
    db.commit()
""",
    "in-one-transaction": """
def test_camp(db):
    with db.begin():
        org = Org()
        db.add(org)
        db.add(Camp(org_id=org.id))  # LFX503
""",
    "in-a-loop": """
def test_camp(db):
    for name in ("a", "b"):
        org = Org(name=name)
        db.add(org)
        db.add(Camp(org_id=org.id))  # LFX503
    db.commit()
""",
}
GOOD = {
    "flush": "org = Org()\ndb.add(org)\ndb.flush()\ndb.add(Camp(org_id=org.id))\ndb.commit()",
    "helper-stores-it": "org = Org()\nstore(db, org)\ndb.add(Camp(org_id=org.id))\ndb.commit()",
    "transaction-ends": "org = Org()\nwith db.begin():\n    db.add(org)\ndb.add(Camp(org_id=org.id))\ndb.commit()",
    "savepoint": "org = Org()\ndb.add(org)\nwith db.begin_nested():\n    db.add(Camp(org_id=org.id))\ndb.commit()",
    "expired-object-is-read": (
        "org = Org()\ndb.add(org)\ndb.add(Camp(partner_id=stored.id, org_id=org.id))\ndb.commit()"
    ),
    "lazy-load": "org = Org()\ndb.add(org)\nassert stored.camps == []\ndb.add(Camp(org_id=org.id))\ndb.commit()",
    "key-given-later": "org = Org()\norg.id = 7\ndb.add(org)\ndb.add(Camp(org_id=org.id))\ndb.commit()",
    "default": "tag = Tag()\ndb.add(tag)\ndb.add(Label(tag_id=tag.id))\ndb.commit()",
    "key-may-be-null": "org = Org()\ndb.add(org)\ndb.add(Camp(org=org, partner_id=org.id))\ndb.commit()",
    "relationship": "org = Org()\ncamp = Camp(org_id=org.id)\ncamp.org = org\ndb.add(camp)\ndb.commit()",
    "collection": "org = Org()\ncamp = Camp(org_id=org.id)\norg.camps.append(camp)\ndb.add(camp)\ndb.commit()",
    "given-again-after-flush": (
        "org = Org()\ndb.add(org)\ncamp = Camp(org_id=org.id)\ndb.flush()\n"
        "camp.org_id = org.id\ndb.add(camp)\ndb.commit()"
    ),
    "another-object-by-that-name": (
        "org = Org()\nfor org in db.query(Org):\n    db.add(Camp(org_id=org.id))\ndb.commit()"
    ),
    "comprehension": "org = Org()\ndb.add_all([Camp(org_id=org.id) for org in stored])\ndb.commit()",
    "expected": "org = Org()\ndb.add(Camp(org_id=org.id))\nwith pytest.raises(IntegrityError):\n    db.commit()",
    "never-added": "org = Org()\nassert Camp(org_id=org.id).org_id is None\ndb.commit()",
    "never-flushed": "org = Org()\ndb.add(Camp(org_id=org.id))\nassert db.new",
    "key-unknown": "org = Org(**stored)\ndb.add(org)\ndb.add(Camp(org_id=org.id))\ndb.commit()",
}


@pytest.mark.parametrize("source", BAD.values(), ids=BAD)
def test_reports_keys_that_are_none(source: str) -> None:
    assert reported(PROJECT + source, CODE) == marked(PROJECT + source) != set()


@pytest.mark.parametrize("lines", GOOD.values(), ids=GOOD)
def test_stays_silent(lines: str) -> None:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    assert reported(f"{PROJECT}def test_camp(db, stored):\n{body}", CODE) == set()
