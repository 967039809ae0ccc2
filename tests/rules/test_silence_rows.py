"""Rows and seeds that work, or that are meant to fail, and that a rule once took for broken: each case stays silent."""

from __future__ import annotations

import pytest

from tests.rules.marked import Places, reported

SHOP = """# file: shop/models.py
from sqlalchemy import DDL, ForeignKey, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, sessionmaker

engine = create_engine("postgresql:///shop")
SessionLocal = sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Org(Base):
    __tablename__ = "orgs"
    id: Mapped[int] = mapped_column(primary_key=True)
    users: Mapped[list["User"]] = relationship(back_populates="org")


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs.id"))
    org: Mapped[Org] = relationship(back_populates="users")

    def rename(self, email):
        self.email = email

    def label(self):
        return f"user {self.id}"


"""
CONFTEST = """# file: tests/conftest.py
import pytest
from sqlalchemy.orm import Session
from shop.models import Base, engine


@pytest.fixture(scope="session", autouse=True)
def schema():
    Base.metadata.create_all(engine)
    yield
    Base.metadata.drop_all(engine)


@pytest.fixture
def db():
    with Session(engine) as session:
        yield session
        session.rollback()
"""
TEST = """# file: tests/test_users.py
import pytest
from shop.models import Org, User


"""
ROW_RULES = ("LFX501", "LFX502", "LFX503", "LFX506")


def of_rows(source: str) -> Places:
    return {place for code in ROW_RULES for place in reported(source, code)}


def line_of(source: str, text: str) -> int:
    return source.rpartition("# file: tests/test_users.py\n")[2].splitlines().index(text) + 1


MOCKS = {
    "pytest-mock": "mocker.Mock()",
    "with a spec": 'mocker.MagicMock(spec=["add", "commit"])',
    "autospec": "mocker.create_autospec(Session)",
    "patched factory": 'mocker.patch("shop.models.SessionLocal")',
    "session of a patched factory": 'mocker.patch("shop.models.SessionLocal").return_value',
    "mock of another package": "UnifiedAlchemyMagicMock()",
    "unittest.mock": "MagicMock(spec=Session)",
}
MOCK_TEST = """# file: tests/test_users.py
import pytest
from unittest.mock import MagicMock
from alchemy_mock.mocking import UnifiedAlchemyMagicMock
from sqlalchemy.orm import Session
from shop.models import User


"""
MOCK_USES = {
    "fixture": "@pytest.fixture\ndef db_session(mocker):\n    return {mock}\ndef test_a(db_session):\n",
    "annotated fixture": "@pytest.fixture\ndef db_session(mocker) -> Session:\n    return {mock}\n"
    "def test_a(db_session):\n",
    "configured first": "@pytest.fixture\ndef db_session(mocker):\n    mock = {mock}\n"
    "    mock.scalar.return_value = 3\n"
    "    return mock\ndef test_a(db_session):\n",
    "in the test": "def test_a(mocker):\n    db_session = {mock}\n",
}
MOCKED_ROW = "    db_session.add(User(org_id=3))\n    db_session.commit()\n"


@pytest.mark.parametrize("use", MOCK_USES.values(), ids=MOCK_USES)
@pytest.mark.parametrize("mock", MOCKS.values(), ids=MOCKS)
def test_a_session_that_is_a_mock(mock: str, use: str) -> None:
    assert of_rows(SHOP + CONFTEST + MOCK_TEST + use.format(mock=mock) + MOCKED_ROW) == set()


def test_a_session_beside_a_mock() -> None:
    source = SHOP + CONFTEST + MOCK_TEST + MOCK_USES["fixture"].format(mock="Session()") + MOCKED_ROW
    line = line_of(source, "    db_session.add(User(org_id=3))")
    assert of_rows(source) == {("tests/test_users.py", line, "LFX502"), ("tests/test_users.py", line, "LFX506")}


SEED = 'engine.begin() as connection:\n        connection.exec_driver_sql(open("seed.sql").read())'
CURSOR = "engine.raw_connection() as c, c.cursor() as cursor:\n        "
SEEDS = {
    "file by a connection": f"    with {SEED}\n",
    "file by a cursor": f'    with {CURSOR}cursor.execute(Path("seed.sql").read_text())\n',
    "text in a variable": f'    with {CURSOR}sql = open("seed.sql").read()\n        cursor.execute(sql)\n',
    "lines of a file": f'    with {CURSOR}for line in open("seed.sql"):\n            cursor.execute(line)\n',
    "os.system": '    os.system("pg_restore -d shop dump.pgc")\n',
    "joined text": f"    with {CURSOR}cursor.execute(' '.join(LINES))\n",
    "process": '    subprocess.run(["pg_restore", "dump.pgc"], check=True)\n',
    "imported process": '    check_call(["pg_restore", "dump.pgc"])\n',
    "template": "    with engine.connect() as c:\n"
    '        c.execute(text("CREATE DATABASE shop_test TEMPLATE seeded"))\n',
}
SEED_CONFTEST = CONFTEST.replace(
    "import pytest\n",
    "import os\nimport subprocess\nfrom pathlib import Path\nfrom subprocess import check_call\nimport pytest\n"
    "from sqlalchemy import text\n",
    1,
)
LISTENERS = {
    "table created": '@event.listens_for(Org.__table__, "after_create")\ndef seed(target, connection, **kw):\n'
    '    connection.execute(target.insert(), [{"id": 1}])\n',
    "DDL": 'event.listen(Org.__table__, "after_create", DDL("INSERT INTO orgs (id) VALUES (1)"))\n',
    "metadata": "def seed(target, connection, **kw):\n    for line in open('seed.sql'):\n"
    "        connection.exec_driver_sql(line)\nevent.listen(Base.metadata, 'after_create', seed)\n",
    "mapper": '@event.listens_for(User, "before_insert")\ndef ensure(mapper, connection, target):\n'
    "    connection.execute(Org.__table__.insert().values(id=target.org_id))\n",
}
MADE_UP = 'def test_a(db):\n    db.add(User(email="e", org_id=3))\n    db.commit()\n'


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_a_database_that_is_seeded_out_of_sight(seed: str) -> None:
    conftest = SEED_CONFTEST.replace("    yield\n", f"{seed}    yield\n", 1)
    assert reported(SHOP + conftest + TEST + MADE_UP, "LFX502") == set()


@pytest.mark.parametrize("listener", LISTENERS.values(), ids=LISTENERS)
def test_a_listener_that_inserts_the_parent(listener: str) -> None:
    assert reported(SHOP + listener + CONFTEST + TEST + MADE_UP, "LFX502") == set()


STAMP = '@event.listens_for(User, "before_insert")\ndef stamp(mapper, connection, target):\n    target.email = "e"\n'
SELECTED = "    with engine.connect() as c:\n        c.execute(text('SELECT 1'))\n"


def test_what_seeds_nothing() -> None:
    source = SHOP + STAMP + SEED_CONFTEST.replace("    yield\n", f"{SELECTED}    yield\n", 1) + TEST + MADE_UP
    line = line_of(source, '    db.add(User(email="e", org_id=3))')
    assert reported(source, "LFX502") == {("tests/test_users.py", line, "LFX502")}


EXPECTED = {
    "xfail": "@pytest.mark.xfail\ndef test_a(db):\n",
    "strict xfail": '@pytest.mark.xfail(strict=True, reason="known")\ndef test_a(db):\n',
    "xfail of a parameter set": '@pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.xfail)])\n'
    "def test_a(db, n):\n",
    "xfail of the file": "pytestmark = [pytest.mark.xfail]\ndef test_a(db):\n",
    "xfail in the body": 'def test_a(db):\n    pytest.xfail("later")\n',
    "skip": '@pytest.mark.skip(reason="broken")\ndef test_a(db):\n',
    "bare skip": "@pytest.mark.skip\ndef test_a(db):\n",
    "skipif": '@pytest.mark.skipif(True, reason="broken")\ndef test_a(db):\n',
    "skip in the body": 'def test_a(db):\n    pytest.skip("later")\n',
}
NOT_EXPECTED = {
    "skipif": '@pytest.mark.skipif(sys.platform == "win32", reason="no")\ndef test_a(db):\n',
    "skip in one case": 'def test_a(db):\n    if not db:\n        pytest.skip("no database")\n',
}
BROKEN = """    db.add(User(email="e"))
    db.add(User(email="e", org_id=4))
    org = Org()
    db.add(org)
    db.add(User(email="e", org_id=org.id))
    db.add(User(org=org))
    db.flush()
"""
BROKEN_LINES = {  # by code
    "LFX501": '    db.add(User(email="e"))',
    "LFX503": '    db.add(User(email="e", org_id=org.id))',
    "LFX506": "    db.add(User(org=org))",
}


@pytest.mark.parametrize("test", EXPECTED.values(), ids=EXPECTED)
def test_a_test_that_is_known_to_fail(test: str) -> None:
    assert of_rows(SHOP + CONFTEST + TEST + test + BROKEN) == set()


@pytest.mark.parametrize("test", NOT_EXPECTED.values(), ids=NOT_EXPECTED)
def test_a_test_that_runs_in_some_places(test: str) -> None:
    source = SHOP + CONFTEST + TEST + test + BROKEN
    expected = {("tests/test_users.py", line_of(source, text), code) for code, text in BROKEN_LINES.items()}
    assert of_rows(source) == expected


FILLED = {
    "method that assigns": 'user = User(org=Org())\n    user.rename("e")\n    db.add(user)\n    db.commit()\n',
    "method of a base that is not known": 'user = User(org=Org())\n    user.update(email="e")\n    db.add(user)\n'
    "    db.commit()\n",
    "all on one line": 'user = User(org=Org()); user.email = "e"; db.add(user); db.commit()\n',
}
NOT_FILLED = {
    "method that reads": "user = User(org=Org())\n    assert user.label()\n    db.add(user)\n    db.commit()\n",
    "too late": 'user = User(org=Org())\n    db.add(user)\n    db.commit()\n    user.rename("e")\n',
    "too late on one line": 'user = User(org=Org()); db.add(user); db.commit(); user.email = "e"\n',
}


@pytest.mark.parametrize("lines", FILLED.values(), ids=FILLED)
def test_a_row_that_is_filled_before_the_flush(lines: str) -> None:
    assert reported(SHOP + CONFTEST + TEST + "def test_a(db):\n    " + lines, "LFX506") == set()


@pytest.mark.parametrize("lines", NOT_FILLED.values(), ids=NOT_FILLED)
def test_a_row_that_is_not(lines: str) -> None:
    source = SHOP + CONFTEST + TEST + "def test_a(db):\n    " + lines
    line = line_of(source, "def test_a(db):") + 1
    assert reported(source, "LFX506") == {("tests/test_users.py", line, "LFX506")}
