"""An error of ours is one line that names the rule and the file, and nothing else is lost by it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = """\
import os

import pytest


@pytest.fixture
def row():
    return 1


def test_row():
    assert row() == 1
"""
BREAKING = """
import sys
from flake8.main.cli import main
from lint_fixtures import checks
from lint_fixtures.rules import lfx106_recursive_fixture as rule

def broken(*arguments):
    raise KeyError("made to fail\\nhere")

if sys.argv[1] == "rule":
    object.__setattr__(rule.RULE, "check", broken)
else:
    checks.extract = broken
raise SystemExit(main(sys.argv[2:]))
"""
CAUSE = "(KeyError: 'made to fail\\nhere'); please report it, all else has been checked"


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("broken", "where", "still"),
    [("rule", "in rule LFX106", ["12:5:"]), ("extract", "before the rules", [])],
)
def test_the_other_rules_files_and_plugins_still_report(
    tmp_path: Path, jobs: str, broken: str, where: str, still: list[str]
) -> None:
    for name in ("test_a.py", "test_b.py"):
        (tmp_path / name).write_text(SOURCE, encoding="utf-8")
    command = (sys.executable, "-c", BREAKING, broken, "--isolated", "-j", jobs, "test_a.py", "test_b.py")
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (1, "")
    lines = result.stdout.splitlines()
    for name in ("test_a.py", "test_b.py"):
        assert f"{name}:1:1: F401 'os' imported but unused" in lines
        assert f"{name}:1:1: LFX000 internal error {where} {CAUSE}" in lines
    expected = [f"{name}:{place}" for name in ("test_a.py", "test_b.py") for place in still]
    assert [line.partition(" ")[0] for line in lines if "LFX108" in line] == expected
