"""Database URLs that are written into the set-up of tests."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX602"
HEAD = """import os
import asyncpg
import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

"""

BAD = {
    "another-host": "engine = create_engine('postgresql://db/shop_test')  # LFX602\n",
    "password": "engine = create_engine('postgresql+psycopg://shop:secret@localhost:5432/shop')  # LFX602\n",
    "mysql": "engine = create_engine('mysql+pymysql://root:root@127.0.0.1/shop')  # LFX602\n",
    "by-a-name": "URL = 'postgresql://shop@db/shop'  # LFX602\nengine = create_engine(URL)\n",
    "in-parts": """
HOST = "db.internal"
URL = f"postgresql://shop@{HOST}/shop"  # LFX602

@pytest.fixture
def engine():
    return create_async_engine(make_url(URL))
""",
    "keyword": "engine = create_engine(url='postgresql://shop@db/shop')  # LFX602\n",
    "local-variable": """
@pytest.fixture
def engine():
    url = "postgresql://shop:pw@db/shop"  # LFX602
    return create_engine(url)
""",
    "driver": """
@pytest.fixture
async def connection():
    return await asyncpg.connect(dsn="postgresql://shop:pw@db/shop")  # LFX602
""",
    "helper-that-opens": """
def connect(name, url):
    return psycopg.connect(url)

@pytest.fixture
def connection():
    return connect("shop", url="postgresql://shop:pw@db/shop")  # LFX602
""",
    "default-on-a-real-host": """
engine = create_engine(os.environ.get("URL", "postgresql://shop:pw@db.shop.io/shop"))  # LFX602
""",
    "environment": 'os.environ["DATABASE_URL"] = "postgresql://shop:pw@localhost/shop"  # LFX602\n',
    "flask": """
@pytest.fixture
def app(app):
    app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://shop:pw@localhost/shop"  # LFX602
""",
    "handed-out": """
class Database:
    def url(self):
        return f"postgresql://{USER}:{PASSWORD}@database:{self.port}/{self.name}"  # LFX602
""",
    "handed-out-by-a-fixture": """
@pytest.fixture
def url():
    yield "postgresql://shop@database/shop"  # LFX602
""",
}
GOOD = {
    "default-on-loopback": "engine = create_engine(os.environ.get('URL', 'postgresql://shop:pw@localhost/shop'))\n",
    "default-of-compose": "engine = create_engine(os.getenv('URL') or 'postgresql://shop:pw@db/shop')\n",
    "test-database": "engine = create_engine('postgresql://shop:pw@localhost/shop_test')\n",
    "no-password": "engine = create_engine('postgresql://shop@localhost/shop')\n",
    "no-host": "engine = create_engine('postgresql:///shop')\n",
    "sqlite": "engine = create_engine('sqlite:///shop.db')\n",
    "environment": "engine = create_engine(os.environ['DATABASE_URL'])\n",
    "host-from-the-environment": """
HOST = os.environ["HOST"]
engine = create_engine(f"postgresql://shop:pw@{HOST}/shop")
""",
    "password-from-the-environment": """
PASSWORD = os.environ["PASSWORD"]
engine = create_engine(f"postgresql://shop:{PASSWORD}@localhost/shop")
""",
    "name-from-a-worker": """
@pytest.fixture
def engine(worker_id):
    return create_engine(f"postgresql://shop:pw@localhost/{worker_id}")
""",
    "parameter": "def make(url='x'):\n    return create_engine(url)\n",
    "not-a-database": "import requests\n\ndef load():\n    return requests.get('https://user:pw@shop.io/x')\n",
    "reserved-host": "engine = create_engine('postgresql://user:pw@db.example.com/shop')\n",
    "only-a-text": "URL = 'postgresql://shop:pw@db/shop'\n",
    "environment-default": 'os.environ.setdefault("DATABASE_URL", "postgresql://shop:pw@localhost/shop")\n',
    "other-variable": 'os.environ["BROKER"] = "postgresql://shop:pw@localhost/shop"\n',
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_a_url_in_the_set_up(source: str) -> None:
    text = f"# file: tests/conftest.py\n{HEAD}{source}"
    assert reported(text, CODE) == marked(text) != set()


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(source: str) -> None:
    assert reported(f"# file: tests/conftest.py\n{HEAD}{source}", CODE) == set()


def test_a_url_that_a_test_itself_uses_is_data() -> None:
    test = "def test_url():\n    def make():\n        return create_engine('postgresql://a:b@db/shop')\n"
    test += "    assert str(make().url) and create_engine('postgresql://a:b@db/shop')\n"
    assert reported(f"# file: tests/test_url.py\n{HEAD}{test}", CODE) == set()


def test_what_a_test_module_hands_out_may_be_data() -> None:
    test = "@pytest.fixture\ndef url():\n    return 'postgresql://a:b@db/shop'\n\ndef test_url(url):\n    assert url\n"
    assert reported(f"# file: tests/test_url.py\n{HEAD}{test}", CODE) == set()


def test_leaves_the_application_alone() -> None:
    assert reported(f"# file: shop/db.py\n{HEAD}{BAD['password']}", CODE) == set()


def test_a_name_of_another_file_is_reported_where_it_is_used() -> None:
    urls = "# file: tests/__init__.py\n# file: tests/urls.py\nURL = 'postgresql://shop@db/shop'\n"
    conftest = (
        "from sqlalchemy import create_engine\nfrom tests.urls import URL\nengine = create_engine(URL)  # LFX602\n"
    )
    text = f"{urls}# file: tests/conftest.py\n# postgres\n{conftest}"
    assert reported(text, CODE) == marked(text)
