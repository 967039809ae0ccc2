"""What LFX401 must not report."""

from __future__ import annotations

import pytest

from tests.rules.marked import reported
from tests.rules.test_lfx401 import CODE, MODULE

GOOD = {
    "clear": """
@pytest.fixture
def client(db):
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
    app.dependency_overrides.clear()
""",
    "pop-in-finally": """
@pytest.fixture
def client(db):
    try:
        app.dependency_overrides[get_db] = lambda: db
        yield TestClient(app)
    finally:
        app.dependency_overrides.pop(get_db, None)
""",
    "del": """
@pytest.fixture
def client(db):
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
    del app.dependency_overrides[get_db]
""",
    "empty-dict": """
@pytest.fixture
def client(db):
    app.dependency_overrides = {get_db: lambda: db}
    yield TestClient(app)
    app.dependency_overrides = {}
""",
    "copy-restored": """
@pytest.fixture
def client(db):
    before = app.dependency_overrides.copy()
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
    app.dependency_overrides = before
""",
    "saved-without-a-copy": """
@pytest.fixture
def client(db):
    saved = app.dependency_overrides
    app.dependency_overrides = {get_db: lambda: db}
    yield TestClient(app)
    app.dependency_overrides = saved
""",
    "saved-without-a-copy-in-a-method": """
class TestOrders:
    def setup_method(self):
        self.saved = app.dependency_overrides
        app.dependency_overrides = {get_db: call}
    def teardown_method(self):
        app.dependency_overrides = self.saved
    def test_it(self): ...
""",
    "rebuilt-by-a-comprehension": """
@pytest.fixture
def client(db):
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
    app.dependency_overrides = {k: v for k, v in app.dependency_overrides.items() if k is not get_db}
""",
    "rebuilt-by-a-generator": """
@pytest.fixture
def client(db):
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
    app.dependency_overrides = dict((k, v) for k, v in app.dependency_overrides.items() if k != get_db)
""",
    "unknown-context-manager": """
@pytest.fixture
def client(db):
    with call(app):
        app.dependency_overrides[get_db] = lambda: db
        yield TestClient(app)
""",
    "unknown-context-manager-by-method": """
@pytest.fixture
def client(db):
    with call(app).override({get_db: lambda: db}), TestClient(app) as client:
        app.dependency_overrides[get_user] = call
        yield client
""",
    "unknown-context-manager-on-a-stack": """
@pytest.fixture
def client(db):
    with contextlib.ExitStack() as stack:
        stack.enter_context(call(app=app))
        app.dependency_overrides[get_db] = lambda: db
        yield TestClient(app)
""",
    "unknown-context-manager-around-each-test": """
@pytest.fixture(autouse=True)
def kept():
    with call(app):
        yield

def test_it(db):
    app.dependency_overrides[get_db] = lambda: db
""",
    "dict-restored-by-update": """
@pytest.fixture
def client(db):
    before = dict(app.dependency_overrides)
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
    app.dependency_overrides.update(before)
""",
    "value-restored": """
@pytest.fixture
def client(db):
    before = app.dependency_overrides.get(get_db)
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
    app.dependency_overrides[get_db] = before
""",
    "values-restored-in-a-loop": """
@pytest.fixture
def client(db):
    before = {get_db: app.dependency_overrides.get(get_db)}
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
    for key, value in before.items():
        app.dependency_overrides[key] = value
""",
    "monkeypatch-setitem": """
@pytest.fixture
def client(db, monkeypatch):
    monkeypatch.setitem(app.dependency_overrides, get_db, lambda: db)
    yield TestClient(app)
""",
    "monkeypatch-setattr": """
@pytest.fixture
def client(db, monkeypatch):
    monkeypatch.setattr(app, "dependency_overrides", {})
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
""",
    "patch-dict": """
def test_it(db):
    with patch.dict(app.dependency_overrides):
        app.dependency_overrides[get_db] = lambda: db
""",
    "addfinalizer": """
@pytest.fixture
def client(db, request):
    request.addfinalizer(app.dependency_overrides.clear)
    app.dependency_overrides[get_db] = lambda: db
    return TestClient(app)
""",
    "addfinalizer-lambda": """
@pytest.fixture
def client(db, request):
    request.addfinalizer(lambda: app.dependency_overrides.pop(get_db))
    app.dependency_overrides[get_db] = lambda: db
    return TestClient(app)
""",
    "addfinalizer-nested-function": """
@pytest.fixture
def client(db, request):
    def undo():
        app.dependency_overrides.clear()
    request.addfinalizer(undo)
    app.dependency_overrides[get_db] = lambda: db
    return TestClient(app)
""",
    "exit-stack": """
@pytest.fixture
def client(db):
    with contextlib.ExitStack() as stack:
        stack.callback(app.dependency_overrides.pop, get_db, None)
        app.dependency_overrides[get_db] = lambda: db
        yield TestClient(app)
""",
    "helper-undoes": """
def undo():
    app.dependency_overrides.clear()

@pytest.fixture
def client(db):
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
    undo()
""",
    "context-manager-of-the-project": """
@contextlib.contextmanager
def overridden(db):
    app.dependency_overrides[get_db] = lambda: db
    yield
    app.dependency_overrides.clear()

@pytest.fixture
def client(db):
    with overridden(db):
        yield TestClient(app)
""",
    "context-manager-class": """
class Overridden:
    def __enter__(self):
        self.before = app.dependency_overrides.copy()
    def __exit__(self, *error):
        app.dependency_overrides = self.before

def test_it(db):
    with Overridden():
        app.dependency_overrides[get_db] = lambda: db
""",
    "autouse-fixture-clears": """
@pytest.fixture(autouse=True)
def clean():
    yield
    app.dependency_overrides.clear()

def test_it(db):
    app.dependency_overrides[get_db] = lambda: db
""",
    "requested-fixture-clears": """
@pytest.fixture
def clean():
    yield
    app.dependency_overrides.clear()

@pytest.fixture
def client(db, clean):
    app.dependency_overrides[get_db] = lambda: db
    return TestClient(app)
""",
    "fixture-built-on-it-clears": """
@pytest.fixture
def override(db):
    app.dependency_overrides[get_db] = lambda: db

@pytest.fixture
def client(override):
    yield TestClient(app)
    app.dependency_overrides.clear()
""",
    "teardown-method": """
class TestOrders:
    def teardown_method(self):
        app.dependency_overrides.clear()
    def test_it(self, db):
        app.dependency_overrides[get_db] = lambda: db
""",
    "pytest-hook": """
def pytest_runtest_teardown(item):
    app.dependency_overrides.clear()

@pytest.fixture
def client(db):
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
""",
    "plain-undo-at-the-end-of-a-test": """
def test_it(db):
    app.dependency_overrides[get_db] = lambda: db
    assert call()
    app.dependency_overrides.pop(get_db)
""",
    "session-scope": """
@pytest.fixture(scope="session")
def client(db):
    app.dependency_overrides[get_db] = lambda: db
    yield TestClient(app)
""",
    "helper-undoes-itself": """
def with_override(db):
    app.dependency_overrides[get_db] = lambda: db
    try:
        return call()
    finally:
        app.dependency_overrides.clear()

def test_it(db):
    with_override(db)
""",
    "provider-with-the-word-in-it": """
def test_it(db):
    call(dependency_overrides={get_db: db})
""",
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(source: str) -> None:
    assert reported(MODULE + source, CODE) == set()
