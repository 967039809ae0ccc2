"""Every kind of leftover, several ways each, found and charged to whom it belongs; and nothing else said of anybody."""

import re

import pytest

from tests.hooks import fault_fixtures, fault_process, fault_ways, faults
from tests.hooks.projects import Answer, Project

PYPROJECT = """
[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
addopts = ["--import-mode=importlib"]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
filterwarnings = ["ignore"]
[tool.lint_fixtures.suite]
setup = "python schema.py"
"""
CONFTEST = """
import os, sys
sys.path.append("/somewhere")
import removable, replaceable
os.environ.update(SHOP_OLD="1", SHOP_GONE="1")
"""


def found_in(answer: Answer) -> set[faults.Found]:
    return {
        (nodeid, kind, re.sub(r"connection \d+(, begun .*)?", "connection N", name))
        for nodeid, kind, name, _ in answer.leaks()
    }


@pytest.fixture
def faulty(project: Project) -> Project:
    project.commit(
        pyproject_toml=PYPROJECT,
        ways_py=fault_ways.WAYS_PY,
        schema_py=faults.schema(),
        removable_py="",
        replaceable_py="",
        configured_py="import os\nos.environ['SHOP_CONFIGURED'] = '1'\n",
        tests__conftest_py=CONFTEST,
    )
    return project


def test_every_fault_is_charged_to_whom_it_belongs(faulty: Project) -> None:
    rows, expected = faults.rows_suite()
    catalog, of_catalog = faults.suite(faults.CATALOG, "test_catalog")
    held, of_held = faults.suite(faults.HELD, "test_held")
    held_async, of_held_async = faults.suite(faults.HELD_ASYNC, "test_held", "async def")
    process, of_process = faults.suite(fault_process.PROCESS, "test_process")
    pooled, of_pooled = faults.suite(fault_process.IN_POOL, "test_sessions")
    faulty.commit(
        tests__test_rows_py=rows,
        tests__test_catalog_py=faults.HEAD + catalog,
        tests__test_fixtures_py=faults.HEAD + fault_fixtures.FIXTURES,
        tests__test_held_py=faults.HEAD + held + held_async,
        tests__test_process_py=faults.HEAD + process,
        tests__test_sessions_py=faults.HEAD + pooled,
    )
    answer = faulty.verify()
    bad = {nodeid: word for nodeid, word in answer.outcomes().items() if word != "passed"}
    assert (bad, answer.report["reason"]) == ({}, ""), answer.out
    expected |= of_catalog | of_held | of_held_async | of_process | of_pooled
    expected |= {(f"tests/test_fixtures.py::{name}", kind, what) for name, kind, what in fault_fixtures.OF_FIXTURES}
    # a dropped table takes its rows along; who holds a lock holds its connection too
    expected.add(("tests/test_catalog.py::test_drop_table", "rows", "dropped"))
    expected.add(("tests/test_held.py::test_advisory_lock", "connection", "connection N"))
    found = found_in(answer)
    assert (found - expected, expected - found) == (set(), set())
    assert answer.code == 1
