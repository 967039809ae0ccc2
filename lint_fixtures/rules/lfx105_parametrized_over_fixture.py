"""``parametrize`` names a session, connection, engine or client fixture without ``indirect``.

pytest then never sets that fixture up: the test, and every fixture that requests the name, gets the plain value
instead. No session is opened, nothing is rolled back, no dependency override is installed; the test checks the value
it was given.

Not reported: ``indirect`` parameters, values of a lazy-fixture plugin, and names that the test hands to
``request.getfixturevalue``.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Call, Expr, Name, Seq, walk
from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import ValueRef
from lint_fixtures.index.nodes import Test
from lint_fixtures.index.values import DATABASE_ROLES
from lint_fixtures.rule import Rule

_LAZY = frozenset({"lazy_fixture", "lazy_fixtures", "lf", "lfc", "fixture_ref", "fixture_union"})


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for test in project.tests(path):
        for name in sorted(_replaced(project, test)):
            found = project.resolution.definitions(name, test.node)
            if found and found[-1].certain and project.values.role(found[-1], test.node) in DATABASE_ROLES:
                where = project.where(found[-1].location)
                yield (
                    test.location,
                    f"parametrize replaces '{name}' of {where} by plain values: the fixture is not set up, "
                    "and nothing of this test is rolled back by it",
                )


def _replaced(project: Project, test: Test) -> set[str]:
    """The names that get plain values."""
    marks = project.marks
    replaced: set[str] = set()
    for module, expr, _ in marks.of(test.module, test.function, test.node.classes):
        call = marks.is_mark(module, expr, "parametrize")
        mark = marks.parametrize(module, call) if call else None
        if call is None or mark is None or mark.names is None or mark.indirect is None:
            continue
        values = call.args[1] if len(call.args) > 1 else call.keyword("argvalues")
        if values is not None and _are_plain(project, module, values):
            replaced |= set(mark.names) - mark.indirect
    return replaced - _looked_up(test) if replaced else replaced


def _are_plain(project: Project, module: Module, values: Expr, depth: int = 0) -> bool:
    """Whether all values stand in the source and none of them names another fixture."""
    if isinstance(values, Name) and depth < 4:
        target = project.names.resolve_expr(module, values)
        return isinstance(target, ValueRef) and _are_plain(project, target.module, target.value, depth + 1)
    if not isinstance(values, Seq):
        return False
    called = {node.dotted.rpartition(".")[2] for node in walk(values) if isinstance(node, Call)}
    return called.isdisjoint(_LAZY)


def _looked_up(test: Test) -> set[str]:
    """Arguments that the test hands to ``getfixturevalue``: names of fixtures, as they are meant to be."""
    calls = (call for call in test.function.body.calls if call.dotted.endswith("getfixturevalue"))
    return {node.dotted for call in calls for node in walk(call.args) if isinstance(node, Name)}


RULE = Rule(
    code="LFX105",
    name="parametrized-over-fixture",
    why=__doc__ or "",
    check=check,
    mend="""Give the parameter a name of its own. If the values are meant for the fixture, write `indirect=["name"]` and
read them there as `request.param`.""",
    bad="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session


@pytest.fixture
def basket(db_session):
    return {"session": db_session}
# file: tests/test_basket.py
import pytest


@pytest.mark.parametrize("db_session", [None, "closed"])
def test_basket(basket):  # LFX105
    assert basket["session"] in (None, "closed")
""",
    good="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture
def db_session(request):
    with Session(create_engine("postgresql:///shop_test"), info={"tenant": getattr(request, "param", "")}) as session:
        yield session


@pytest.fixture
def currency():
    return "EUR"
# file: tests/test_basket.py
import pytest


@pytest.mark.parametrize("db_session", ["shop", "reports"], indirect=True)
def test_tenant(db_session):
    assert db_session.info["tenant"]


@pytest.mark.parametrize(("state", "currency"), [("open", "USD"), ("closed", "PLN")])
def test_state(db_session, state, currency):
    assert db_session.is_active and state and currency
""",
)
