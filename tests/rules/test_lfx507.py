"""Which tables a cleanup must not leave out, and which it may."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX507"
MODELS = """# file: shop/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Org(Base):
    __tablename__ = "orgs"
    id: Mapped[int] = mapped_column(primary_key=True)

class Camp(Base):
    __tablename__ = "camps"
    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs.id"))

class Plan(Base):
    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
CHILD = """
class Job(Base):
    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    camp_id: Mapped[int] = mapped_column(ForeignKey("camps.id"))
"""
TESTS = """# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from shop.models import Base, Camp, Org

engine = create_engine("postgresql:///shop_test")

@pytest.fixture
def session():
    with Session(engine) as session:
        yield session

@pytest.fixture(autouse=True)
def clean(session):  # LFX507
    yield
    session.query(Camp).delete()
    session.query(Org).delete()
    session.commit()
# file: tests/test_a.py
from shop.models import Plan

def test_a(session):
    assert session
"""
WRITES = """
def test_plan(session):
    session.add(Plan())
    session.commit()
"""
OTHER_FIXTURE = """
@pytest.fixture(autouse=True)
def more(session):
    yield
    session.execute(text("TRUNCATE jobs"))
# file: tests/test_a.py
"""


def test_a_child_is_left_out() -> None:
    assert reported(MODELS + CHILD + TESTS, CODE) == marked(TESTS)


def test_a_table_that_a_test_writes_is_left_out() -> None:
    assert reported(MODELS + TESTS + WRITES, CODE) == marked(TESTS)


def test_a_table_that_a_fixture_writes_is_left_out() -> None:
    fixture = WRITES.replace("def test_plan", "import pytest\n\n@pytest.fixture\ndef plan")
    assert reported(MODELS + TESTS + fixture + "\ndef test_b(plan):\n    pass\n", CODE) == marked(TESTS)


def test_a_table_that_nobody_writes_may_stay() -> None:
    assert reported(MODELS + TESTS, CODE) == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"camps.id"', '"camps.id", ondelete="CASCADE"', id="goes-with-its-parent"),
        pytest.param('"camps.id"', '"camps.id", ondelete="SET NULL"', id="lets-its-parent-go"),
        pytest.param("session.query(Camp).delete()", "session.execute(text('TRUNCATE camps CASCADE'))", id="cascade"),
        pytest.param("    session.query(Camp).delete()\n", "", id="one-table-only"),
        pytest.param("    session.commit()", "    wipe_rest(session)", id="something-that-cannot-be-told"),
        pytest.param("    session.commit()", "    session.execute(text(SQL + 'DELETE FROM x'))", id="unknown-text"),
        pytest.param("# file: tests/test_a.py\n", OTHER_FIXTURE.lstrip("\n"), id="another-fixture-does-it"),
        pytest.param(
            "        yield session\n",
            "        t = session.begin()\n        yield\n        t.rollback()\n",
            id="rolled-back",
        ),
        pytest.param("autouse=True", "scope='session', autouse=True", id="once-for-the-session"),
        pytest.param("postgresql:///shop_test", "sqlite://", id="sqlite"),
    ],
)
def test_stays_silent(old: str, new: str) -> None:
    source = MODELS + CHILD + TESTS
    assert old in source
    assert reported(source.replace(old, new, 1) if old != '"camps.id"' else source.replace(old, new), CODE) == set()


def test_a_test_that_takes_its_rows_away_itself() -> None:
    tidy = WRITES + "    session.delete(session.get(Plan, 1))\n    session.commit()\n"
    assert reported(MODELS + TESTS + tidy, CODE) == set()
