"""Code that works, and that a rule once took for broken: each case stays silent."""

from __future__ import annotations

import pytest

from tests.rules.marked import reported

MODELS = """# file: shop/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Org(Base):
    __tablename__ = "orgs"
    id: Mapped[int] = mapped_column(primary_key=True)
    camps: Mapped[list["Camp"]] = relationship(back_populates="org")


class Camp(Base):
    __tablename__ = "camps"
    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs.id"))
    org: Mapped[Org] = relationship(back_populates="camps")
# file: shop/jobs.py
from shop.models import Org

DEFAULT = Org(id=1)
KINDS = {"org": Org}


class Service:
    def __init__(self, session):
        self.session = session

    def go(self):
        self.session.add(Org(id=1))
        self.session.flush()


def go(session):
    session.add(Org(id=1))
    session.flush()
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture
def session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
        session.rollback()
# file: tests/test_camps.py
from functools import partial
from sqlalchemy import insert, text
from shop.jobs import DEFAULT, KINDS, Service, go
from shop.models import Camp, Org


def test_camp(session):
"""
PARENT_KEYS = {
    "method of a project class": "s = Service(session)\ns.go()",
    "method of a fresh object": "Service(session).go()",
    "function handed to map": "list(map(go, [session]))",
    "partial": "partial(go, session)()",
    "imported object": "session.add(DEFAULT)",
    "class from a loop": "for cls in (Org,):\n    session.add(cls(id=1))",
    "class from a table": "session.add(KINDS['org'](id=1))",
    "unreadable statement": "session.execute(text(open('seed.sql').read()))",
    "checks off": "session.execute(text('SET session_replication_role = replica'))",
}
FILLED = {
    "collection replaced": "o = Org()\nc = Camp()\no.camps = [c]\nsession.add_all([o, c])",
    "collection extended": "o = Org()\ncs = [Camp(), Camp()]\no.camps.extend(cs)\nsession.add_all(cs)",
    "collection added to": "o = Org()\ncs = [Camp(), Camp()]\no.camps += cs\nsession.add_all(cs)",
    "filled in a loop": "cs = [Camp(), Camp()]\nfor c in cs:\n    c.org = Org()\nsession.add_all(cs)",
    "filled by index": "rows = [Camp(), Camp()]\nrows[0].org = Org()\nrows[1].org = Org()\nsession.add_all(rows)",
    "unpacked": "rows = a, b = [Camp(), Camp()]\na.org = b.org = Org()\nsession.add_all(rows)",
    "another name": "c = Camp()\nd = c\nd.org = Org()\nsession.add(c)",
    "inner function": "c = Camp()\ndef fill():\n    c.org_id = 7\nfill()\nsession.add(c)",
    "taken out again": "c = Camp()\nsession.add(c)\nsession.expunge(c)\nsession.commit()",
    "values beside the insert": "session.execute(insert(Camp).values(id=1), {'org_id': 7})",
    "values twice": "session.execute(insert(Camp).values(id=2).values(org_id=7))",
    "statement built up": "st = insert(Camp).values(id=3)\nst = st.values(org_id=7)\nsession.execute(st)",
    "never executed": "assert 'INSERT' in str(insert(Camp).values(id=1))",
}
FIXTURES = {
    ("LFX101", "extends through another fixture"): """# file: tests/conftest.py
import pytest
@pytest.fixture
def rows():
    yield [1, 2]
@pytest.fixture
def seeded(rows):
    return rows
# file: tests/test_a.py
import pytest
@pytest.fixture
def rows(seeded):
    return seeded
def test_rows(rows):
    assert rows
""",
    ("LFX101", "extends by getfixturevalue"): """# file: tests/conftest.py
import pytest
@pytest.fixture
def thing():
    yield [1, 2]
# file: tests/test_a.py
import pytest
@pytest.fixture
def thing(request):
    return request.getfixturevalue("thing")
def test_thing(thing):
    assert thing
""",
    ("LFX101", "placeholder that skips"): """# file: tests/conftest.py
import pytest
@pytest.fixture
def thing():
    pytest.skip("override me")
# file: tests/test_a.py
import pytest
@pytest.fixture
def thing():
    return [1]
def test_thing(thing):
    assert thing
""",
    ("LFX103", "one of two names extends the other"): """# file: tests/test_a.py
import pytest
@pytest.fixture
def a():
    return 1
@pytest.fixture(name="a")
def b(a):
    return a + 1
def test_a(a):
    assert a == 2
""",
    ("LFX301", "class attribute that a fixture fills"): """# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
@pytest.fixture(scope="class")
def db_class(request):
    with Session(create_engine("postgresql:///shop_test")) as session:
        request.cls.session = session
        yield
# file: tests/test_a.py
import unittest
import pytest
from sqlalchemy import text
@pytest.mark.usefixtures("db_class")
class TestE(unittest.TestCase):
    session = None
    def test_q(self):
        assert self.session.execute(text("select 1"))
""",
    ("LFX301", "global that is set from outside and asked for at every use"): """# file: tests/factories.py
_db_session = None
def get_session():
    if _db_session is None:
        raise RuntimeError("request the fixture enable_factories")
    return _db_session
def lookup(name):
    return _db_session.execute(name) if _db_session is not None else None
# file: tests/conftest.py
import pytest
from tests import factories
@pytest.fixture
def enable_factories(monkeypatch, db_session):
    monkeypatch.setattr(factories, "_db_session", db_session)
""",
    ("LFX301", "class attribute that a helper of setup_method fills"): """# file: tests/test_a.py
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
class TestE:
    db_session = None
    def connect(self):
        self.db_session = Session(create_engine("postgresql:///shop_test"))
    def prepare(self):
        self.connect()
    def setup_method(self):
        self.prepare()
    def test_q(self):
        assert self.db_session.execute(text("select 1"))
""",
    ("LFX301", "global that a helper of setup_module fills"): """# file: tests/test_a.py
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
db_session = None
def connect():
    global db_session
    db_session = Session(create_engine("postgresql:///shop_test"))
def setup_module():
    connect()
def test_q():
    assert db_session.execute(text("select 1"))
""",
    ("LFX301", "class attribute that a base class fills"): """# file: tests/base.py
import unittest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
class DbCase(unittest.TestCase):
    def setUp(self):
        self.session = Session(create_engine("postgresql:///shop_test"))
# file: tests/test_a.py
from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.base import DbCase
class TestE(DbCase):
    session: Session | None = None
    def test_q(self):
        assert self.session.execute(text("select 1"))
""",
    ("LFX302", "wrapper that passes the argument itself"): """# file: tests/helpers.py
from functools import wraps
def with_session(test):
    @wraps(test)
    def wrapper(*args, **kwargs):
        return test(*args, db_session=object(), **kwargs)
    return wrapper
# file: tests/test_a.py
import pytest
from tests.helpers import with_session
@pytest.fixture
def db_session():
    return object()
@with_session
def test_q(db_session=None):
    assert db_session
""",
    ("LFX302", "decorator of another package"): """# file: tests/test_a.py
import pytest
from injector import inject
@pytest.fixture
def db_session():
    return object()
@inject("db_session")
def test_q(db_session=None):
    assert db_session
""",
    ("LFX303", "helper of a helper that skips"): """# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
def skip(reason):
    pytest.skip(reason)
def give_up():
    print("no database")
    skip("no database")
@pytest.fixture
def db_session():
    try:
        engine = create_engine("postgresql:///shop_test")
    except OSError:
        give_up()
    else:
        with Session(engine) as session:
            yield session
""",
    ("LFX303", "method that fails"): """# file: tests/test_a.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
class TestE:
    def give_up(self):
        pytest.fail("no database")
    @pytest.fixture
    def db_session(self):
        try:
            engine = create_engine("postgresql:///shop_test")
        except OSError:
            self.give_up()
        else:
            yield Session(engine)
    def test_q(self, db_session):
        assert db_session
""",
    ("LFX107", "computed plugins"): """# file: conftest.py
import glob
pytest_plugins = [f.replace("/", ".")[:-3] for f in glob.glob("tests/fixtures/*.py")]
# file: tests/fixtures/tok.py
import pytest
@pytest.fixture
def token():
    return 1
# file: tests/test_a.py
def test_a(token):
    assert token
""",
    ("LFX107", "plugin imported by a hook"): """# file: tests/conftest.py
def pytest_configure(config):
    config.pluginmanager.import_plugin("tests.fx")
# file: tests/fx.py
import pytest
@pytest.fixture
def token():
    return 1
# file: tests/test_a.py
def test_a(token):
    assert token
""",
    ("LFX107", "patched class"): """# file: tests/api/conftest.py
import pytest
@pytest.fixture
def token():
    return 1
# file: tests/unit/test_a.py
import os
from unittest.mock import patch
@patch.object(os, "getcwd")
class TestP:
    def test_c(self, token):
        token.assert_not_called()
""",
}


def body(lines: str) -> str:
    return MODELS + "".join(f"    {line}\n" for line in lines.splitlines())


@pytest.mark.parametrize("lines", PARENT_KEYS.values(), ids=PARENT_KEYS)
def test_a_parent_that_may_be_created_out_of_sight(lines: str) -> None:
    assert reported(body(f"{lines}\nsession.add(Camp(org_id=1))\nsession.flush()"), "LFX502") == set()


def test_without_them_the_key_is_made_up() -> None:
    source = body("session.add(Camp(org_id=1))\nsession.flush()")
    line = (
        source.partition("# file: tests/test_camps.py\n")[2].splitlines().index("    session.add(Camp(org_id=1))") + 1
    )
    assert reported(source, "LFX502") == {("tests/test_camps.py", line, "LFX502")}


@pytest.mark.parametrize("code", ["LFX501", "LFX502"])
def test_a_row_that_is_never_flushed(code: str) -> None:
    assert reported(body("c = Camp()\nsession.add(c)\nassert c in session.new\nsession.rollback()"), code) == set()


@pytest.mark.parametrize("lines", FILLED.values(), ids=FILLED)
def test_a_row_that_is_filled_elsewhere(lines: str) -> None:
    assert reported(body(f"{lines}\nsession.flush()"), "LFX501") == set()


@pytest.mark.parametrize(("case", "source"), FIXTURES.items(), ids=[f"{code}-{name}" for code, name in FIXTURES])
def test_fixtures_that_pytest_resolves(case: tuple[str, str], source: str) -> None:
    assert reported(source, case[0]) == set()
