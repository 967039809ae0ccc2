"""The index agrees with real pytest on projects of hard cases and on every rule's examples."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from lint_fixtures.rule import load_rules
from tests.oracle.compare import AGREE, WRONG
from tests.oracle.plan import Task
from tests.oracle.run import run, run_examples

PROJECTS = Path(__file__).parent.parent / "projects"
# (test, name) pairs that no reader of the source can know, each with its reason
LIMITS = {
    "bdd": {("test_plain", "article")},  # a step of the same name fills it while scenarios run
    "circles": {("test_enters_at_alpha", "epsilon")},  # the test's way into the circle decides
    "conditional": {
        *(
            ("test_alternatives", "fallback"),
            ("test_alternatives", "modern"),
            ("test_alternatives", "replaced"),
        ),  # arms
        ("test_made", "first"),  # made by calling a function
    },
    "factoryboy": {("test_below", "author__name")},  # requested by what register() makes
    "generated": {  # a hook decides test by test; a name is computed
        *(
            ("test_some", "clobbered"),
            ("test_some", "below"),
            ("test_computed", "clobbered"),
            ("test_computed", "below"),
        ),
    },
    "roots/packages/api": {("test_api", "value")},  # overrides another where pytest is started further up
    "scopes": {("test_unknown", "by_callable"), ("test_unknown", "by_options"), ("test_unknown", "by_condition")},
    "settings": {("check_lambda", "value")},  # a lambda is no function of the index
}
PLUGINS = {
    "asynchronous": "pytest_asyncio.plugin",
    "bdd": "pytest_bdd.plugin",
    "factoryboy": "pytest_factoryboy.plugin",
}
RUNNABLE = sorted(
    ini.parent.relative_to(PROJECTS).as_posix()
    for ini in (*PROJECTS.glob("*/pytest.ini"), *PROJECTS.glob("roots/packages/*/pyproject.toml"))
    if find_spec(PLUGINS.get(ini.parent.name, "pytest").partition(".")[0])
)


@pytest.mark.parametrize("name", RUNNABLE)
def test_index_agrees_with_pytest(name: str) -> None:
    plugin = ("-p", PLUGINS[name]) if name in PLUGINS else ()
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    (result,) = run(Task(name, str(PROJECTS / name), arguments=plugin, environment=alone))
    assert result.wrong == 0, "\n".join(result.differences(10))
    differing = [one for one in result.comparison.verdicts if one.verdict != AGREE]
    assert {(one.nodeid.rpartition("::")[2], one.name) for one in differing} == LIMITS.get(name, set())
    assert result.broken == ()
    assert result.pairs > 0


def test_index_agrees_with_pytest_started_in_an_outer_root() -> None:
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    (result,) = run(
        Task("", str(PROJECTS / "roots"), arguments=("packages/api/tests", "test_outer.py"), environment=alone)
    )
    assert {(one.nodeid, one.name) for one in result.comparison.verdicts} == {
        ("packages/api/tests/test_api.py::test_api", "value"),
        ("packages/api/tests/test_api.py::test_api", "prepared"),
        ("test_outer.py::test_outer", "value"),
    }
    assert [str(one) for one in result.comparison.verdicts if one.verdict == WRONG] == []


def test_index_agrees_with_pytest_on_every_example() -> None:
    results = run_examples(Task("examples", ""))
    differing = [line for result in results if result.wrong for line in result.differences(5)]
    assert differing == []
    assert len(results) == 2 * len(load_rules())
    assert sum(result.pairs for result in results) > len(results)
