"""A conftest or test module changes settings that the application has already built its engine from.

`engine = create_engine(settings.database_url)` at module level reads the setting once, when the module is imported. A
change below that import, or in a fixture, is too late: the application keeps the database of development, and the
tests write to it.

Reported only where the engine is found, an import above builds it for sure, and nothing else of the project names the
setting, so that nothing can read it later. A suite that overrides, patches or reloads anything of the kind is left
alone. Off until selected: too few suites have shown it so far to say how often it is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.late_settings import late_changes
from lint_fixtures.index.rewiring import is_set_elsewhere, may_be_rewired
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    module = project.module(path)
    if module is None or not (project.is_conftest(path) or project.is_test_module(path)):
        return
    for late in late_changes(project, module):
        name = late.change.setting.name
        if may_be_rewired(project, path) or is_set_elsewhere(project, path, name):
            continue
        yield (
            Location(path, late.change.line, late.change.col),
            f"too late: importing {project.where(late.engine)} has already built the engine from {name}, and the "
            "application keeps that database",
        )


_SHOP = """
# file: shop/settings.py
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str = "postgresql://localhost/shop"


settings = Settings()
# file: shop/database.py
from sqlalchemy import create_engine

from shop.settings import settings

engine = create_engine(settings.database_url)
# file: shop/main.py
from fastapi import FastAPI

from shop.database import engine

app = FastAPI()


@app.get("/health")
def health():
    with engine.connect() as connection:
        return connection.info
"""

RULE = Rule(
    code="LFX405",
    name="late-settings",
    why=__doc__ or "",
    check=check,
    extended=True,
    mend="""Set it before the application is imported: above the imports of the outermost conftest, or with the `env`
setting of pytest-env. Better, let the application make its engine when it starts.""",
    bad=_SHOP
    + """
# file: tests/conftest.py
import os

import pytest
from fastapi.testclient import TestClient

from shop.main import app

os.environ["DATABASE_URL"] = "postgresql://localhost/shop_test"  # LFX405


@pytest.fixture
def client():
    return TestClient(app)
""",
    good=_SHOP
    + """
# file: tests/conftest.py
import os

import pytest
from fastapi.testclient import TestClient

os.environ["DATABASE_URL"] = "postgresql://localhost/shop_test"

from shop.main import app  # noqa: E402


@pytest.fixture
def client():
    return TestClient(app)
""",
)
