"""A leak names what the linter reports of the test or fixture that leaks and of the fixtures that it gets."""

from pathlib import Path
from textwrap import dedent

import pytest

from lint_fixtures.index import Project as Index
from lint_fixtures_hooks import blamed
from lint_fixtures_hooks.ledger import Leak
from tests.hooks.projects import Project

CONFTEST = """
import os
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

URL = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:")

@pytest.fixture(scope="session")
def engine():
    engine = create_engine(URL, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("create table jobs (id serial primary key)"))
    return engine

@pytest.fixture
def db_session(engine):
    return Session(engine)

@pytest.fixture
def clean_session(engine):
    with Session(engine) as session:
        yield session

@pytest.fixture
def busy(db_session): ...
"""
TESTS = """
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

def add(session):
    session.execute(text("insert into jobs default values"))
    session.commit()

@pytest.fixture(scope="class")
def rows(engine):
    session = Session(engine)
    add(session)
    yield session

class TestThrough:
    @pytest.mark.parametrize("number", [1])
    def test_request(self, busy, clean_session, number):
        add(clean_session)

def test_unconcerned(clean_session):
    add(clean_session)

class TestRows:
    def test_rows(self, rows): ...

def test_later(): ...
"""
SAID = "lint-fixtures explain"
LEAK = Leak("tests/test_it.py::test_it", "rows", "jobs", 1, "1 more row")


@pytest.mark.parametrize("place", ["", "backend/"], ids=["top", "sub-folder"])
def test_a_leak_names_the_rules_that_are_about_it(project: Project, place: str) -> None:
    prefix = place.replace("/", "__")
    settings = {f"{prefix}pyproject_toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\n"}
    project.commit(**{f"{prefix}tests__conftest_py": CONFTEST, f"{prefix}tests__test_it_py": TESTS}, **settings)
    answer = Project(project.root / place, project.cache).verify()
    numbers = {
        line: number
        for text in (CONFTEST, TESTS)
        for number, line in enumerate(dedent(text).splitlines(), start=1)
        if line.startswith("def ")
    }
    conftest, tests = f"{place}tests/conftest.py", f"{place}tests/test_it.py"
    unclosed: dict[str, object] = {"code": "LFX304", "path": conftest, "line": numbers["def db_session(engine):"]}
    wide: list[dict[str, object]] = [
        {"code": code, "path": tests, "line": numbers["def rows(engine):"]} for code in ("LFX201", "LFX304")
    ]
    found = {(leak["nodeid"], leak["kind"]): leak["rules"] for leak in answer.report["leaks"]}
    assert found == {
        ("tests/test_it.py::TestThrough::test_request[1]", "rows"): [unclosed],
        ("tests/test_it.py::test_unconcerned", "rows"): [],
        (f"{tests}::rows", "rows"): wide,
    }
    said = [line for line in answer.out.splitlines() if SAID in line]
    assert said == [
        f"    {each['path']}:{each['line']}: {each['code']} is about that: {SAID} {each['code']}"
        for each in (unclosed, *wide)
    ]


def test_an_error_of_the_linter_costs_the_advice_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def tests(index: Index, path: str) -> None:
        asked.append(path)
        raise RuntimeError

    monkeypatch.setattr(Index, "tests", tests)
    assert blamed.rules(tmp_path, tmp_path, [LEAK]) == {}
    assert asked == [str(tmp_path / "tests/test_it.py")]
