"""Rows of factory_boy and polyfactory: what they fill, and the parents that come along."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

PROJECT = """
# file: shop/models.py
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase, relationship
class Base(DeclarativeBase):
    pass
class Org(Base):
    __tablename__ = "orgs"
    id = Column(Integer, primary_key=True)
class Camp(Base):
    __tablename__ = "camps"
    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False)
    org_id = Column(ForeignKey("orgs.id"), nullable=False)
    org = relationship(Org)
class Job(Base):
    __tablename__ = "jobs"
    id = Column(Integer, primary_key=True)
    camp_id = Column(ForeignKey("camps.id"), nullable=False)
# file: tests/factories.py
import factory
from factory.alchemy import SQLAlchemyModelFactory
from polyfactory.factories.sqlalchemy_factory import SQLAlchemyFactory
from shop.models import Camp, Job, Org
from tests.database import session
class BaseFactory(SQLAlchemyModelFactory):
    class Meta:
        abstract = True
        sqlalchemy_session = session
        sqlalchemy_session_persistence = "commit"
class OrgFactory(BaseFactory):
    class Meta:
        model = Org
class FullFactory(BaseFactory):
    class Meta:
        model = Camp
    name = factory.Sequence(lambda n: f"camp {n}")
    org = factory.SubFactory(OrgFactory)
class BareFactory(BaseFactory):
    class Meta:
        model = Camp
    name = "camp"
class NamelessFactory(BaseFactory):
    class Meta:
        model = Camp
    org = factory.SubFactory(OrgFactory)
class HookedFactory(BareFactory):
    @classmethod
    def _adjust_kwargs(cls, **kwargs):
        kwargs["org_id"] = 1
        return kwargs
class TraitFactory(BareFactory):
    class Params:
        owned = factory.Trait(org=factory.SubFactory(OrgFactory))
class JobFactory(BaseFactory):
    class Meta:
        model = Job
class PolyFactory(SQLAlchemyFactory[Camp]):
    __session__ = session
class KeylessFactory(SQLAlchemyFactory[Camp]):
    __set_foreign_keys__ = False
    __set_relationships__ = False
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
# file: tests/test_camps.py
from shop.models import Camp, Org
import pytest
from tests.factories import BareFactory, FullFactory, HookedFactory, JobFactory, NamelessFactory, OrgFactory
from tests.factories import PolyFactory, KeylessFactory, TraitFactory
@pytest.fixture
def org(db_session):
    return db_session.get(Org, 1)

"""
BAD = {
    "bare": "BareFactory()  # LFX501",
    "create": 'BareFactory.create(name="a")  # LFX501',
    "batch": "BareFactory.create_batch(3)  # LFX501",
    "parent-taken-away": "FullFactory(org=None)  # LFX501",
    "polyfactory-without-keys": "KeylessFactory.create_sync()  # LFX501",
    "column": "NamelessFactory()  # LFX506",
    "made-up-key": "JobFactory(camp_id=7)  # LFX502",
    "made-up-key-beside-another-row": "OrgFactory()\n    JobFactory(camp_id=7)  # LFX502",
}
GOOD = {
    "sub-factory": "FullFactory()",
    "parent-given": "BareFactory(org=org)",
    "key-given": "BareFactory.create(org_id=org.id)",
    "hook": "HookedFactory()",
    "trait": "TraitFactory(owned=True)",
    "built-only": "BareFactory.build()",
    "polyfactory": "PolyFactory.create_sync()",
    "column": 'NamelessFactory(name="a")',
    "parent-made": "FullFactory(id=7)\n    JobFactory(camp_id=7)",
    "parent-of-a-parent": "FullFactory()\n    BareFactory(org_id=1)",
    "parent-made-by-polyfactory": "PolyFactory.create_sync(id=7)\n    JobFactory(camp_id=7)",
}


@pytest.mark.parametrize("lines", BAD.values(), ids=BAD)
def test_reports_what_factories_leave_out(lines: str) -> None:
    source = f"{PROJECT}def test_camp(db_session):\n    {lines}\n"
    found = set().union(*(reported(source, code) for code in ("LFX501", "LFX502", "LFX506")))
    assert found == marked(source) != set()


@pytest.mark.parametrize("lines", GOOD.values(), ids=GOOD)
@pytest.mark.parametrize("code", ["LFX501", "LFX502", "LFX506"])
def test_stays_silent(lines: str, code: str) -> None:
    assert reported(f"{PROJECT}def test_camp(db_session, org):\n    {lines}\n", code) == set()
