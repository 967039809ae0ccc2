"""The order in which a cleanup empties tables: every way of writing it, and where the order is nobody's business."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, Engine, ForeignKey, Integer, MetaData, Table, create_engine, event, insert
from sqlalchemy.exc import IntegrityError

from tests.rules.marked import marked, reported

CODE = "LFX505"
MODELS = """# file: shop/models.py
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Org(Base):
    __tablename__ = "orgs"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("orgs.id"))

class Camp(Base):
    __tablename__ = "camps"
    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs.id"))

class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey(Org.id, ondelete="CASCADE"))

class Draft(Base):
    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs.id", deferrable=True, initially="DEFERRED"))

members = Table("members", Base.metadata, Column("org_id", ForeignKey("orgs.id")))
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine, delete, text
from sqlalchemy.orm import Session

from shop import models
from shop.models import Base, Camp, Draft, Note, Org, members

engine = create_engine("postgresql:///shop_test")
ALL = [Org, Camp]

"""
WRONG = {
    "query": """
@pytest.fixture
def session():
    with Session(engine) as session:
        yield session
        session.query(Org).delete()  # LFX505
        session.query(models.Camp).delete()
""",
    "core-delete": """
@pytest.fixture
async def session():
    yield
    await session.execute(delete(Org))  # LFX505
    await session.execute(delete(Camp))
""",
    "statement-in-a-variable": """
@pytest.fixture
def session(connection):
    yield
    statement = delete(Org)
    connection.execute(statement)  # LFX505
    connection.execute(Camp.__table__.delete())
""",
    "association-table": """
@pytest.fixture
def clean(connection):
    yield
    connection.execute(Org.__table__.delete())  # LFX505
    connection.execute(members.delete())
""",
    "text": """
@pytest.fixture
def clean(connection):
    yield
    connection.execute(text("DELETE FROM public.orgs WHERE true"))  # LFX505
    connection.execute(text('delete from "orgs";'))
    connection.execute(text("DELETE FROM camps"))
""",
    "several-in-one-text": """
@pytest.fixture
def clean(connection):
    yield
    connection.exec_driver_sql("DELETE FROM orgs; DELETE FROM camps")  # LFX505
""",
    "truncate-minds-no-on-delete": """
@pytest.fixture
def clean(connection):
    yield
    connection.execute(text("TRUNCATE TABLE orgs RESTART IDENTITY"))  # LFX505
    connection.execute(text("TRUNCATE TABLE notes"))
""",
    "loop-over-models": """
@pytest.fixture
def clean(session):
    yield
    for model in (Org, Camp):  # LFX505
        session.query(model).delete()
""",
    "loop-over-a-constant": """
@pytest.fixture
def clean(session):
    yield
    for model in ALL:  # LFX505
        session.execute(delete(model))
""",
    "loop-over-names": """
@pytest.fixture
def clean(session):
    yield
    for table in reversed(["camps", "orgs"]):  # LFX505
        session.execute(text(f"DELETE FROM {table}"))
""",
    "sorted-tables": """
@pytest.fixture
def clean(connection):
    yield
    for table in Base.metadata.sorted_tables:  # LFX505
        connection.execute(table.delete())
""",
    "helper-of-the-same-file": """
def wipe(session):
    session.query(Org).delete()  # LFX505
    session.query(Camp).delete()

@pytest.fixture
def clean(session):
    yield
    wipe(session)
""",
    "finalizer": """
@pytest.fixture
def clean(session, request):
    def wipe():
        session.query(Org).delete()  # LFX505
        session.query(Camp).delete()
    request.addfinalizer(wipe)
""",
    "child-emptied-before-the-test-only": """
@pytest.fixture
def clean(session):
    session.query(Camp).delete()
    yield
    session.query(Org).delete()  # LFX505
    session.query(Camp).delete()
""",
}
FINE = {
    "children-first": "session.query(Camp).delete()\nsession.query(Org).delete()",
    "child-emptied-before-too": "for model in (Camp, Org, Camp):\n    session.query(model).delete()",
    "on-delete-cascade": "session.query(Org).delete()\nsession.query(Note).delete()",
    "checked-at-commit": "session.query(Org).delete()\nsession.query(Draft).delete()",
    "some-rows-only": "session.query(Org).filter(Org.id == 1).delete()\nsession.query(Camp).delete()",
    "some-rows-by-where": "session.execute(delete(Org).where(Org.id == 1))\nsession.query(Camp).delete()",
    "some-rows-by-text": 'session.execute(text("DELETE FROM orgs WHERE id = 1"))\nsession.query(Camp).delete()',
    "one-truncate": 'session.execute(text("TRUNCATE orgs, camps"))',
    "truncate-cascade": 'session.execute(text("TRUNCATE orgs CASCADE"))\nsession.execute(text("TRUNCATE camps"))',
    "reversed": "for table in reversed(Base.metadata.sorted_tables):\n    session.execute(table.delete())",
    "sorted-truncate": (
        "for table in Base.metadata.sorted_tables:\n    session.execute(text(f'TRUNCATE {table.name} CASCADE'))"
    ),
    "unknown-table": "session.execute(text(f'DELETE FROM {name()}'))\nsession.query(Camp).delete()",
    "either-or": "if engine:\n    session.query(Org).delete()\nelse:\n    session.query(Camp).delete()",
    "tries-again": "while True:\n    session.query(Org).delete()\n    session.query(Camp).delete()",
    "checks-off": (
        'session.execute(text("SET session_replication_role = replica"))\n'
        "session.query(Org).delete()\nsession.query(Camp).delete()"
    ),
    "not-executed": "print(delete(Org))\nsession.query(Camp).delete()",
    "objects": "session.delete(Org(id=1))\nsession.delete(Camp(id=1))",
    "client": 'client.delete("/orgs")\nsession.query(Camp).delete()',
}


@pytest.mark.parametrize("source", WRONG.values(), ids=WRONG)
def test_parents_first(source: str) -> None:
    text = MODELS + source.lstrip("\n")
    assert reported(text, CODE) == marked(text)
    assert len(marked(text)) == 1


def around(lines: str) -> str:
    head = "@pytest.fixture\ndef clean(session, client):\n    yield\n"
    return MODELS + head + "".join(f"    {line}\n" for line in lines.splitlines())


@pytest.mark.parametrize("lines", FINE.values(), ids=FINE)
def test_stays_silent(lines: str) -> None:
    assert reported(around(lines), CODE) == set()


def test_sqlite_does_not_mind() -> None:
    source = around("session.query(Org).delete()\nsession.query(Camp).delete()")
    assert reported(source.replace("postgresql:///shop_test", "sqlite://"), CODE) == set()


def test_before_and_after_the_test_are_two_cleanups() -> None:
    source = MODELS + (
        "@pytest.fixture\ndef clean(session):\n    session.query(Org).delete()\n"
        "    yield\n    session.query(Camp).delete()\n"
    )
    assert reported(source, CODE) == set()


def test_a_test_may_see_the_database_refuse() -> None:
    source = MODELS.replace("tests/conftest.py", "tests/test_a.py") + (
        "def test_refused(session):\n    session.query(Org).delete()\n    session.query(Camp).delete()\n"
    )
    assert reported(source, CODE) == set()


def test_a_database_refuses_to_delete_in_the_order_of_sorted_tables() -> None:
    metadata = MetaData()
    orgs = Table("orgs", metadata, Column("id", Integer, primary_key=True))
    camps = Table("camps", metadata, Column("org_id", ForeignKey("orgs.id"), nullable=False))
    engine = _checking_engine()
    metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(insert(orgs).values(id=1))
        connection.execute(insert(camps).values(org_id=1))
        with pytest.raises(IntegrityError):
            connection.execute(metadata.sorted_tables[0].delete())
        left = [connection.execute(table.delete()).rowcount for table in reversed(metadata.sorted_tables)]
    engine.dispose()
    assert left == [1, 1]


def _checking_engine() -> Engine:
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "connect")
    def check(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys = ON")

    return engine
