"""A session variable that starts as None: `db_session = None` in a module, a class, `self` or a function of the tests.

Every path must remember to fill it. One that does not fails with
`AttributeError: 'NoneType' object has no attribute 'query'` in a test that did nothing wrong, often only when the test
runs alone or in another order. At module level such a name also hides the fixture: a test that forgot its `db_session`
parameter gets None instead of a NameError.

A local that every path fills before its first use is fine, and so is None as a farewell after `close()`, or a variable
that a set-up method or autouse fixture of the same class or module always fills.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Const
from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.test_code import is_test_code
from lint_fixtures.rule import Rule

if TYPE_CHECKING:
    from lint_fixtures.index.none_sessions import NoneSession

_ERROR = "AttributeError: 'NoneType' object"


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    module = project.module(path)
    if module is None or not is_test_code(project, path) or not _gives_none(module):
        return
    from lint_fixtures.index.none_sessions import none_sessions  # follows what functions do: most files need none of it

    for found in none_sessions(project, module):
        yield Location(path, found.statement.line, found.statement.col), _message(project, found)


def _gives_none(module: Module) -> bool:
    facts = module.facts
    bodies = (*(each.body for each in facts.classes), *(each.body for each in facts.functions))
    blocks = (facts.statements, *(each.statements for each in bodies if each.may_mention("None")))
    statements = (statement for block in blocks for statement, _ in flatten(block))
    return any(isinstance(each, Assign) and each.value == Const(None) for each in statements)


def _message(project: Project, found: NoneSession) -> str:
    variable = found.variable
    if found.used_at is not None:
        return f"'{variable.name}' is still None on a path to its use at line {found.used_at}: {_ERROR}"
    hidden = () if variable.owner else project.resolution.definitions(variable.name, Node(variable.module))
    if hidden:
        where = project.where(hidden[-1].location)
        message = f"'{variable.name}' is None for a test that does not request the fixture of {where}"
    else:
        message = f"'{variable.name}' is None until some other code fills it"
    return f"{message}: a test that uses it fails with {_ERROR}"


RULE = Rule(
    code="LFX301",
    name="none-session",
    why=__doc__ or "",
    check=check,
    mend="Hand the session out by a fixture and request it as a parameter: a test then cannot run without it.",
    bad="""
# file: tests/test_orders.py
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

db_session = None  # LFX301


def connect():
    global db_session
    db_session = Session(create_engine("postgresql:///shop_test"))


def test_orders_can_be_counted():
    assert db_session.execute(text("select 1")).scalar() == 1


class TestReports:
    db_session = None  # LFX301

    def test_total(self):
        self.db_session = Session(create_engine("postgresql:///shop_test"))
        assert self.db_session.execute(text("select 1")).scalar() == 1
        self.db_session.close()
""",
    good="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
# file: tests/test_orders.py
from sqlalchemy import text


def test_orders_can_be_counted(db_session):
    assert db_session.execute(text("select 1")).scalar() == 1


class TestReports:
    def test_total(self, db_session):
        assert db_session.execute(text("select 1")).scalar() == 1
""",
)
