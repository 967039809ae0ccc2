"""Settings that change when the engine is already built."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX405"
BY_ENVIRONMENT = """
# file: shop/__init__.py
# file: shop/settings.py
import os
DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://localhost/shop")
# file: shop/database.py
from sqlalchemy import create_engine
from shop.settings import DATABASE_URL
engine = create_engine(DATABASE_URL, echo=False)
# file: shop/main.py
from fastapi import FastAPI
from shop.database import engine
app = FastAPI()
"""
DIRECT = """
# file: shop/__init__.py
# file: shop/main.py
import os
from sqlalchemy.ext.asyncio import create_async_engine
engine = create_async_engine(f"postgresql+asyncpg://{os.environ['DB_HOST']}/shop")
app = object()
"""
BY_SETTINGS = """
# file: shop/__init__.py
# file: shop/settings.py
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    db_url: str = "postgresql://localhost/shop"
def get_settings():
    return Settings()
settings = get_settings()
# file: shop/main.py
from sqlalchemy import create_engine
from shop.settings import settings
engine = create_engine(str(settings.db_url))
app = object()
"""
IMPORT = "import os\nimport pytest\nfrom shop.main import app\n"
SETTING = "import os\nimport pytest\nfrom shop.settings import settings\nfrom shop.main import app\n"
CONFTEST = "# file: tests/conftest.py\n"

BAD = {
    "environment": BY_ENVIRONMENT + CONFTEST + IMPORT + "os.environ['DATABASE_URL'] = 'postgresql:///t'  # LFX405\n",
    "update": BY_ENVIRONMENT + CONFTEST + IMPORT + "os.environ.update({'DATABASE_URL': 'x'})  # LFX405\n",
    "f-string": DIRECT + CONFTEST + IMPORT + "os.environ['DB_HOST'] = 'test'  # LFX405\n",
    "settings-class": BY_SETTINGS + CONFTEST + IMPORT + "os.environ['DB_URL'] = 'postgresql:///t'  # LFX405\n",
    "settings-object": BY_SETTINGS + CONFTEST + SETTING + "settings.db_url = 'postgresql:///t'  # LFX405\n",
    "autouse-fixture": f"""{BY_ENVIRONMENT}{CONFTEST}{IMPORT}
@pytest.fixture(autouse=True)
def database(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///t")  # LFX405
""",
    "imported-by-the-conftest-above": f"""{BY_ENVIRONMENT}{CONFTEST}{IMPORT}
# file: tests/test_orders.py
import os
os.environ["DATABASE_URL"] = "postgresql:///t"  # LFX405
def test_orders(): ...
""",
}
SET = "os.environ['DATABASE_URL'] = 'postgresql:///t'\n"
AGAIN = "# file: shop/tasks.py\nimport os\ndef run():\n    return os.environ['DATABASE_URL']\n"
SAME = "def url():\n    return os.getenv('DATABASE_URL')\n# file: shop/database.py"
GOOD = {
    "above": BY_ENVIRONMENT + CONFTEST + "import os\n" + SET + "from shop.main import app\n",
    "above-and-below": BY_ENVIRONMENT + CONFTEST + "import os\n" + SET + "from shop.main import app\n" + SET,
    "application-not-imported": BY_ENVIRONMENT + CONFTEST + "import os\n" + SET,
    "imported-in-a-fixture": BY_ENVIRONMENT
    + f"{CONFTEST}import os, pytest\n{SET}@pytest.fixture\ndef app():\n    from shop.main import app\n    return app\n",
    "imported-under-a-condition": BY_ENVIRONMENT
    + CONFTEST
    + "import os\nif os:\n    from shop.main import app\n"
    + SET,
    "another-variable": BY_ENVIRONMENT + CONFTEST + IMPORT + "os.environ['DATABASE_NAME'] = 'x'\n",
    "default-only": BY_ENVIRONMENT + CONFTEST + IMPORT + "os.environ.setdefault('DATABASE_URL', 'x')\n",
    "read-again-elsewhere": BY_ENVIRONMENT + AGAIN + CONFTEST + IMPORT + SET,
    "read-again-in-a-function": BY_ENVIRONMENT.replace("# file: shop/database.py", SAME) + CONFTEST + IMPORT + SET,
    "engine-made-later": BY_ENVIRONMENT.replace("engine = create_engine", "def engine():\n    return create_engine")
    + f"{CONFTEST}{IMPORT}{SET}",
    "overridden": BY_ENVIRONMENT + CONFTEST + IMPORT + SET + "app.dependency_overrides.update({})\n",
    "patched": BY_ENVIRONMENT + CONFTEST + IMPORT + SET + "mock.patch('shop.database.engine').start()\n",
    "reloaded": BY_ENVIRONMENT + CONFTEST + IMPORT + SET + "importlib.reload(database)\n",
    "for-a-subprocess": BY_ENVIRONMENT + CONFTEST + IMPORT + SET + "subprocess.run(['alembic'])\n",
    "set-by-pytest-env": BY_ENVIRONMENT
    + f"# file: pytest.ini\n[pytest]\nenv =\n    DATABASE_URL=postgresql:///t\n{CONFTEST}{IMPORT}{SET}",
    "set-by-the-conftest-above": f"{BY_ENVIRONMENT}# file: conftest.py\nimport os\n{SET}{CONFTEST}{IMPORT}{SET}",
    "in-a-fixture-of-some-tests": BY_ENVIRONMENT
    + f"{CONFTEST}{IMPORT}@pytest.fixture\ndef other(monkeypatch):\n    monkeypatch.setenv('DATABASE_URL', 'x')\n",
    "renamed-field": BY_SETTINGS.replace('str = "postgresql://localhost/shop"', 'str = Field(alias="URL")')
    + f"{CONFTEST}{IMPORT}os.environ['DB_URL'] = 'x'\n",
    "prefixed-fields": BY_SETTINGS.replace("    db_url", "    model_config = {'env_prefix': 'SHOP_'}\n    db_url")
    + f"{CONFTEST}{IMPORT}os.environ['DB_URL'] = 'x'\n",
    "application-itself": BY_ENVIRONMENT + f"# file: shop/run.py\nimport os\nfrom shop.main import app\n{SET}",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_a_change_that_comes_too_late(text: str) -> None:
    assert reported(text, CODE) == marked(text) != set()


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(text: str) -> None:
    assert reported(text, CODE) == set()
