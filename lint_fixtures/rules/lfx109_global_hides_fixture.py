"""A test module has a client, session or engine of its own as a global, under the name of a shared fixture.

A global is no fixture: tests that use it without asking for a parameter go round the shared one. The dependency
override, the transaction and the rollback that come with the fixture are never set up for them, so their requests reach
whatever database the application is configured with, and what they write stays.

Not reported: tests that take the fixture as a parameter or get its database some other way (autouse, ``usefixtures``),
a client over an app that the test module builds itself, and modules that only ask for pages such as ``/health``.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Assign, Call, Const, Expr
from lint_fixtures.facts import Location
from lint_fixtures.index import Project, kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import Module, surviving
from lint_fixtures.index.names import ValueRef
from lint_fixtures.index.nodes import Node, Test
from lint_fixtures.index.values import Scope
from lint_fixtures.rule import Rule

_ROLES = frozenset({kinds.ENGINE, kinds.SESSION, kinds.CLIENT})
_STORED = frozenset({kinds.ENGINE, kinds.SESSION, kinds.CONNECTION})
_PAGES = frozenset({"", "health", "healthz", "health_check", "ping", "status", "version", "metrics", "docs", "redoc"})


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    module = project.module(path)
    if module is None or project.is_conftest(path) or not project.is_test_module(path):
        return
    for name, statement in _globals(module):
        fixture = _hidden(project, module, name, statement)
        tests = list(_going_round(project, module, name, fixture)) if fixture else []
        if fixture is not None and tests and not _only_pages(name, tests):
            where = project.where(fixture.location)
            yield (
                Location(path, statement.line, statement.col),
                f"'{name}' of this module is not the fixture of {where}: {tests[0].function.name} goes round "
                "its database set-up and rollback",
            )


def _globals(module: Module) -> Iterator[tuple[str, Assign]]:
    for name, bindings in module.bindings.items():
        alive = surviving(bindings)
        if len(alive) == 1 and not alive[0].branch and isinstance(alive[0].what, Assign):
            yield name, alive[0].what


def _hidden(project: Project, module: Module, name: str, statement: Assign) -> Fixture | None:
    """The shared fixture of that name, if it hands out what the global holds and stands on a database."""
    found = project.resolution.definitions(name, Node(module))
    if not found or not found[-1].certain or found[-1].module is module or statement.value is None:
        return None
    role = project.values.role(found[-1], Node(module))
    if role not in _ROLES or project.values.kind(statement.value, Scope(module)) != role:
        return None
    if role != kinds.CLIENT:
        return found[-1]
    from lint_fixtures.index.overrides import Overrides  # hardly any file gets here, or to what uses the other imports

    own = _is_own_app(project, module, statement.value) or any(Overrides(module.facts.statements).sets())
    return found[-1] if not own and _database(project, found[-1], Node(module)) else None


def _is_own_app(project: Project, module: Module, client: Expr) -> bool:
    """Whether the client's app is built here or cannot be told: then the shared fixture may have no part in it."""
    if not isinstance(client, Call) or not client.args:
        return True
    target = project.names.resolve_expr(module, client.args[0])
    return not isinstance(target, ValueRef) or target.module is module


def _database(project: Project, fixture: Fixture, node: Node) -> set[Fixture]:
    """What ties a client to a database: the sessions it is built on, and the fixtures that install an override."""
    closure = project.resolution.node_closure(node, (fixture.name,))
    return {each for each in closure.fixtures() if _is_database(project, each, node)}


def _is_database(project: Project, fixture: Fixture, node: Node) -> bool:
    from lint_fixtures.index.nesting import nested
    from lint_fixtures.index.overrides import Overrides

    functions = (fixture.function, *nested(fixture.module, fixture.function))
    overrides = any(any(Overrides(function.body.statements).sets()) for function in functions)
    return overrides or project.values.role(fixture, node) in _STORED


def _going_round(project: Project, module: Module, name: str, fixture: Fixture) -> Iterator[Test]:
    """The tests that use the global and get nothing of what the fixture stands on."""
    wanted = _database(project, fixture, Node(module)) | {fixture}
    for test in project.tests(module.path):
        if test.module is not module or not _uses(project, module, name, test):
            continue
        got = set(project.resolution.closure(test).fixtures())
        if got.isdisjoint(wanted) and not any(_is_database(project, each, test.node) for each in got):
            yield test


def _uses(project: Project, module: Module, name: str, test: Test) -> bool:
    from lint_fixtures.index.uses import hidden, uses_in

    found = (use for use in uses_in(test.function, frozenset({name})) if use.node.dotted.partition(".")[0] == name)
    return any(found) and not hidden(project.names, module, name, test.function)


def _only_pages(name: str, tests: list[Test]) -> bool:
    calls = (call for test in tests for call in test.function.body.calls)
    paths = [call.args[0] for call in calls if call.dotted.partition(".")[0] == name and call.args]
    return bool(paths) and all(_is_page(path) for path in paths)


def _is_page(path: Expr) -> bool:
    return isinstance(path, Const) and isinstance(path.value, str) and path.value.strip("/").lower() in _PAGES


RULE = Rule(
    code="LFX109",
    name="global-hides-fixture",
    why=__doc__ or "",
    check=check,
    mend="Delete the global and request the fixture as a parameter: `def test_orders(client):`.",
    bad="""
# file: shop/main.py
from fastapi import FastAPI

app = FastAPI()


def get_db():
    raise NotImplementedError
# file: tests/conftest.py
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from shop.main import app, get_db


@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
        session.rollback()


@pytest.fixture
def client(db_session):
    app.dependency_overrides[get_db] = lambda: db_session
    yield TestClient(app)
    app.dependency_overrides.clear()
# file: tests/test_orders.py
from fastapi.testclient import TestClient

from shop.main import app

client = TestClient(app)  # LFX109


def test_order():
    assert client.post("/orders", json={"title": "Solaris"}).status_code == 201
""",
    good="""
# file: shop/main.py
from fastapi import FastAPI

app = FastAPI()


def get_db():
    raise NotImplementedError
# file: tests/conftest.py
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from shop.main import app, get_db


@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
        session.rollback()


@pytest.fixture
def client(db_session):
    app.dependency_overrides[get_db] = lambda: db_session
    yield TestClient(app)
    app.dependency_overrides.clear()
# file: tests/test_orders.py
def test_order(client):
    assert client.post("/orders", json={"title": "Solaris"}).status_code == 201
# file: tests/test_health.py
from fastapi.testclient import TestClient

from shop.main import app

client = TestClient(app)


def test_health():
    assert client.get("/health").status_code == 200
""",
)
