"""Scopes of what anyio requests for an async fixture, against real pytest; the rest is in the rule's examples."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lint_fixtures.examples import read_example
from tests.real_pytest import lay_out
from tests.rules.marked import marked, reported

CODE = "LFX202"
CONFTEST = """
# file: conftest.py
import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="session")
async def engine():  # LFX202
    yield 1
"""
TEST = """
# file: test_orders.py
import pytest


@pytest.mark.anyio
async def test_it(engine):
    assert engine == 1
"""
BAD = {
    "function-below-session": CONFTEST,
    "function-below-module": CONFTEST.replace("session", "module"),
    "module-below-session": CONFTEST.replace("@pytest.fixture\n", '@pytest.fixture(scope="module")\n'),
}
GOOD = {
    "one-scope": CONFTEST.replace("@pytest.fixture\n", '@pytest.fixture(scope="session")\n'),
    "narrower-fixture": CONFTEST.replace('(scope="session")', ""),
    "sync-fixture": CONFTEST.replace("async def", "def"),
}


def stops_with_scope_mismatch(folder: Path, text: str) -> bool:
    lay_out(folder, {**read_example(text).files, "pytest.ini": "[pytest]\n"})
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider", str(folder))
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stdout + run.stderr
    return "ScopeMismatch" in run.stdout


@pytest.mark.parametrize("conftest", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_what_pytest_stops_at(tmp_path: Path, conftest: str) -> None:
    assert reported(conftest + TEST, CODE) == marked(conftest + TEST) != set()
    assert stops_with_scope_mismatch(tmp_path, conftest + TEST)


@pytest.mark.parametrize("conftest", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent_where_pytest_runs_the_test(tmp_path: Path, conftest: str) -> None:
    assert reported(conftest + TEST, CODE) == set()
    assert not stops_with_scope_mismatch(tmp_path, conftest + TEST)


def test_stays_silent_where_no_anyio_test_uses_it() -> None:
    assert reported(CONFTEST + TEST.replace("(engine)", "()").replace("engine == 1", "True"), CODE) == set()
    assert reported(CONFTEST + TEST.replace("mark.anyio", "mark.asyncio"), CODE) == set()
    assert reported("# file: pytest.ini\n[pytest]\nasyncio_mode = auto\n" + CONFTEST + TEST, CODE) == set()


DOCKER = """
# file: conftest.py
import pytest
from pytest_docker.plugin import containers_scope


@pytest.fixture
def project_name():
    return "shop"


@pytest.fixture(scope=containers_scope)
def docker_compose_project_name(project_name):  # LFX202
    return project_name
"""


def test_knows_the_scope_of_a_plugin_that_no_option_changes() -> None:
    assert reported(DOCKER, CODE) == marked(DOCKER) != set()
    assert reported("# file: pytest.ini\n[pytest]\naddopts = --container-scope=function\n" + DOCKER, CODE) == set()
    assert reported(DOCKER.replace("containers_scope", "other_scope"), CODE) == set()
