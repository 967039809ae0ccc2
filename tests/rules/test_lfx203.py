"""Wide fixtures that commit rows, and the ways to keep tests apart that make them harmless."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX203"
PROJECT = """
# file: shop/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    pass
class Country(Base):
    __tablename__ = "country"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
# file: tests/helpers.py
from shop.models import Country
def make_country(session):
    country = Country(name="Poland")
    session.add(country)
    session.commit()
    return country
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine, delete, insert, text
from sqlalchemy.orm import Session
from shop.models import Base, Country
from tests.helpers import make_country
engine = create_engine("postgresql:///shop_test")
"""

BAD = {
    "insert-as-text": """
@pytest.fixture(scope="session", autouse=True)
def seeded():  # LFX203
    with Session(engine) as session:
        def insert(name):
            session.execute(text("INSERT INTO country (name) VALUES (:name)"), {"name": name})
            session.commit()
        insert("Poland")
    yield
""",
    "service-that-makes-them": """
from shop.services import Countries
@pytest.fixture(scope="module")
def poland():  # LFX203
    with Session(engine) as session:
        countries = Countries(session)
        country = countries.create_country("Poland")
        session.commit()
        yield country
""",
    "models-that-cannot-be-told": """
from seeds import DATA
@pytest.fixture(scope="session")
def seeded():  # LFX203
    with Session(engine) as session:
        for row in DATA:
            session.add(row)
        session.commit()
    yield DATA
""",
    "session": """
@pytest.fixture(scope="session")
def poland():  # LFX203
    with Session(engine) as session:
        session.add(Country(name="Poland"))
        session.commit()
""",
    "module-and-deleted-in-the-end": """
@pytest.fixture(scope="module")
def poland():  # LFX203
    with Session(engine) as session:
        country = Country(name="Poland")
        session.add(country)
        session.commit()
        yield country
        session.delete(country)
        session.commit()
""",
    "class-in-a-transaction-of-its-own": """
@pytest.fixture(scope="class")
def poland():  # LFX203
    with Session(engine) as session, session.begin():
        session.add(Country(name="Poland"))
""",
    "core-insert": """
@pytest.fixture(scope="session", autouse=True)
def poland():  # LFX203
    with engine.begin() as connection:
        connection.execute(insert(Country).values(name="Poland"))
""",
    "by-a-helper": """
@pytest.fixture(scope="session")
def poland():  # LFX203
    with Session(engine) as session:
        return make_country(session)
""",
    "declared-but-never-taken-away": """
@pytest.fixture(scope="session")
def poland():  # LFX203  lfx: seed
    with Session(engine) as session:
        session.add(Country(name="Poland"))
        session.commit()
""",
    "beside-a-session-that-rolls-back": """
@pytest.fixture
def db_session():
    with Session(engine) as session:
        yield session
        session.rollback()
@pytest.fixture(scope="session")
def poland():  # LFX203
    with Session(engine) as session:
        session.add(Country(name="Poland"))
        session.commit()
""",
}
ROWS = """
    session.add(Country(name="Poland"))
    session.commit()
"""
GOOD = {
    "service-that-only-reads": """
from shop.services import Countries
@pytest.fixture(scope="module")
def poland():
    with Session(engine) as session:
        yield Countries(session).find("Poland")
        session.commit()
""",
    "schema-made-and-committed": """
@pytest.fixture(scope="session")
def schema():
    with Session(engine) as session:
        session.execute(text("CREATE SCHEMA shop"))
        Base.metadata.create_all(session.connection())
        session.commit()
        yield
""",
    "added-and-committed-in-the-end-only": """
from seeds import LOG
@pytest.fixture(scope="session")
def logged():
    with Session(engine) as session:
        yield
        session.add(LOG)
        session.commit()
""",
    "added-to-something-else": """
from queues import QUEUE
@pytest.fixture(scope="session")
def queued():
    QUEUE.add(1)
    QUEUE.commit()
""",
    "function-scope": f"@pytest.fixture\ndef poland():\n    session = Session(engine)\n{ROWS}",
    "no-commit": """
@pytest.fixture(scope="session")
def poland():
    with Session(engine) as session:
        session.add(Country(name="Poland"))
        session.flush()
        yield
""",
    "no-rows": """
@pytest.fixture(scope="session")
def schema():
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(text("select 1"))
        session.commit()
""",
    "seed-that-is-taken-away": """
@pytest.fixture(scope="session")
def countries():  # lfx: seed
    with Session(engine) as session:
        session.add(Country(name="Poland"))
        session.commit()
        yield
        session.execute(delete(Country))
        session.commit()
""",
    "seed-in-a-schema-that-is-dropped": """
@pytest.fixture(scope="session")
def schema():
    Base.metadata.create_all(engine)
    yield
    Base.metadata.drop_all(engine)
@pytest.fixture(scope="session")
def countries(schema):  # lfx: seed
    with Session(engine) as session:
        session.add(Country(name="Poland"))
        session.commit()
""",
    "outer-transaction-with-a-savepoint-per-test": """
@pytest.fixture(scope="session")
def connection():
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()
@pytest.fixture(autouse=True)
def savepoint(connection):
    nested = connection.begin_nested()
    yield
    nested.rollback()
@pytest.fixture(scope="session")
def poland(connection):
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        session.add(Country(name="Poland"))
        session.commit()
""",
    "truncating-autouse": """
@pytest.fixture(autouse=True)
def clean():
    yield
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE country CASCADE"))
@pytest.fixture(scope="session")
def poland():
    with Session(engine) as session:
        session.add(Country(name="Poland"))
        session.commit()
""",
    "dropping-autouse": """
@pytest.fixture(autouse=True)
def schema():
    Base.metadata.create_all(engine)
    yield
    Base.metadata.drop_all(engine)
@pytest.fixture(scope="session")
def poland():
    with Session(engine) as session:
        session.add(Country(name="Poland"))
        session.commit()
""",
    "scope-unknown": """
def chosen(fixture_name, config):
    return "session"
@pytest.fixture(scope=chosen)
def poland():
    with Session(engine) as session:
        session.add(Country(name="Poland"))
        session.commit()
""",
    "factory": """
@pytest.fixture(scope="session")
def make():
    def build(session):
        session.add(Country(name="Poland"))
        session.commit()
    return build
""",
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_rows_that_tests_share(source: str) -> None:
    expected = {("tests/conftest.py", line, CODE) for line in lines_of(PROJECT + source)}
    assert reported(PROJECT + source, CODE) == expected != set()


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(source: str) -> None:
    assert reported(PROJECT + source, CODE) == set() == marked(PROJECT + source)


def lines_of(text: str) -> list[int]:
    """Marked lines, also where the mark of seed data follows."""
    conftest = text.partition("# file: tests/conftest.py\n")[2]
    return [number for number, line in enumerate(conftest.splitlines(), 1) if CODE in line]
