"""A session, connection, engine or client fixture that hands out None on some path, or a fixture that may not yield.

The test then fails far from the cause: `AttributeError: 'NoneType' object has no attribute 'query'` in its own body. A
generator fixture that ends before its `yield` stops with "did not yield a value" in every test that asks for it, and an
`except` that swallowed the real error on the way has hidden why.

Paths that raise, or end in `pytest.skip` or `pytest.fail`, are fine, and so is None where the test asks for it by a
mark or parameter, or where the annotation says `| None`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Call, Choice, Const, Expr, For, If, Match, Name, Return, Try, While, Yield, walk
from lint_fixtures.facts import Function, Location
from lint_fixtures.index import Project, kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.values import DATABASE_ROLES
from lint_fixtures.rule import Rule

if TYPE_CHECKING:
    from lint_fixtures.index.paths import Exit, Path
    from lint_fixtures.index.ways import Ways

_BRANCHING = (If, For, While, Try, Match, Choice)
_SWALLOWING = frozenset({"suppress", "raises"})


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for fixture, node in project.own_fixtures(path):
        if not _is_straight(fixture.function):
            yield from _reported(project, fixture, node)


def _is_straight(function: Function) -> bool:
    """Whether there is but one way through a function, which hands out something else than None: mostly so."""
    nodes = function.body.nodes
    if any(isinstance(node, _BRANCHING) or node == Const(None) or _swallows(node) for node in nodes):
        return False
    handed = [node for node in nodes if isinstance(node, (Yield, Return))]
    ends = function.is_generator or (bool(handed) and handed[0] is function.body.statements[-1])
    return ends and len(handed) == 1 and handed[0].value is not None


def _swallows(node: object) -> bool:
    return isinstance(node, Call) and node.dotted.rpartition(".")[2] in _SWALLOWING


def _reported(project: Project, fixture: Fixture, node: Node) -> Iterator[tuple[Location, str]]:
    from lint_fixtures.index.ways import ways_through  # with all that follows a function's ways

    ways = ways_through(project.names, fixture.module, fixture.function)
    if ways is None:
        return
    missing = _without_yield(fixture.function, ways)
    if missing is not None:
        where = "reach its end" if missing.at_end else f"return at line {missing.line}"
        message = f"'{fixture.name}' can {where} without a yield"
        yield fixture.location, f"{message}: pytest then stops its tests with 'did not yield a value'"
        return
    line = _none_handed_out(fixture.function, ways)
    if line is not None and _is_expected(project, fixture, node):
        what = _noun(project.values.role(fixture, node))
        yield (
            fixture.location,
            f"'{fixture.name}' can hand out None at line {line}: its tests fail where they use the {what}",
        )


def _without_yield(function: Function, ways: Ways) -> Exit | None:
    if not function.is_generator:
        return None
    by_param = "request.param" in _names(function)
    missing = [leaving for leaving in ways.exits if not leaving.path.yielded and not (by_param and leaving.path.asked)]
    return missing[0] if missing else None


def _names(function: Function) -> set[str]:
    return {node.dotted for node in function.body.nodes if isinstance(node, Name)}


def _none_handed_out(function: Function, ways: Ways) -> int | None:
    """The line where None leaves the fixture, on a path that no mark or parameter of the test has chosen."""
    for value, path, line in _handed_out(function, ways):
        if not path.asked and _may_be_none(value, path):
            return line
    return None


def _handed_out(function: Function, ways: Ways) -> Iterator[tuple[Expr | None, Path, int]]:
    if not function.is_generator:
        yield from ((leaving.value, leaving.path, leaving.line) for leaving in ways.exits)
    for step in ways.steps if function.is_generator else ():
        for node in walk(step.nodes):
            if isinstance(node, Yield) and not node.delegates and not step.path.yielded:
                yield node.value, step.path, step.line


def _may_be_none(value: Expr | None, path: Path) -> bool:
    from lint_fixtures.index.paths import refine
    from lint_fixtures.index.ways import heads

    if isinstance(value, Choice):
        if value.test is None:
            return _may_be_none(value.options[-1], path)
        chosen = zip(value.options, (True, False), strict=False)
        arms = [(option, inner) for option, truth in chosen for inner in refine(path, value.test, truth)]
        return "request" not in heads(value.test) and any(_may_be_none(option, inner) for option, inner in arms)
    return path.is_none(value)


def _is_expected(project: Project, fixture: Fixture, node: Node) -> bool:
    """Whether its tests expect a database object of it."""
    from lint_fixtures.index.void import admits_none, is_meant_void

    if fixture.function.returns is not None and admits_none(fixture.function.returns):
        return False
    if project.values.role(fixture, node) in DATABASE_ROLES:
        return True
    return fixture.name in project.settings.session_names and not is_meant_void(project, fixture, node)


def _noun(role: str) -> str:
    return role if role in DATABASE_ROLES else kinds.SESSION


RULE = Rule(
    code="LFX303",
    name="fixture-yields-none",
    why=__doc__ or "",
    check=check,
    mend="""Let errors out of the fixture instead of catching them, end a path that has nothing to hand out with
`pytest.skip("why")`, and yield the object itself. A fixture that only prepares something should not have the name of a
session.""",
    bad="""
# file: tests/conftest.py
import os

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session


@pytest.fixture(scope="session")
def engine():  # LFX303
    engine = None
    try:
        engine = create_engine(os.environ["DATABASE_URL"])
        engine.connect().close()
    except (KeyError, OperationalError):
        print("no database")
    return engine


@pytest.fixture
def db_session(engine):  # LFX303
    if engine is not None:
        with Session(engine) as session:
            yield session
""",
    good="""
# file: tests/conftest.py
import os

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture(scope="session")
def engine():
    if "DATABASE_URL" not in os.environ:
        pytest.skip("no database")
    return create_engine(os.environ["DATABASE_URL"])


@pytest.fixture
def db_session(engine):
    with Session(engine) as session:
        yield session


@pytest.fixture(autouse=True)
def clean_tables(db_session):
    yield
    db_session.rollback()
""",
)
