"""Overrides that replace each other for one test, and narrow fixtures that take out what wide ones have set."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, messages, reported

CODE = "LFX406"
APP = """
# file: shop/__init__.py
# file: shop/main.py
from fastapi import FastAPI
app = FastAPI()
def create_app():
    return FastAPI()
def get_db(): ...
def get_user(): ...
def get_clock(): ...
"""
HEAD = """import contextlib
from unittest.mock import patch
import pytest
from fastapi.testclient import TestClient
from shop.main import app, create_app, get_clock, get_db, get_user
from unknown import call

"""
MODULE = f"{APP}# file: tests/test_orders.py\n{HEAD}"
CLIENTS = """
@pytest.fixture
def client():
    app.dependency_overrides[get_user] = lambda: "guest"
    yield TestClient(app)
    app.dependency_overrides.pop(get_user, None)

@pytest.fixture
def admin_client():
    app.dependency_overrides[get_user] = lambda: "admin"
    yield TestClient(app)
    app.dependency_overrides.pop(get_user, None)
"""
DATABASE = """
@pytest.fixture(scope="session", autouse=True)
def database():
    app.dependency_overrides[get_db] = lambda: "test"
    yield
    app.dependency_overrides.pop(get_db)

@pytest.fixture
def client():
    with TestClient(app) as client:
        yield client
"""

BAD = {
    "two-clients": f"""{CLIENTS}
def test_both(client, admin_client):  # LFX406
    assert client.get("/").status_code == 403
    assert admin_client.get("/").status_code == 200

def test_one(client):
    client.get("/")
""",
    "the-one-that-is-used-is-the-one-that-loses": f"""{CLIENTS}
def test_both(client, admin_client):  # LFX406
    client.get("/")

def test_the_other_order(admin_client, client):
    client.get("/")
""",
    "through-a-fixture-that-uses-the-other-client": f"""{CLIENTS}
@pytest.fixture
def order(admin_client):
    return admin_client.post("/orders").json()

def test_guest(client, order):  # LFX406
    client.get("/")

def test_made_before(order, client):
    client.get("/")
""",
    "providers-that-are-functions": """
@pytest.fixture
def user(): ...

@pytest.fixture
def admin(): ...

@pytest.fixture
def client(user):
    def current():
        return user
    app.dependency_overrides[get_user] = current
    yield TestClient(app)

@pytest.fixture
def admin_client(admin):
    async def current():
        return admin
    app.dependency_overrides.update({get_db: call, get_user: current})
    yield TestClient(app)
    app.dependency_overrides.clear()

def test_both(client, admin_client):  # LFX406
    client.get("/")
""",
    "one-starts-from-nothing": """
@pytest.fixture
def client():
    app.dependency_overrides[get_user] = lambda: "guest"
    yield TestClient(app)
    app.dependency_overrides.clear()

@pytest.fixture
def plain_client():
    app.dependency_overrides = {}
    return TestClient(app)

def test_both(client, plain_client):  # LFX406
    client.get("/")
""",
    "an-app-that-a-fixture-makes": """
@pytest.fixture
def shop():
    return create_app()

@pytest.fixture
def client(shop):
    shop.dependency_overrides[get_user] = lambda: "guest"
    return TestClient(shop)

@pytest.fixture
def admin_client(shop, monkeypatch):
    monkeypatch.setitem(shop.dependency_overrides, get_user, lambda: "admin")
    return TestClient(shop)

def test_both(client, admin_client):  # LFX406
    client.get("/")
""",
    "a-fixture-that-does-nothing-else": """
@pytest.fixture
def client():
    return TestClient(app)

@pytest.fixture
def as_guest():
    app.dependency_overrides[get_user] = lambda: "guest"
    yield
    app.dependency_overrides.pop(get_user, None)

@pytest.fixture
def as_admin():
    app.dependency_overrides[get_user] = lambda: "admin"
    yield
    app.dependency_overrides.pop(get_user, None)

def test_both(client, as_guest, as_admin):  # LFX406
    client.get("/")
""",
    "clear-after-a-session-override": f"""{DATABASE}
@pytest.fixture
def as_admin():
    app.dependency_overrides[get_user] = lambda: "admin"
    yield
    app.dependency_overrides.clear()  # LFX406

def test_admin(client, as_admin):
    client.get("/")

def test_guest(client):
    client.get("/")
""",
    "the-client-clears": """
@pytest.fixture(scope="module")
def shop():
    app.dependency_overrides[get_db] = lambda: "test"
    yield app
    app.dependency_overrides = {}

@pytest.fixture
def client(shop):
    shop.dependency_overrides[get_user] = lambda: "guest"
    yield TestClient(shop)
    shop.dependency_overrides = {}  # LFX406

def test_one(client): ...
def test_two(client): ...
""",
    "clear-by-finalizer": f"""{DATABASE}
@pytest.fixture(autouse=True)
def clean(request):
    request.addfinalizer(app.dependency_overrides.clear)  # LFX406

def test_one(client): ...
def test_two(client): ...
""",
    "clear-before-the-test": f"""{DATABASE}
@pytest.fixture(autouse=True)
def clean():
    app.dependency_overrides.clear()  # LFX406
    yield

def test_one(client): ...
""",
    "pop-of-the-same-key-in-a-test": f"""{DATABASE}
def test_broken(client):
    app.dependency_overrides[get_db] = lambda: "broken"
    try:
        client.get("/")
    finally:
        del app.dependency_overrides[get_db]  # LFX406

def test_works(client):
    client.get("/")
""",
    "class-scope": """
class TestOrders:
    @pytest.fixture(scope="class")
    def client(self):
        app.dependency_overrides[get_db] = lambda: "test"
        yield TestClient(app)
        app.dependency_overrides.clear()

    def test_one(self, client):
        app.dependency_overrides[get_user] = lambda: "admin"
        client.get("/")
        app.dependency_overrides.clear()  # LFX406

    def test_two(self, client):
        client.get("/")
""",
    "module-fixture-and-a-session-fixture": f"""{APP}# file: tests/conftest.py
{HEAD}{DATABASE}
@pytest.fixture(scope="module")
def as_admin():
    app.dependency_overrides[get_user] = lambda: "admin"
    yield
    app.dependency_overrides.clear()  # LFX406
# file: tests/test_admin.py
def test_admin(client, as_admin): ...
def test_admin_again(client, as_admin): ...
# file: tests/test_guest.py
def test_guest(client): ...
""",
    "wide-fixture-of-the-module-and-a-conftest-that-clears": f"""{APP}# file: tests/conftest.py
{HEAD}
@pytest.fixture(autouse=True)
def clean():
    yield
    app.dependency_overrides.clear()
# file: tests/test_orders.py
{HEAD}
@pytest.fixture(scope="module")
def client():
    app.dependency_overrides[get_db] = lambda: "test"  # LFX406
    yield TestClient(app)

def test_one(client): ...
def test_two(client): ...
""",
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_is_reported(source: str) -> None:
    text = source if source.startswith("\n# file") else MODULE + source
    assert reported(text, CODE) == marked(text) != set()


def test_says_who_replaces_whose_override_and_where() -> None:
    text = f"{MODULE}{CLIENTS}\ndef test_both(client, admin_client):\n    client.get('/')\n"
    assert messages(text, CODE) == [
        "'admin_client' overrides get_user after 'client' did (tests/test_orders.py:17): "
        "here the requests of 'client' get what 'admin_client' provides"
    ]


def test_says_whose_override_is_taken_out_and_which_test_misses_it() -> None:
    clean = "@pytest.fixture(autouse=True)\ndef clean():\n    yield\n    app.dependency_overrides.clear()\n"
    text = f"{MODULE}{DATABASE}\n{clean}\ndef test_one(client): ...\ndef test_two(client): ...\n"
    assert messages(text, CODE) == [
        "this takes out the override of get_db that 'database' sets once per session (tests/test_orders.py:11): "
        "'test_two' (tests/test_orders.py:26) runs without it"
    ]
