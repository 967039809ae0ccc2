"""pytest-testmon in a project: it may put first what a change affects, and never leave out a test."""

from argparse import Namespace
from typing import Any

import pytest

from lint_fixtures_hooks.probe import lfx_probe_selection


@pytest.mark.parametrize(
    ("order", "only", "off"),
    [("given", [], False), ("reversed", [], True), ("given", ["tests/test_a.py::test_a"], True)],
    ids=["given", "another-order", "replay"],
)
def test_it_leaves_nothing_out(order: str, only: list[str], off: bool) -> None:
    option = Namespace(testmon=True, testmon_forceselect=True, testmon_noselect=False)
    plan: dict[str, Any] = {"order": order, "selection": {"only": only, "first": ["tests/test_b.py"]}}
    lfx_probe_selection.take_testmon_along(option, plan)
    assert (option.testmon_noselect, option.testmon_forceselect) == (True, False)
    assert vars(option).get("no-testmon", False) is off
    assert plan["selection"]["first"] == []


def test_without_it_nothing_changes() -> None:
    option, plan = Namespace(), {"order": "given", "selection": {"only": [], "first": ["tests/test_b.py"]}}
    lfx_probe_selection.take_testmon_along(option, plan)
    assert (vars(option), plan["selection"]) == ({}, {"only": [], "first": ["tests/test_b.py"]})
