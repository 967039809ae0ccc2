"""Overrides that importing a module sets."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX402"
APP = """
# file: shop/__init__.py
# file: shop/main.py
from fastapi import FastAPI
app = FastAPI()
def create_app():
    return FastAPI()
def get_db(): ...
def fake(): ...
"""
HEAD = """import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from shop.main import app, create_app, get_db, fake
from unknown import call

"""

BAD = {
    "module": "app.dependency_overrides[get_db] = fake  # LFX402\n",
    "class-body": "class TestOrders:\n    app.dependency_overrides[get_db] = fake  # LFX402\n",
    "under-if": "if app:\n    app.dependency_overrides[get_db] = fake  # LFX402\n",
    "in-a-loop": "for key in (get_db,):\n    app.dependency_overrides[key] = fake  # LFX402\n",
    "shared-apps-in-a-loop": "for api in (app, app):\n    api.dependency_overrides[get_db] = fake  # LFX402\n",
    "shared-app-unpacked": "other, api = FastAPI(), app\napi.dependency_overrides[get_db] = fake  # LFX402\n",
    "replaced": "app.dependency_overrides = {get_db: fake}  # LFX402\n",
    "update": "app.dependency_overrides.update({get_db: fake})  # LFX402\n",
    "function-called": "def wire():\n    app.dependency_overrides[get_db] = fake  # LFX402\n\nwire()\n",
    "undone-only-by-teardown-module": """
app.dependency_overrides[get_db] = fake  # LFX402
def teardown_module():
    app.dependency_overrides.clear()
""",
    "client-over-the-shared-app": "c = TestClient(app)\nc.app.dependency_overrides[get_db] = fake  # LFX402\n",
}

GOOD = {
    "in-a-fixture": """
@pytest.fixture
def client():
    app.dependency_overrides[get_db] = fake
    yield TestClient(app)
    app.dependency_overrides.clear()
""",
    "function-not-called": "def wire():\n    app.dependency_overrides[get_db] = fake\n",
    "own-app": "api = FastAPI()\napi.dependency_overrides[get_db] = fake\n",
    "own-app-by-factory": "api = create_app()\napi.dependency_overrides[get_db] = fake\n",
    "client-over-an-own-app": "client = TestClient(create_app())\nclient.app.dependency_overrides[get_db] = fake\n",
    "own-app-by-unpacking": "api, other = call()\napi.dependency_overrides[get_db] = fake\n",
    "own-app-beside-a-shared-one": "api, other = FastAPI(), app\napi.dependency_overrides[get_db] = fake\n",
    "own-apps-in-a-loop": "for api in (FastAPI(), create_app()):\n    api.dependency_overrides[get_db] = fake\n",
    "apps-of-a-call-in-a-loop": "for api in call():\n    api.dependency_overrides[get_db] = fake\n",
    "own-app-by-with": "with call() as api:\n    api.dependency_overrides[get_db] = fake\n",
    "script": 'if __name__ == "__main__":\n    app.dependency_overrides[get_db] = fake\n',
    "read": "before = app.dependency_overrides.copy()\n",
}


@pytest.mark.parametrize("path", ["tests/test_orders.py", "tests/conftest.py", "tests/fixtures.py"])
@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_an_override_at_import_time(source: str, path: str) -> None:
    text = f"{APP}# file: {path}\n{HEAD}{source}"
    assert reported(text, CODE) == marked(text) != set()


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(source: str) -> None:
    assert reported(f"{APP}# file: tests/test_orders.py\n{HEAD}{source}", CODE) == set()


def test_leaves_the_application_alone() -> None:
    assert reported(f"{APP}# file: shop/demo.py\n{HEAD}app.dependency_overrides[get_db] = fake\n", CODE) == set()


def test_a_helper_of_another_file_is_reported_where_it_is_called() -> None:
    helper = "# file: tests/helpers.py\nfrom shop.main import app, get_db, fake\n"
    helper += "def wire():\n    app.dependency_overrides[get_db] = fake\n"
    test = "# file: tests/test_orders.py\nfrom tests.helpers import wire\nwire()\n"
    assert reported(APP + helper + test, CODE) == {("tests/test_orders.py", 2, CODE)}
