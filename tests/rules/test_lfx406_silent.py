"""What LFX406 must not report: defaults and their refinements, what is put back, and what cannot be told."""

from __future__ import annotations

import pytest

from tests.rules.marked import reported
from tests.rules.test_lfx406 import CLIENTS, CODE, DATABASE, MODULE

FIGHTS = {
    "one-requests-the-other": """
@pytest.fixture
def client():
    app.dependency_overrides[get_user] = lambda: "guest"
    yield TestClient(app)

@pytest.fixture
def admin_client(client):
    before = app.dependency_overrides[get_user]
    app.dependency_overrides[get_user] = lambda: "admin"
    yield client
    app.dependency_overrides[get_user] = before

def test_both(client, admin_client):
    client.get("/")
""",
    "the-loser-sends-nothing": f"""{CLIENTS}
def test_both(client, admin_client):
    admin_client.get("/")
""",
    "a-role-beside-a-client": """
@pytest.fixture
def client():
    app.dependency_overrides[get_user] = lambda: "guest"
    yield TestClient(app)

@pytest.fixture
def as_admin():
    app.dependency_overrides[get_user] = lambda: "admin"

def test_both(client, as_admin):
    client.get("/")
""",
    "autouse-default": """
@pytest.fixture(autouse=True)
def as_guest():
    app.dependency_overrides[get_user] = lambda: "guest"

@pytest.fixture
def as_admin():
    app.dependency_overrides[get_user] = lambda: "admin"

def test_both(client, as_guest, as_admin):
    client.get("/")
""",
    "autouse-refinement-of-a-wide-client": """
@pytest.fixture(scope="session")
def client():
    app.dependency_overrides[get_user] = lambda: "guest"
    return TestClient(app)

@pytest.fixture(autouse=True)
def as_admin():
    app.dependency_overrides[get_user] = lambda: "admin"
    return TestClient(app)

def test_it(client, tmp_path):
    client.get("/")
""",
    "wide-default-and-a-narrow-role": """
@pytest.fixture(scope="module")
def as_guest():
    app.dependency_overrides[get_user] = lambda: "guest"

@pytest.fixture
def as_admin():
    app.dependency_overrides[get_user] = lambda: "admin"

def test_both(as_guest, as_admin): ...
""",
    "default-by-usefixtures": """
@pytest.fixture
def as_guest():
    app.dependency_overrides[get_user] = lambda: "guest"

@pytest.fixture
def as_admin():
    app.dependency_overrides[get_user] = lambda: "admin"

@pytest.mark.usefixtures("as_guest")
class TestOrders:
    def test_both(self, as_admin, tmp_path): ...
""",
    "a-role-that-hands-out-its-user": """
@pytest.fixture
def guest():
    app.dependency_overrides[get_user] = lambda: "guest"
    yield "guest"

@pytest.fixture
def admin():
    app.dependency_overrides[get_user] = lambda: "admin"
    yield "admin"

def test_both(guest, admin): ...
""",
    "a-role-that-makes-its-user": """
@pytest.fixture
def as_guest(db):
    call(db)
    app.dependency_overrides[get_user] = lambda: "guest"

@pytest.fixture
def as_admin():
    app.dependency_overrides[get_user] = lambda: "admin"

def test_both(as_guest, as_admin): ...
""",
    "a-bundle-of-which-one-is-replaced": """
@pytest.fixture
def overrides():
    app.dependency_overrides.update({get_user: lambda: "guest", get_db: lambda: "test"})

@pytest.fixture
def as_admin():
    app.dependency_overrides[get_user] = lambda: "admin"

def test_both(overrides, as_admin): ...
""",
    "the-same-function": """
def guest(): ...

@pytest.fixture
def client():
    app.dependency_overrides[get_user] = guest
    return TestClient(app)

@pytest.fixture
def other_client():
    app.dependency_overrides[get_user] = guest
    return TestClient(app)

def test_both(client, other_client):
    client.get("/")
""",
    "the-same-session-by-other-functions": """
@pytest.fixture
def db(): ...

@pytest.fixture
def db_session(db):
    return db

@pytest.fixture
def client(db):
    app.dependency_overrides[get_db] = lambda: db
    return TestClient(app)

@pytest.fixture
def other_client(db_session):
    def current():
        try:
            yield db_session
        finally:
            pass
    app.dependency_overrides[get_db] = current
    return TestClient(app)

def test_both(client, other_client):
    client.get("/")
""",
    "sessions-of-factories-may-be-on-one-database": """
from sqlalchemy.orm import sessionmaker
One = sessionmaker()
Two = sessionmaker()

@pytest.fixture
def client():
    app.dependency_overrides[get_db] = lambda: One()
    return TestClient(app)

@pytest.fixture
def other_client():
    app.dependency_overrides[get_db] = lambda: Two()
    return TestClient(app)

def test_both(client, other_client):
    client.get("/")
""",
    "unknown-provider": """
@pytest.fixture
def client(request):
    app.dependency_overrides[get_user] = lambda: request.param
    return TestClient(app)

@pytest.fixture
def admin_client():
    app.dependency_overrides[get_user] = lambda: "admin"
    return TestClient(app)

def test_both(client, admin_client):
    client.get("/")
""",
    "parametrized": """
@pytest.fixture(params=["guest", "owner"])
def client(request):
    app.dependency_overrides[get_user] = lambda: "guest"
    return TestClient(app)

@pytest.fixture
def admin_client():
    app.dependency_overrides[get_user] = lambda: "admin"
    return TestClient(app)

def test_both(client, admin_client):
    client.get("/")
""",
    "other-keys": """
@pytest.fixture
def client():
    app.dependency_overrides[get_user] = lambda: "guest"
    return TestClient(app)

@pytest.fixture
def admin_client():
    app.dependency_overrides[get_clock] = lambda: "admin"
    return TestClient(app)

def test_both(client, admin_client):
    client.get("/")
""",
    "other-apps": """
@pytest.fixture
def client():
    app = create_app()
    app.dependency_overrides[get_user] = lambda: "guest"
    return TestClient(app)

@pytest.fixture
def admin_client():
    app = create_app()
    app.dependency_overrides[get_user] = lambda: "admin"
    return TestClient(app)

def test_both(client, admin_client):
    client.get("/")
""",
    "unknown-app": """
@pytest.fixture
def client():
    call().dependency_overrides[get_user] = lambda: "guest"
    return TestClient(app)

@pytest.fixture
def admin_client():
    call().dependency_overrides[get_user] = lambda: "admin"
    return TestClient(app)

def test_both(client, admin_client):
    client.get("/")
""",
    "under-a-condition": """
@pytest.fixture
def client():
    if call():
        app.dependency_overrides[get_user] = lambda: "guest"
    return TestClient(app)

@pytest.fixture
def admin_client():
    app.dependency_overrides[get_user] = lambda: "admin"
    return TestClient(app)

def test_both(client, admin_client):
    client.get("/")
""",
    "the-test-sets-it-itself": f"""{CLIENTS}
def test_both(client, admin_client):
    app.dependency_overrides[get_user] = lambda: "guest"
    client.get("/")
    app.dependency_overrides[get_user] = lambda: "admin"
    admin_client.get("/")
""",
    "a-helper-sets-it": f"""{CLIENTS}
def become(name):
    app.dependency_overrides[get_user] = lambda: name

def test_both(client, admin_client):
    become("guest")
    client.get("/")
""",
    "a-third-fixture-may-set-it": f"""{CLIENTS}
@pytest.fixture
def become():
    def _become(name):
        app.dependency_overrides[get_user] = lambda: name
    return _become

def test_both(client, admin_client, become):
    become("guest")
    client.get("/")
""",
    "asked-for-while-the-test-runs": f"""{CLIENTS}
def test_both(client, request):
    client.get("/")
    request.getfixturevalue("admin_client").get("/")
""",
    "filled-by-parametrize": f"""{CLIENTS}
@pytest.mark.parametrize("admin_client", [1])
def test_both(client, admin_client):
    client.get("/")
""",
}
WIPES = {
    "restored": f"""{DATABASE}
@pytest.fixture
def as_admin():
    before = app.dependency_overrides.copy()
    app.dependency_overrides[get_user] = lambda: "admin"
    yield
    app.dependency_overrides.clear()
    app.dependency_overrides.update(before)

def test_admin(client, as_admin): ...
def test_guest(client): ...
""",
    "pop-of-another-key": f"""{DATABASE}
@pytest.fixture
def as_admin():
    app.dependency_overrides[get_user] = lambda: "admin"
    yield
    app.dependency_overrides.pop(get_user)

def test_admin(client, as_admin): ...
def test_guest(client): ...
""",
    "put-back-by-pytest": f"""{DATABASE}
@pytest.fixture
def broken(monkeypatch):
    monkeypatch.delitem(app.dependency_overrides, get_db)
    monkeypatch.setattr(app, "dependency_overrides", {{}})

def test_broken(client, broken): ...
def test_works(client): ...
""",
    "put-back-by-patch": f"""{DATABASE}
def test_broken(client):
    with patch.dict(app.dependency_overrides):
        app.dependency_overrides.clear()

def test_works(client): ...
""",
    "put-back-by-an-unknown-manager": f"""{DATABASE}
def test_broken(client):
    with call(app):
        app.dependency_overrides.clear()

def test_works(client): ...
""",
    "the-last-test": f"""{DATABASE}
@pytest.fixture
def as_admin():
    yield
    app.dependency_overrides.clear()

def test_guest(client): ...
def test_admin(client, as_admin): ...
""",
    "no-requests-after-it": f"""{DATABASE}
def test_admin(client):
    app.dependency_overrides.clear()

def test_other(): ...
""",
    "set-again-for-each-test": f"""{DATABASE}
@pytest.fixture(autouse=True)
def clean():
    app.dependency_overrides[get_db] = lambda: "test"
    yield
    app.dependency_overrides.clear()

def test_one(client): ...
def test_two(client): ...
""",
    "set-again-by-the-next-test": f"""{DATABASE}
def test_one(client):
    app.dependency_overrides.clear()

def test_two(client):
    app.dependency_overrides[get_db] = lambda: "test"
    client.get("/")
""",
    "set-again-by-setup": f"""{DATABASE}
def setup_function():
    app.dependency_overrides[get_db] = lambda: "test"

def test_one(client):
    app.dependency_overrides.clear()

def test_two(client): ...
""",
    "another-app": f"""{DATABASE}
@pytest.fixture(autouse=True)
def clean():
    shop = create_app()
    yield
    shop.dependency_overrides.clear()

def test_one(client): ...
def test_two(client): ...
""",
    "function-scope": """
@pytest.fixture
def client():
    app.dependency_overrides[get_db] = lambda: "test"
    yield TestClient(app)

@pytest.fixture(autouse=True)
def clean():
    yield
    app.dependency_overrides.clear()

def test_one(client): ...
def test_two(client): ...
""",
    "another-module": """
@pytest.fixture(scope="class")
def client():
    app.dependency_overrides[get_db] = lambda: "test"
    yield TestClient(app)

class TestOne:
    def test_it(self, client):
        app.dependency_overrides.clear()

class TestTwo:
    def test_it(self, client): ...
""",
    "cleared-under-a-condition": f"""{DATABASE}
@pytest.fixture(autouse=True)
def clean():
    yield
    if call():
        app.dependency_overrides.clear()

def test_one(client): ...
def test_two(client): ...
""",
    "a-wide-fixture-that-hands-out-a-setter": """
@pytest.fixture(scope="session")
def client():
    app.dependency_overrides[get_db] = lambda: "test"
    def again():
        app.dependency_overrides[get_db] = lambda: "test"
    yield TestClient(app), again

@pytest.fixture(autouse=True)
def clean():
    yield
    app.dependency_overrides.clear()

def test_one(client): ...
def test_two(client): ...
""",
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in (FIGHTS | WIPES).items()])
def test_stays_silent(source: str) -> None:
    assert reported(MODULE + source, CODE) == set()
