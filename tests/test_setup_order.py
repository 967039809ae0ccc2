"""The order in which fixtures are set up, against what pytest itself does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lint_fixtures.cache import FactsCache
from lint_fixtures.index import Project
from lint_fixtures.index.setup_order import setup_orders

CONFTEST = """
import pytest

@pytest.fixture(scope="session")
def engine(): ...

@pytest.fixture(scope="session")
def settings(): ...

@pytest.fixture
def connection(engine): ...

@pytest.fixture
def client(connection, settings): ...

@pytest.fixture(scope="module")
def shop(engine): ...

@pytest.fixture(autouse=True)
def clean(settings): ...
"""
TESTS = """
import pytest

@pytest.fixture
def client(client, user): ...

@pytest.fixture
def user(): ...

@pytest.fixture
def order(admin): ...

@pytest.fixture
def admin(): ...

def test_order_of_arguments(admin, client): ...
def test_other_order(client, admin): ...
def test_by_another_fixture(order, user, admin): ...
def test_wider_scopes_first(user, shop, settings): ...

@pytest.mark.usefixtures("order")
class TestClass:
    @pytest.fixture(scope="class")
    def shelf(self): ...

    def test_marks_first(self, user, shelf): ...
    @pytest.mark.parametrize("admin", [1])
    def test_parametrized(self, admin, user): ...
"""
NAMES = (
    *("test_order_of_arguments", "test_other_order", "test_by_another_fixture", "test_wider_scopes_first"),
    *("TestClass::test_marks_first", "TestClass::test_parametrized"),
)


@pytest.mark.parametrize("name", NAMES)
def test_is_that_of_pytest(name: str, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(TESTS)
    project = Project(str(tmp_path), FactsCache(None))
    found = next(each for each in project.tests(str(tmp_path / "test_it.py")) if each.function.name in name)
    orders = [[each.name for each in order] for order in setup_orders(project, found)]
    assert _set_up_by_pytest(tmp_path, name) in orders


def _set_up_by_pytest(folder: Path, name: str) -> list[str]:
    command = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--setup-plan", "-q", f"test_it.py::{name}")
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return re.findall(r"SETUP +[SPMCF] (\w+)(?![\w\[])", run.stdout)  # what parametrize fills has brackets
