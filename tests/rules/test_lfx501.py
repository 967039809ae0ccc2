"""Rows without a parent, built in place, by helpers, from mappings; and what may fill the key out of sight."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX501"
PROJECT = """
# file: shop/models.py
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase, relationship
from shop.database import db
class Base(DeclarativeBase):
    pass
class Stored:
    @classmethod
    def create(cls, **values):
        row = cls(**values)
        return row.save()
    def save(self):
        db.session.add(self)
        db.session.commit()
        return self
class Org(Stored, Base):
    __tablename__ = "orgs"
    id = Column(Integer, primary_key=True)
class Camp(Stored, Base):
    __tablename__ = "camps"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    org_id = Column(ForeignKey("orgs.id"), nullable=False)
    partner_id = Column(ForeignKey("orgs.id"))
    org = relationship(Org, foreign_keys=[org_id])
# file: shop/database.py
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
# file: tests/helpers.py
from shop.models import Camp, Org
BASE = {"name": "a", "partner_id": 7}
def make_camp(session, name="a", org=None):
    camp = Camp(name=name, org=org)
    session.add(camp)
    session.commit()
    return camp
def create_camp(session, **values):
    session.add(Camp(name="a", **values))
    session.flush()
def build_camp(session, org_id=None):
    if org_id is None:
        org_id = make_org(session).id
    return create_camp(session, org_id=org_id)
def create_with_defaults(session, **values):
    values.setdefault("org_id", 1)
    session.add(Camp(**values))
    session.commit()
def make_some(session, org_id=None):
    if org_id:
        session.add(Camp(org_id=org_id))
    session.commit()
def make_org(session):
    org = Org()
    session.add(org)
    session.commit()
    return org
def make_two(session, org=None):
    make_camp(session, "a", org)
    make_camp(session, "b", org)
def make_lonely(session):
    session.add(Camp(name="lonely"))
    session.commit()
def values_of_camp(name="a", **overrides):
    values = {"name": name, "partner_id": 7}
    values.update(overrides)
    return values
def make_owned(session, owner=None, **values):
    session.add(Camp(**values))
    session.commit()
class Makers:
    @staticmethod
    def make(session, org):
        return make_camp(session, org=org)
    def make_camp(self, session, org=None):
        session.add(Camp(org=org))
        session.commit()
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from shop.models import Camp
@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
@pytest.fixture
def payload():
    return {"name": "a"}
@pytest.fixture
def full_payload(org):
    return dict(name="a", org_id=org.id)
@pytest.fixture
def camp_factory(db_session):
    def make(org=None):
        camp = Camp(org=org)
        db_session.add(camp)
        db_session.commit()
        return camp
    return make
# file: tests/test_camps.py
import pytest
from sqlalchemy import insert
from shop.models import Camp, Org
from tests.helpers import *
from tests.helpers import BASE, Makers, build_camp, create_camp, create_with_defaults
from tests.helpers import make_owned, values_of_camp
from tests.helpers import make_camp, make_lonely, make_org, make_some, make_two
"""

BAD = {
    "helper-of-another-module": "make_camp(db_session)  # LFX501",
    "helper-that-is-given-none": "make_camp(db_session, org=None)  # LFX501",
    "helper-with-keywords": "create_camp(db_session, partner_id=7)  # LFX501",
    "helper-of-a-helper": "make_two(db_session)  # LFX501",
    "helper-that-never-gives-one": "make_lonely(db_session)  # LFX501",
    "static-method": "Makers.make(db_session, None)  # LFX501",
    "factory-fixture": "camp_factory()  # LFX501",
    "create-of-the-model": 'Camp.create(name="a")  # LFX501',
    "save-of-the-model": 'Camp(name="a").save()  # LFX501',
    "save-by-name": 'camp = Camp(name="a")  # LFX501\n    camp.save()',
    "fixture-payload": "db_session.add(Camp(**payload))  # LFX501\n    db_session.commit()",
    "module-payload": "db_session.add(Camp(**BASE))  # LFX501\n    db_session.commit()",
    "local-payload": 'values = {**BASE, "name": "b"}\n    create_camp(db_session, **values)  # LFX501',
    "rows-beside-the-insert": 'db_session.execute(insert(Camp), [{"name": "a"}, {"name": "b"}])  # LFX501',
    "insert-of-dicts": 'db_session.execute(insert(Camp).values([{"name": "a"}]).returning(Camp.id))  # LFX501',
    "bulk-mappings": 'db_session.bulk_insert_mappings(Camp, [{"name": "a"}])  # LFX501\n    db_session.commit()',
    "values-of-a-helper": "db_session.add(Camp(**values_of_camp(id=1)))  # LFX501\n    db_session.commit()",
    "used-after-the-flush": (
        "camp = Camp()  # LFX501\n    db_session.add(camp)\n    db_session.commit()\n    fill(camp)"
    ),
    "given-after-the-flush": (
        "camp = Camp()  # LFX501\n    db_session.add(camp)\n    db_session.flush()\n    camp.org = org"
    ),
    "bulk-objects": "db_session.bulk_save_objects([Camp(), Camp()])  # LFX501\n    db_session.commit()",
}
GOOD = {
    "helper-with-parent": "make_camp(db_session, org=org)",
    "helper-by-position": 'make_camp(db_session, "a", org)',
    "helper-with-keywords": "create_camp(db_session, org_id=org.id)",
    "helper-that-makes-the-parent": "build_camp(db_session)",
    "helper-with-a-default-key": "create_with_defaults(db_session)",
    "helper-that-may-not-add": "make_some(db_session)",
    "helper-of-a-helper": "make_two(db_session, org)",
    "static-method": "Makers.make(db_session, org)",
    "factory-fixture": "camp_factory(org=org)",
    "create-of-the-model": "Camp.create(org=org)",
    "unknown-keywords": "create_camp(db_session, **request_data)",
    "changed-payload": 'payload["org_id"] = org.id\n    create_camp(db_session, **payload)',
    "updated-payload": "payload.update(org_id=org.id)\n    create_camp(db_session, **payload)",
    "merged-payload": "create_camp(db_session, **(payload | full_payload))",
    "full-payload": "db_session.add(Camp(**full_payload))\n    db_session.commit()",
    "filled-payload": "fill(payload)\n    db_session.add(Camp(**payload))\n    db_session.commit()",
    "rows-beside-the-insert": 'db_session.execute(insert(Camp), [{"org_id": org.id}])',
    "rows-unknown": "db_session.execute(insert(Camp), rows)",
    "rows-filled-in": 'rows = [{"name": "a"}]\n    rows.append(1)\n    db_session.execute(insert(Camp), rows)',
    "insert-from-select": "db_session.execute(insert(Camp).from_select(['name'], query))",
    "bulk-mappings": 'db_session.bulk_insert_mappings(Camp, [{"org_id": 7}])\n    db_session.commit()',
    "values-of-a-helper": "db_session.add(Camp(**values_of_camp(org_id=org.id)))\n    db_session.commit()",
    "same-name-as-a-parameter": "owner = org.id\n    make_owned(db_session, org_id=owner)",
    "used-before-the-flush": "camp = Camp()\n    db_session.add(camp)\n    fill(camp)\n    db_session.commit()",
    "flush-in-another-arm": (
        "camp = Camp()\n    if org:\n        db_session.add(camp)\n    else:\n        db_session.commit()\n"
        "    camp.org = org\n    db_session.commit()"
    ),
    "only-built": "Camp(**payload)\n    db_session.commit()",
}


def project(lines: str) -> str:
    return f"{PROJECT}def test_camp(db_session, org, payload, full_payload, camp_factory):\n    {lines}\n"


@pytest.mark.parametrize("lines", BAD.values(), ids=BAD)
def test_reports_children_without_parent(lines: str) -> None:
    assert reported(project(lines), CODE) == marked(project(lines)) != set()


@pytest.mark.parametrize("lines", GOOD.values(), ids=GOOD)
def test_stays_silent(lines: str) -> None:
    assert reported(project(lines), CODE) == set()


def test_a_key_that_may_be_null() -> None:
    lines = BAD["helper-of-another-module"]
    assert reported(project(lines).replace("nullable=False", "nullable=True"), CODE) == set()


def test_expected_errors() -> None:
    lines = "with pytest.raises(Exception):\n        make_camp(db_session)"
    assert reported(project(lines), CODE) == set()
