"""What happens to databases when a file with tests is imported."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX603"
APP = """
# file: shop/__init__.py
# file: shop/database.py
import os
from alembic import command
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, create_engine
from sqlalchemy.orm import DeclarativeBase, Session
engine = create_engine(os.environ["DATABASE_URL"])
metadata = MetaData()
db = SQLAlchemy()
class Base(DeclarativeBase):
    pass
def create_tables():
    Base.metadata.create_all(engine)
def prepare():
    create_tables()
def make_tables_unless_there():
    if not os.environ.get("READY"):
        create_tables()
def make_tables_at_most_once():
    if os.environ.get("READY"):
        return
    create_tables()
async def create_tables_async():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
def wait(session: Session):
    session.execute("SELECT 1")
"""
HEAD = """import asyncio
import psycopg
import pytest
from alembic import command
from sqlalchemy.orm import Session
from sqlalchemy_utils import create_database, database_exists
from unittest.mock import MagicMock
from shop.database import *

"""
BAD = {
    "create-all": "Base.metadata.create_all(bind=engine)  # LFX603\n",
    "drop-all": "metadata.drop_all(engine)  # LFX603\n",
    "flask": "db.create_all()  # LFX603\n",
    "one-table": "Base.__table__.create(engine)  # LFX603\n",
    "connect": "connection = engine.connect()  # LFX603\n",
    "begin": "with engine.begin() as connection:  # LFX603\n    pass\n",
    "driver": "connection = psycopg.connect('dbname=shop')  # LFX603\n",
    "migrations": "command.upgrade(None, 'head')  # LFX603\n",
    "condition-asks-the-server": "if not database_exists(URL):  # LFX603\n    create_database(URL)\n",
    "try": "try:\n    create_tables()  # LFX603\nexcept OSError:\n    pass\n",
    "try-writes": "try:\n    with engine.begin() as one:  # LFX603\n        one.execute('DELETE FROM orders')\n"
    "except OSError:\n    pass\n",
    "try-raises-again": "try:\n    engine.connect()  # LFX603\nexcept OSError as error:\n    raise ValueError\n",
    "try-without-except": "try:\n    engine.connect()  # LFX603\nfinally:\n    engine.dispose()\n",
    "class-body": "class TestOrders:\n    Base.metadata.create_all(engine)  # LFX603\n",
    "helper": "prepare()  # LFX603\n",
    "own-helper": "def start():\n    Base.metadata.create_all(engine)\n\nstart()  # LFX603\n",
    "coroutine": "asyncio.run(create_tables_async())  # LFX603\n",
    "session": "wait(Session(engine))  # LFX603\n",
}
GOOD = {
    "fixture": "@pytest.fixture\ndef tables():\n    Base.metadata.create_all(engine)\n",
    "hook": "def pytest_sessionstart(session):\n    create_tables()\n",
    "helper-not-called": "def start():\n    create_tables()\n",
    "lambda": "start = lambda: create_tables()\n",
    "handed-over": "START = [create_tables]\n",
    "coroutine-not-run": "pending = create_tables_async()\n",
    "script": "if __name__ == '__main__':\n    create_tables()\n",
    "condition": "if engine:\n    create_tables()\n",
    "helper-under-a-condition": "make_tables_unless_there()\nmake_tables_at_most_once()\n",
    "in-memory": "own = create_engine('sqlite://')\nBase.metadata.create_all(own)\nown.connect()\n",
    "in-memory-file": "own = create_engine('sqlite:///:memory:')\nBase.metadata.create_all(own)\n",
    "in-memory-by-environment": "os.environ['DATABASE_URL'] = 'sqlite+aiosqlite:///:memory:'\ncreate_tables()\n",
    "mock": "engine = MagicMock()\nengine.connect()\n",
    "mock-engine": "from sqlalchemy import create_mock_engine\n"
    "Base.metadata.create_all(create_mock_engine('postgresql://', print))\n",
    "other-connect": "signal.connect(print)\nlogger.begin()\n",
    "other-create": "client = Client.create()\n",
    "asks-whether-a-server-is-there": "try:\n    engine.connect().close()\n    THERE = True\n"
    "except Exception:\n    THERE = False\n",
    "asks-with-a-query": "try:\n    with engine.connect() as connection:\n"
    "        connection.execute('SELECT 1')\nexcept OSError:\n    pytest.skip('no server', allow_module_level=True)\n",
    "asks-by-a-helper": "def is_there():\n    try:\n        with engine.connect():\n            return True\n"
    "    except OSError:\n        return False\n\nTHERE = is_there()\n",
    "asks-the-driver": "try:\n    psycopg.connect('dbname=shop')\nexcept psycopg.Error:\n    pass\n",
    "engine-alone": "own = create_engine('postgresql:///shop_test')\nsession = Session(own)\n",
}


@pytest.mark.parametrize("path", ["tests/conftest.py", "tests/test_orders.py"])
@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_what_an_import_does(source: str, path: str) -> None:
    text = f"{APP}# file: {path}\n{HEAD}{source}"
    assert reported(text, CODE) == marked(text) != set()


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(source: str) -> None:
    assert reported(f"{APP}# file: tests/conftest.py\n{HEAD}{source}", CODE) == set()


def test_a_helper_that_tests_import_counts_and_a_script_does_not() -> None:
    helper = f"{APP}# file: tests/database.py\n{HEAD}{BAD['create-all']}"
    user = "# file: tests/test_orders.py\nfrom .database import engine\n"
    assert reported(helper + user, CODE) == marked(helper)
    assert reported(helper + "# file: tests/test_orders.py\nfrom .other import engine\n", CODE) == set()


def test_a_database_in_memory_may_be_set_in_the_conftest_above() -> None:
    conftest = "# file: conftest.py\nimport os\nos.environ['DATABASE_URL'] = 'sqlite://'\n"
    assert reported(f"{APP}{conftest}# file: tests/conftest.py\n{HEAD}{BAD['helper']}", CODE) == set()


def test_leaves_the_application_alone() -> None:
    assert reported(f"{APP}# file: shop/main.py\nfrom shop.database import *\n{BAD['helper']}", CODE) == set()
