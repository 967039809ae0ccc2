"""Columns that a row cannot do without, and everything that may fill them out of sight."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX506"
MODELS = """
# file: shop/models.py
from typing import Optional
from sqlalchemy import Column, Computed, Integer, String, event
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, Mapped, mapped_column, synonym, validates
from sqlmodel import Field, SQLModel
class Base(DeclarativeBase):
    pass
class Org(Base):
    __tablename__ = "orgs"
    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False)
    slug = Column("url_slug", String, nullable=False)
    city = Column(String, nullable=False, server_default="")
    key = Column(Integer, Computed("id + 1"), nullable=False)
class Hero(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    name: str
    age: Optional[int] = None
class Animal(Base):
    __tablename__ = "animals"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[int]
    __mapper_args__ = {"polymorphic_on": "kind", "version_id_col": version}
class Machine(Base):
    __tablename__ = "machines"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    if True:
        __mapper_args__ = {"polymorphic_identity": "machine"}
    else:
        __mapper_args__ = {"polymorphic_on": "kind"}
class Device(Base):
    __tablename__ = "devices"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    __mapper_args__ = {"eager_defaults": True}
    __mapper_args__["polymorphic_on"] = kind
class Named(Base):
    __tablename__ = "named"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    title = synonym("name")
    short: Mapped[str]
    @validates("name")
    def shorten(self, key, value):
        self.short = value[:3]
        return value
class Point(MappedAsDataclass, Base):
    __tablename__ = "points"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    x: Mapped[int] = mapped_column(init=False)
"""
PROJECT = (
    MODELS
    + """
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
@pytest.fixture
def db():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
# file: tests/test_rows.py
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from shop.models import Animal, Device, Hero, Machine, Named, Org, Point
"""
)

BAD = {
    "column": 'db.add(Org(name="a"))  # LFX506\n    db.commit()',
    "none": 'db.add(Org(name="a", slug=None))  # LFX506\n    db.commit()',
    "sqlmodel": "db.add(Hero(age=7))  # LFX506\n    db.commit()",
    "core-insert-by-column-name": 'db.execute(insert(Org).values({"url_slug": "a"}))  # LFX506',
    "something-else-patched": 'mocker.patch.object(db, "get")\n    db.add(Org(name="a"))  # LFX506\n    db.commit()',
    "validated": 'db.add(Named(short="a"))  # LFX506\n    db.commit()',
}
GOOD = {
    "given": 'db.add(Org(name="a", slug="a"))\n    db.commit()',
    "given-later": 'org = Org(name="a")\n    org.slug = "a"\n    db.add(org)\n    db.commit()',
    "core-insert": 'db.execute(insert(Org).values(name="a", url_slug="a"))',
    "discriminator-and-version": "db.add(Animal())\n    db.commit()",
    "mapper-told-in-two-arms": "db.add(Machine())\n    db.commit()",
    "mapper-told-twice": "db.add(Device())\n    db.commit()",
    "flush-patched-by-mocker": 'mocker.patch.object(db, "flush")\n    db.add(Org(name="a"))\n    db.commit()',
    "flush-patched": 'with patch.object(db, "flush"):\n        db.add(Org(name="a"))\n        db.flush()',
    "flush-patched-by-path": 'with patch("a.Session.flush"):\n        db.add(Org(name="a"))\n        db.flush()',
    "flush-set": 'monkeypatch.setattr(db, "flush", print)\n    db.add(Org(name="a"))\n    db.commit()',
    "flush-assigned": 'db.flush = print\n    db.add(Org(name="a"))\n    db.commit()',
    "synonym": 'db.add(Named(title="a"))\n    db.commit()',
    "validator": 'db.add(Named(name="a"))\n    db.commit()',
    "not-in-the-constructor": "db.add(Point())\n    db.commit()",
    "expected": 'db.add(Org(name="a"))\n    with pytest.raises(IntegrityError):\n        db.commit()',
    "never-added": 'assert Org(name="a").slug is None\n    db.commit()',
    "mapping": "db.add(Org(**data))\n    db.commit()",
}
OUT_OF_SIGHT = {
    "listener": """# file: shop/events.py
from sqlalchemy import event
from shop.models import Org
@event.listens_for(Org, "before_insert")
def fill(mapper, connection, target):
    target.slug = target.name
""",
    "session-listener": """# file: shop/events.py
from sqlalchemy import event
from sqlalchemy.orm import Session
def fill(session, context, instances):
    for row in session.new:
        row.slug = row.name
event.listen(Session, "before_flush", fill)
""",
    "trigger": """# file: migrations/versions/0001.py
from alembic import op
def upgrade():
    op.execute("CREATE TRIGGER slugs BEFORE INSERT ON orgs EXECUTE FUNCTION fill_slug()")
""",
}


@pytest.mark.parametrize("lines", BAD.values(), ids=BAD)
def test_reports_rows_that_lack_a_column(lines: str) -> None:
    source = f"{PROJECT}def test_row(db, mocker):\n    {lines}\n"
    assert reported(source, CODE) == marked(source) != set()


@pytest.mark.parametrize("lines", GOOD.values(), ids=GOOD)
def test_stays_silent(lines: str) -> None:
    assert reported(f"{PROJECT}def test_row(db, data, mocker, monkeypatch):\n    {lines}\n", CODE) == set()


@pytest.mark.parametrize("extra", OUT_OF_SIGHT.values(), ids=OUT_OF_SIGHT)
def test_what_may_be_filled_out_of_sight(extra: str) -> None:
    source = PROJECT + f"def test_row(db):\n    {BAD['column']}\n"
    assert reported(source, CODE) == marked(source) != set()
    assert reported(extra + source.lstrip(), CODE) == set()


PATCHED = {
    "decorator": """
@patch("sqlalchemy.orm.Session.flush")
def test_row(flush, db):
    db.add(Org(name="a"))
    db.commit()
""",
    "fixture": """
@pytest.fixture
def unflushed(db, monkeypatch):
    monkeypatch.setattr(db, "flush", lambda: None)

def test_row(db, unflushed):
    db.add(Org(name="a"))
    db.commit()
""",
}


@pytest.mark.parametrize("source", PATCHED.values(), ids=PATCHED)
def test_nothing_is_sent_where_flush_is_replaced(source: str) -> None:
    assert reported(PROJECT + source, CODE) == set()
