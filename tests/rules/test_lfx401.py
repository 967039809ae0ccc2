"""Overrides that stay on the app, and the many ways of taking them out."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX401"
APP = """
# file: shop/__init__.py
# file: shop/main.py
from fastapi import FastAPI
app = FastAPI()
def create_app():
    return FastAPI()
def get_db(): ...
def get_user(): ...
"""
HEAD = """import contextlib
from unittest.mock import patch
import pytest
from fastapi.testclient import TestClient
from shop.main import app, create_app, get_db, get_user
import shop.main
from unknown import call

"""
CONFTEST = f"{APP}# file: tests/conftest.py\n{HEAD}"
MODULE = f"{APP}# file: tests/test_orders.py\n{HEAD}"

BAD = {
    "fixture": """
@pytest.fixture
def client(db):
    app.dependency_overrides[get_db] = lambda: db  # LFX401
    yield TestClient(app)
""",
    "client-as-context-manager": """
@pytest.fixture
def client(db):
    with TestClient(app) as client:
        app.dependency_overrides[get_db] = lambda: db  # LFX401
        yield client
""",
    "own-context-manager": """
@contextlib.contextmanager
def started(app):
    yield app

@pytest.fixture
def client(db):
    with started(app):
        app.dependency_overrides[get_db] = lambda: db  # LFX401
        yield TestClient(app)
""",
    "entries-added-to-the-earlier-ones": """
@pytest.fixture
def client(db):
    app.dependency_overrides = {**app.dependency_overrides, get_db: lambda: db}  # LFX401
    yield TestClient(app)
""",
    "fixture-that-returns": """
@pytest.fixture
def client(db):
    app.dependency_overrides[get_db] = lambda: db  # LFX401
    return TestClient(app)
""",
    "test": """
def test_it(db):
    app.dependency_overrides[get_db] = lambda: db  # LFX401
    call()
""",
    "test-method": """
class TestOrders:
    def test_it(self, db):
        app.dependency_overrides[get_db] = lambda: db  # LFX401
""",
    "module-attribute": """
def test_it(db):
    shop.main.app.dependency_overrides[get_db] = lambda: db  # LFX401
""",
    "update": """
def test_it(db):
    app.dependency_overrides.update({get_db: lambda: db})  # LFX401
""",
    "setdefault": """
def test_it(db):
    app.dependency_overrides.setdefault(get_db, lambda: db)  # LFX401
""",
    "alias": """
def test_it(db):
    overrides = app.dependency_overrides
    overrides[get_db] = lambda: db  # LFX401
""",
    "whole-dict": """
def test_it(db):
    app.dependency_overrides = {get_db: lambda: db}  # LFX401
""",
    "merged": """
def test_it(db):
    app.dependency_overrides |= {get_db: lambda: db}  # LFX401
""",
    "cleared-only-before": """
@pytest.fixture
def client(db):
    app.dependency_overrides.clear()
    app.dependency_overrides[get_db] = lambda: db  # LFX401
    yield TestClient(app)
""",
    "function-level-import": """
def test_it(db):
    from shop.main import app as shop_app
    shop_app.dependency_overrides[get_db] = lambda: db  # LFX401
""",
    "app-of-a-client": """
@pytest.fixture
def client():
    with TestClient(app) as client:
        yield client

def test_it(client, db):
    client.app.dependency_overrides[get_db] = lambda: db  # LFX401
""",
    "app-handed-on-by-a-fixture": """
@pytest.fixture
def api():
    return app

def test_it(api, db):
    api.dependency_overrides[get_db] = lambda: db  # LFX401
""",
    "app-made-once-for-a-module": """
@pytest.fixture(scope="module")
def api():
    return create_app()

def test_it(api, db):
    api.dependency_overrides[get_db] = lambda: db  # LFX401
""",
    "helper": """
def override(db):
    app.dependency_overrides[get_db] = lambda: db

@pytest.fixture
def client(db):
    override(db)  # LFX401
    yield TestClient(app)
""",
    "helper-that-is-given-the-app": """
def override(target, db):
    target.dependency_overrides[get_db] = lambda: db

@pytest.fixture
def client(db):
    override(app, db)  # LFX401
    yield TestClient(app)
""",
    "factory": """
@pytest.fixture
def login():
    def as_user(user):
        app.dependency_overrides[get_user] = lambda: user  # LFX401
    return as_user
""",
    "under-if": """
@pytest.fixture
def client(db):
    if db:
        app.dependency_overrides[get_db] = lambda: db  # LFX401
    yield TestClient(app)
""",
    "async": """
@pytest.fixture
async def client(db):
    app.dependency_overrides[get_db] = lambda: db  # LFX401
    yield TestClient(app)
""",
    "module-scope": """
@pytest.fixture(scope="module")
def client(db):
    app.dependency_overrides[get_db] = lambda: db  # LFX401
    yield TestClient(app)
""",
    "autouse-of-one-module": """
@pytest.fixture(autouse=True)
def override(db):
    app.dependency_overrides[get_db] = lambda: db  # LFX401
""",
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_an_override_that_stays(source: str) -> None:
    assert reported(MODULE + source, CODE) == marked(MODULE + source) != set()


def test_an_autouse_fixture_of_the_root_conftest_sets_it_anew_for_every_test() -> None:
    fixture = "@pytest.fixture(autouse=True)\ndef override(db):\n    app.dependency_overrides[get_db] = lambda: db\n"
    assert reported(CONFTEST + fixture, CODE) == set()


def test_an_autouse_fixture_of_a_conftest_clears_for_the_tests_below() -> None:
    clean = "@pytest.fixture(autouse=True)\ndef clean():\n    yield\n    app.dependency_overrides.clear()\n"
    test = f"# file: tests/test_orders.py\n{HEAD}def test_it(db):\n    app.dependency_overrides[get_db] = lambda: db\n"
    assert reported(CONFTEST + clean + test, CODE) == set()


def test_a_helper_of_another_file_is_reported_where_it_is_called() -> None:
    helper = "# file: tests/helpers.py\nfrom shop.main import app, get_db\n"
    helper += "def override(db):\n    app.dependency_overrides[get_db] = lambda: db\n"
    test = "# file: tests/test_orders.py\nfrom tests.helpers import override\ndef test_it(db):\n    override(db)\n"
    assert reported(APP + helper + test, CODE) == {("tests/test_orders.py", 3, CODE)}


def test_the_removal_of_another_entry_does_not_excuse() -> None:
    source = """# file: shop.py
from fastapi import FastAPI

app = FastAPI()


def get_db():
    return 1


def page_size():
    return 50
# file: tests/test_paging.py
import pytest

from shop import app, get_db, page_size


@pytest.fixture
def client():
    app.dependency_overrides[get_db] = lambda: 2
    yield app
    app.dependency_overrides.pop(get_db)


def test_page(client):
    app.dependency_overrides[page_size] = lambda: 1  # LFX401
    assert client
"""
    assert reported(source, CODE) == marked(source) != set()
