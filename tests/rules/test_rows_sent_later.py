"""Rows that nothing in the function flushes by name: factories, functions with the session, and ways of adding."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX501"
PROJECT = """
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
    org_id = Column(ForeignKey("orgs.id"), nullable=False)
class Job(Base):
    __tablename__ = "jobs"
    id = Column(Integer, primary_key=True)
    org_id = Column(ForeignKey("orgs.id"), nullable=False)
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.dirty = False
class Task(Base):
    __tablename__ = "tasks"
    id = Column(Integer, primary_key=True)
    org_id = Column(ForeignKey("orgs.id"), nullable=False)
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.org_id = self.org_id or 1
class Step(Base):
    __tablename__ = "steps"
    id = Column(Integer, primary_key=True)
    org_id = Column(ForeignKey("orgs.id"), nullable=False)
    def __init__(self, **kwargs):
        super().__init__(**{"org_id": 1, **kwargs})
class Plan(Base):
    __tablename__ = "plans"
    id = Column(Integer, primary_key=True)
    org_id = Column(ForeignKey("orgs.id"), nullable=False)
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.complete()
    def complete(self): ...
# file: shop/services.py
from shop.models import Camp
def count(db):
    return db.query(Camp).count()
def show(request):
    name = request.name
    return request.db.execute(name)
def perhaps(db, wanted):
    if wanted:
        return db.query(Camp).count()
def nothing(db):
    return db
def other(db, session):
    return session.query(Camp).count()
class Camps:
    def __init__(self, session):
        self.session = session
    def add_camp(self, camp):
        self.session.add(camp)
        self.session.commit()
camps = Camps(None)
# file: tests/factories.py
from factory.alchemy import SQLAlchemyModelFactory
from shop.models import Org
class Flushing(SQLAlchemyModelFactory):
    class Meta:
        abstract = True
    @classmethod
    def _create(cls, *args, **kwargs):
        row = super()._create(*args, **kwargs)
        cls._meta.sqlalchemy_session.flush()
        return row
class OrgFactory(Flushing):
    class Meta:
        model = Org
class LazyFactory(SQLAlchemyModelFactory):
    class Meta:
        model = Org
# file: tests/test_rows.py
from shop import services
from shop.models import Camp, Job, Plan, Step, Task
from tests.factories import LazyFactory, OrgFactory
"""
BAD = {
    "factory-after-it": "db_session.add(Camp())  # LFX501\n    OrgFactory.create()",
    "service-with-the-session": "db_session.add(Camp())  # LFX501\n    assert services.count(db_session)",
    "service-by-keyword": "db_session.add(Camp())  # LFX501\n    services.count(db=db_session)",
    "service-with-what-holds-the-session": "request.db.add(Camp())  # LFX501\n    services.show(request)",
    "constructor-that-passes-all-on": "db_session.add(Job())  # LFX501\n    db_session.commit()",
}
GOOD = {
    "nothing-after-it": "OrgFactory.create()\n    db_session.add(Camp())",
    "factory-that-does-not-flush": "db_session.add(Camp())\n    LazyFactory.create()",
    "factory-under-a-condition": "db_session.add(Camp())\n    if request:\n        OrgFactory.create()",
    "service-that-may-not-ask": "db_session.add(Camp())\n    services.perhaps(db_session, request)",
    "service-that-does-not-ask": "db_session.add(Camp())\n    services.nothing(db_session)",
    "service-with-another-session": "db_session.add(Camp())\n    services.other(db_session, request)",
    "service-before-it": "services.count(db_session)\n    db_session.add(Camp())",
    "given-after-it": "camp = Camp()\n    db_session.add(camp)\n    camp.org_id = 1\n    services.count(db_session)",
    "constructor-that-fills": "db_session.add(Task())\n    db_session.commit()",
    "constructor-that-gives-more": "db_session.add(Step())\n    db_session.commit()",
    "constructor-that-calls-itself": "db_session.add(Plan())\n    db_session.commit()",
}


@pytest.mark.parametrize("lines", BAD.values(), ids=BAD)
def test_is_reported(lines: str) -> None:
    source = f"{PROJECT}def test_row(db_session, request):\n    {lines}\n"
    assert reported(source, CODE) == marked(source) != set()


@pytest.mark.parametrize("lines", GOOD.values(), ids=GOOD)
def test_stays_silent(lines: str) -> None:
    assert reported(f"{PROJECT}def test_row(db_session, request):\n    {lines}\n", CODE) == set()


def test_a_file_that_only_hands_rows_on_is_looked_into() -> None:
    source = f"{PROJECT}# file: tests/test_kept.py\nfrom shop.models import Camp\nfrom shop.services import camps\n"
    source += "def test_kept():\n    camps.add_camp(Camp())  # LFX501\n"
    assert reported(source, CODE) == marked(source) != set()
