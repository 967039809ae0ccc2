"""Long runs say how far they are: on a terminal only, over one line that is gone in the end."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from lint_fixtures.progress import Progress
from tests.real_pytest import lay_out
from tests.terminal import on_terminal

AT_ONCE = (
    "import sys; from lint_fixtures import cli, progress; progress.SOON = progress.OFTEN = 0; sys.exit(cli.main())"
)
TEST = "def test_x(tmp_path=None):\n    assert tmp_path\n"
CHECKED = tuple(f"\rlint-fixtures: checked {count} of 3 files" for count in (1, 2, 3))
WIPED = f"\r{' ' * (len(CHECKED[0]) - 1)}\r"


def test_nothing_is_said_of_a_short_run() -> None:
    stream = io.StringIO()
    told = Progress("checked", 3, stream, iter((0.0, 0.1, 0.2, 0.3)).__next__)
    for _ in range(3):
        told.one_more()
    told.clear()
    assert stream.getvalue() == ""


def test_a_line_takes_the_place_of_the_one_before_and_is_wiped_once() -> None:
    stream = io.StringIO()
    told = Progress("checked", 12, stream, iter(range(100)).__next__)
    for _ in range(12):
        told.one_more()
    told.clear()
    told.clear()
    lines = [f"\rlint-fixtures: checked {count} of 12 files" for count in range(1, 13)]
    assert stream.getvalue() == f"{''.join(lines)}\r{' ' * (len(lines[-1]) - 1)}\r"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    lay_out(tmp_path, {"pytest.ini": "[pytest]\n"} | {f"test_{name}.py": TEST for name in "abc"})
    return tmp_path


def shown(project: Path, *arguments: str, **environment: str) -> str:
    return on_terminal(project, environment, sys.executable, "-c", AT_ONCE, *arguments)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_check_counts_files_on_a_terminal(project: Path, jobs: str) -> None:
    assert shown(project, "check", "-j", jobs, "--output-file=report", NO_COLOR="1") == f"{''.join(CHECKED)}{WIPED}"


def test_baseline_counts_them_too(project: Path) -> None:
    printed = shown(project, "baseline")
    assert printed.startswith(f"{''.join(CHECKED)}{WIPED}.lint-fixtures-baseline.json: 3 added")


def test_fix_counts_them_and_wipes_the_line_before_it_prints(project: Path) -> None:
    printed = shown(project, "fix", "-j1")
    assert printed.startswith(f"{''.join(CHECKED)}{WIPED}")
    for count, name in enumerate("abc", 1):
        line = f"\rlint-fixtures: looked into {count} of 3 files"
        done = f"test_{name}.py:1: LFX302 dropped the default, so that pytest passes the fixture\r\n"
        assert f"{line}\r{' ' * (len(line) - 1)}\r{done}" in printed


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        pytest.param(("check", "-q", "-j1", "test_a.py"), {}, id="quiet"),
        pytest.param(("check", "--output-file=report"), {"TERM": "dumb"}, id="a-terminal-that-overwrites-nothing"),
    ],
)
def test_nothing_is_told_where_it_is_not_wanted(
    project: Path, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    assert "checked" not in shown(project, *arguments, **environment)


def test_a_pipe_is_told_nothing(project: Path) -> None:
    command = (sys.executable, "-c", AT_ONCE, "check", "--output-file=report")
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "")
