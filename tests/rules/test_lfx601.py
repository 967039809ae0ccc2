"""SQLite engines in the suites of applications that run on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX601"
APP = """
# file: shop/__init__.py
# file: shop/database.py
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase):
    metadata = MetaData()
db = SQLAlchemy()
"""
CODE_OF_APP = "# file: shop/settings.py\nURL = 'postgresql+asyncpg://shop@db/shop'\n"
COMPOSE = "# file: compose.dev.yaml\nservices:\n  db:\n    image: docker.io/postgis/postgis:16\n"
DOTENV = "# file: .env.example\nDATABASE_URL=postgres://shop@db/shop\n"
HEAD = """import os
import pytest
from sqlalchemy import MetaData, create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel
from shop.database import Base, db

"""

BAD = {
    "module": "engine = create_engine('sqlite:///test.db')  # LFX601\nBase.metadata.create_all(engine)\n",
    "by-a-name": "URL = 'sqlite://'  # LFX601\nengine = create_engine(URL)\nBase.metadata.create_all(bind=engine)\n",
    "async-fixture": """
@pytest.fixture
async def engine():
    engine = create_async_engine("sqlite+aiosqlite:///:memory:", echo=False)  # LFX601
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield engine
""",
    "sqlmodel": """
@pytest.fixture
def engine(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/shop.db")  # LFX601
    SQLModel.metadata.create_all(engine)
    return engine
""",
    "helper-that-opens": """
def make(url):
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    return engine

@pytest.fixture
def engine():
    return make("sqlite://")  # LFX601
""",
    "flask": """
@pytest.fixture
def app(app):
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"  # LFX601
    db.create_all()
""",
    "flask-update": """
@pytest.fixture
def app(app):
    app.config.update({"SQLALCHEMY_DATABASE_URI": "sqlite://", "TESTING": True})  # LFX601
    db.create_all()
""",
}
GOOD = {
    "environment-decides": "engine = create_engine(os.getenv('URL', 'sqlite://'))\nBase.metadata.create_all(engine)\n",
    "or-decides": "engine = create_engine(os.environ.get('URL') or 'sqlite://')\nBase.metadata.create_all(engine)\n",
    "condition-decides": """
if os.environ.get("CI"):
    engine = create_engine(os.environ["URL"])
else:
    engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
""",
    "both-in-the-suite": """
@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request):
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
""",
    "own-tables": "engine = create_engine('sqlite://')\nMetaData().create_all(engine)\n",
    "own-models": "metadata = MetaData()\nengine = create_engine('sqlite://')\nmetadata.create_all(engine)\n",
    "no-tables": "engine = create_engine('sqlite://')\n",
    "parameter": """
@pytest.fixture
def engine(url):
    engine = create_engine(url)
    Base.metadata.create_all(engine)
""",
}
OTHERS = {
    "sqlite-in-code": CODE_OF_APP + "# file: shop/engines.py\nDEFAULT = 'sqlite:///shop.db'\n",
    "sqlite-in-dotenv": COMPOSE + "# file: .env\nDATABASE_URL=sqlite:///shop.db\n",
    "mysql-in-code": COMPOSE + "# file: shop/engines.py\nDEFAULT = 'mysql+pymysql://db/shop'\n",
    "driver-alone": "# file: requirements.txt\npsycopg2-binary==2.9\n",
    "another-image": "# file: docker-compose.yml\nservices:\n  db:\n    image: mysql:8\n",
    "only-in-documents": "# file: docs/conf.py\nURL = 'postgresql://db/shop'\n",
}


def suite(source: str, app: str = COMPOSE) -> str:
    return f"{APP}{app}# file: tests/conftest.py\n{HEAD}{source}"


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_sqlite_under_the_tables_of_the_application(source: str) -> None:
    assert reported(suite(source), CODE) == marked(suite(source)) != set()


@pytest.mark.parametrize("app", [CODE_OF_APP, COMPOSE, DOTENV], ids=["code", "compose", "dotenv"])
def test_the_application_says_in_several_ways_that_it_is_postgresql(app: str) -> None:
    assert reported(suite(BAD["module"], app), CODE) == marked(suite(BAD["module"], app))


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(source: str) -> None:
    assert reported(suite(source), CODE) == set()


@pytest.mark.parametrize("app", [pytest.param(text, id=name) for name, text in OTHERS.items()])
def test_other_applications_decide_for_themselves(app: str) -> None:
    assert reported(suite(BAD["module"], app), CODE) == set()


def test_a_conftest_above_that_has_postgresql_counts() -> None:
    text = suite("URL = os.environ.get('URL', 'postgresql:///shop_test')\n") + f"# file: tests/unit/test_a.py\n{HEAD}"
    assert reported(text + BAD["module"], CODE) == set()


def test_the_application_itself_may_open_sqlite() -> None:
    assert reported(f"{APP}{COMPOSE}# file: shop/demo.py\n{HEAD}{BAD['module']}", CODE) == set()
