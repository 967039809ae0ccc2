"""A fixture that requests one of a narrower scope.

A session-scoped fixture lives longer than a function-scoped one, so it cannot be built from it: pytest stops every test
that needs it with "ScopeMismatch". The request may be fine where it stands and be broken elsewhere, by a module or
class that overrides the requested fixture with a narrower scope; then the override is reported.

anyio runs an async fixture by requesting ``anyio_backend`` for it, which no source says: an ``anyio_backend`` of the
project has to live as long as the widest async fixture.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.plugin_fixtures import BUILTIN_SCOPES
from lint_fixtures.index.resolution import narrower
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for fixture, node in project.own_fixtures(path):
        yield from _requests(project, path, fixture, node)
    for test in project.tests(path):
        closure = project.resolution.closure(test)
        for fixture in closure.fixtures():
            if not closure.direct.intersection(fixture.requests):
                yield from _requests(project, path, fixture, test.node)
    yield from _of_anyio(project, path)


def _requests(project: Project, path: str, fixture: Fixture, node: Node) -> Iterator[tuple[Location, str]]:
    if not fixture.certain or fixture.scope in {None, "function"}:
        return
    for name in fixture.requests:
        requested = project.resolution.requested(fixture, name, node)
        if requested is None:
            yield from _builtin(project, path, fixture, name)
        elif requested.certain and fixture.scope and requested.scope and narrower(requested.scope, fixture.scope):
            yield from _mismatch(project, path, fixture, requested)


def _mismatch(project: Project, path: str, fixture: Fixture, requested: Fixture) -> Iterator[tuple[Location, str]]:
    wide = f"'{fixture.name}' ({fixture.scope} scope)"
    narrow = f"'{requested.name}' ({requested.scope} scope)"
    if fixture.module.path == path:
        where = project.where(requested.location)
        yield fixture.location, f"{wide} requests {narrow} of {where}; pytest stops with ScopeMismatch"
    elif requested.module.path == path:
        where = project.where(fixture.location)
        yield requested.location, f"{narrow} is requested by {wide} of {where}; pytest stops with ScopeMismatch"


def _builtin(project: Project, path: str, fixture: Fixture, name: str) -> Iterator[tuple[Location, str]]:
    if BUILTIN_SCOPES.get(name) == "function" and fixture.module.path == path:
        wide = f"'{fixture.name}' ({fixture.scope} scope)"
        yield fixture.location, f"{wide} requests pytest's '{name}' (function scope); pytest stops with ScopeMismatch"


def _of_anyio(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for fixture, node in project.own_fixtures(path):
        if not fixture.function.is_async or fixture.maker != "pytest.fixture" or fixture.scope in {None, "function"}:
            continue
        found = project.resolution.definitions("anyio_backend", node)
        backend = found[-1] if found and fixture.certain and found[-1].certain else None
        narrow = backend and backend.scope and fixture.scope and narrower(backend.scope, fixture.scope)
        if backend and narrow and _runs_under_anyio(project, path, fixture):
            yield from _mismatch(project, path, fixture, backend)


def _runs_under_anyio(project: Project, path: str, fixture: Fixture) -> bool:
    from lint_fixtures.index.loops import is_auto, loop_of  # few files need it

    if is_auto(project, path):
        return False
    for test in project.tests_below(path) if project.is_conftest(path) else project.tests(path):
        loop = loop_of(project, test)
        if loop and loop.plugin == "anyio" and project.resolution.closure(test).runs(fixture):
            return True
    return False


RULE = Rule(
    code="LFX202",
    name="scope-mismatch",
    why=__doc__ or "",
    check=check,
    mend="""Narrow the requesting fixture to the scope of what it requests, or split it: what may live long (an engine,
a URL, a temporary directory from `tmp_path_factory`) stays wide, what belongs to one test becomes function-scoped.""",
    bad="""
# file: tests/conftest.py
import pytest


@pytest.fixture
def settings():
    return {"currency": "EUR"}


@pytest.fixture(scope="session")
def price_list(settings):  # LFX202
    return [settings["currency"]]


@pytest.fixture(scope="module")
def export(tmp_path):  # LFX202
    return tmp_path / "export.csv"


@pytest.fixture(scope="module")
def rates():
    return {"EUR": 1}


@pytest.fixture(scope="module")
def converter(rates):
    return rates.get
# file: tests/test_rates.py
import pytest


@pytest.fixture
def rates(rates):  # LFX202
    return dict(rates)


def test_rates(converter):
    assert converter("EUR")
""",
    good="""
# file: tests/conftest.py
import pytest

SCOPE = "session"


@pytest.fixture(scope=SCOPE)
def settings():
    return {"currency": "EUR"}


@pytest.fixture(scope="session")
def price_list(settings, tmp_path_factory):
    return [settings["currency"], tmp_path_factory]


def chosen(fixture_name, config):
    return "function"


@pytest.fixture(scope=chosen)
def rates():
    return {"EUR": 1}


@pytest.fixture(scope="module")
def converter(rates):
    return rates.get
""",
)
