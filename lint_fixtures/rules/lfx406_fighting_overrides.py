"""Two overrides of one dependency get in each other's way: the one that is set last wins, and undoing one undoes both.

`app.dependency_overrides` is one dictionary for the whole run. When two client fixtures that know nothing of each other
both put in their user, a test that gets both talks as one of them, whichever of the two is set up last; swap the
arguments and it is the other. And when a fixture of class, module or session scope sets an override once, a `clear()`
or `pop()` in a narrower fixture or in a test takes it out for good: every test after the first runs with the real
dependency.

A refinement is meant, and left alone: a fixture that requests the one that it overrules, an autouse default, a fixture
that is no client beside one that is, and anything that puts the former value back.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.modules import Module
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    module = project.module(path)
    if module is None or not (project.is_conftest(path) or project.is_test_module(path)):
        return
    providers = project.nodes.providers(module)
    if all("dependency_overrides" not in each.facts.mentions for each in providers):
        return
    yield from _fights(project, path)
    yield from _wipes(project, module)


def _fights(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    from lint_fixtures.index.fighting import fight  # most files end before this

    for test in project.tests(path):
        found = fight(project, test) if test.module.path == path else None
        if found is None:
            continue
        loser, winner = found.loser.name, found.winner.name
        where = project.where(Location(found.winner.module.path, found.won.line, found.won.col))
        if found.clients:
            what = f"'{winner}' overrides {found.lost.name} after '{loser}' did ({where})"
            yield test.location, f"{what}: here the requests of '{loser}' get what '{winner}' provides"
        else:
            what = f"'{winner}' overrides {found.lost.name} ({where}) after '{loser}' did, which has no effect then"
            yield test.location, f"{what}: which of the two counts is up to the order of the arguments"


def _wipes(project: Project, module: Module) -> Iterator[tuple[Location, str]]:
    from lint_fixtures.index.wiped_overrides import wipes  # most files end before this

    for found in wipes(project, module):
        wide, entry, drop, dropper = found.wide, found.entry, found.drop, found.dropper
        victim = f"'{found.victim.function.name}' ({project.where(found.victim.location)})"
        if dropper is not None and dropper.module is not module:
            where = project.where(Location(dropper.module.path, drop.line, drop.col))
            what = f"'{dropper.name}' takes this override of {entry.name} out again ({where})"
            yield Location(module.path, entry.line, entry.col), f"{what}: {victim} runs without it"
            continue
        where = project.where(Location(wide.module.path, entry.line, entry.col))
        what = f"this takes out the override of {entry.name} that '{wide.name}' sets once per {wide.scope} ({where})"
        yield Location(module.path, drop.line, drop.col), f"{what}: {victim} runs without it"


_SHOP = """
# file: shop/main.py
from fastapi import Depends, FastAPI

app = FastAPI()


def get_db():
    raise NotImplementedError


def get_user():
    raise NotImplementedError


@app.get("/me")
def me(user: str = Depends(get_user), db: object = Depends(get_db)):
    return user
"""
_HEAD = """
# file: tests/conftest.py
import pytest
from fastapi.testclient import TestClient

from shop.main import app, get_db, get_user
"""

RULE = Rule(
    code="LFX406",
    name="fighting-overrides",
    why=__doc__ or "",
    check=check,
    mend="""Let each client send who it is, in a header or cookie of its own, and override nothing for it; or let one
fixture request the other where it refines it. Take out only what the fixture itself has set, with `pop`, and where
something wider set it before, put that back: `monkeypatch.setitem` does.""",
    bad=_SHOP
    + _HEAD
    + """

@pytest.fixture(scope="session", autouse=True)
def database():
    app.dependency_overrides[get_db] = lambda: "test database"
    yield
    app.dependency_overrides.pop(get_db)


@pytest.fixture
def guest_client():
    app.dependency_overrides[get_user] = lambda: "guest"
    with TestClient(app) as client:
        yield client
    app.dependency_overrides.pop(get_user, None)


@pytest.fixture
def admin_client():
    app.dependency_overrides[get_user] = lambda: "admin"
    with TestClient(app) as client:
        yield client
    app.dependency_overrides.clear()  # LFX406
# file: tests/test_me.py
def test_both(guest_client, admin_client):  # LFX406
    assert guest_client.get("/me").json() == "guest"
    assert admin_client.get("/me").json() == "admin"


def test_guest(guest_client):
    assert guest_client.get("/me").json() == "guest"
""",
    good=_SHOP
    + _HEAD
    + """

@pytest.fixture(scope="session", autouse=True)
def database():
    app.dependency_overrides[get_db] = lambda: "test database"
    yield
    app.dependency_overrides.pop(get_db)


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setitem(app.dependency_overrides, get_user, lambda: "guest")
    with TestClient(app) as client:
        yield client


@pytest.fixture
def as_admin(client, monkeypatch):
    monkeypatch.setitem(app.dependency_overrides, get_user, lambda: "admin")
# file: tests/test_me.py
def test_admin(client, as_admin):
    assert client.get("/me").json() == "admin"


def test_guest(client):
    assert client.get("/me").json() == "guest"
""",
)
