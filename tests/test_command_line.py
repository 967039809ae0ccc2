"""``lint-fixtures`` as it is typed: exit codes and the exact lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lint_fixtures.cli import main

CALLED = "import pytest\n\n\n@pytest.fixture\ndef row():\n    return 1\n\n\ndef test_row():\n    assert row() == 1\n"
LINE = "10:5: LFX108"
UNPARSABLE = {
    "deep by MemoryError": "x = " + "-" * 10_000 + "1\n",
    "lone surrogate": "# coding: raw_unicode_escape\nx = '\\ud800'\n",
}
if sys.version_info >= (3, 11):  # CPython 3.10 parses it
    UNPARSABLE["deep by RecursionError"] = "x = " + "+".join(["1"] * 20_000) + "\n"
SPAWNING = "import multiprocessing, sys; from lint_fixtures.cli import main; multiprocessing.set_start_method('spawn')"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def check(project: Path, *arguments: str) -> tuple[int, list[str], str]:
    """Exit code, `path:line:column: code` of each violation in order of path, and what went to stderr."""
    command = (sys.executable, "-m", "lint_fixtures.cli", "check", *arguments)
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return (
        result.returncode,
        sorted(" ".join(line.split(" ")[:2]) for line in result.stdout.splitlines()),
        result.stderr,
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("source", UNPARSABLE.values(), ids=UNPARSABLE)
def test_a_file_that_the_parser_gives_up_on_is_one_line_and_the_others_are_checked(
    project: Path, jobs: str, source: str
) -> None:
    write(project / "test_broken.py", source)
    write(project / "test_row.py", CALLED)
    found = ["test_broken.py:1:1: E999", f"test_row.py:{LINE}"]
    assert check(project, "-j", jobs, "test_row.py", "test_broken.py") == (1, found, "")


def test_workers_that_are_no_forks_lose_no_file(project: Path) -> None:
    write(project / "test_broken.py", UNPARSABLE["deep by MemoryError"])
    write(project / "test_row.py", CALLED)
    command = (sys.executable, "-c", f"{SPAWNING}; sys.exit(main(sys.argv[1:]))", "check", "-j2", ".")
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (1, "")
    assert [line.split(" ")[:2] for line in result.stdout.splitlines()] == [
        ["./test_broken.py:1:1:", "E999"],
        [f"./test_row.py:{LINE.split()[0]}", "LFX108"],
    ]


@pytest.mark.parametrize(
    "select",
    [
        pytest.param((), id="none"),
        pytest.param(("--select", "LFX101"), id="two-words"),
        pytest.param(("--select=LFX101",), id="one-word"),
    ],
)
def test_a_broken_file_never_passes_for_clean(project: Path, select: tuple[str, ...]) -> None:
    write(project / "test_broken.py", "def test_x(:\n")
    assert check(project, *select, "test_broken.py") == (1, ["test_broken.py:1:13: E999"], "")


def test_the_choice_of_the_user_holds(project: Path) -> None:
    write(project / "test_row.py", CALLED)
    assert check(project, "--select", "LFX101", "test_row.py") == (0, [], "")
    assert check(project, "--select", "LFX108", "--", "test_row.py") == (1, [f"test_row.py:{LINE}"], "")
    assert check(project, "--", "test_row.py") == (1, [f"test_row.py:{LINE}"], "")


def test_the_value_of_an_option_is_no_path(project: Path) -> None:
    write(project / "test_row.py", CALLED)
    assert check(project, "--exclude", "gone.py", "test_row.py") == (1, [f"test_row.py:{LINE}"], "")


@pytest.mark.parametrize("path", ["gone", "gone.py", "tests/gone.py"])
def test_a_missing_path_is_wrong_usage(project: Path, path: str) -> None:
    write(project / "test_row.py", CALLED)
    assert check(project, "test_row.py", path) == (2, [], f"lint-fixtures: no such file or folder: {path}\n")


def test_environments_and_builds_are_left_out(project: Path) -> None:
    for folder in (
        ".venv",
        "venv",
        ".env",
        "env",
        "lib/site-packages",
        "node_modules",
        "build",
        "dist",
        "own",
        "tests",
    ):
        write(project / folder / "test_row.py", CALLED)
    assert check(project, "--extend-exclude", "own") == (1, [f"./tests/test_row.py:{LINE}"], "")
    write(project / "setup.cfg", "[flake8]\nextend-exclude = own\n")
    assert check(project) == (1, [f"./tests/test_row.py:{LINE}"], "")


def test_a_folder_that_is_named_is_linted(project: Path) -> None:
    write(project / "build" / "test_row.py", CALLED)
    assert check(project, "build") == (1, [f"build/test_row.py:{LINE}"], "")


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        pytest.param("LFX999", "; `lint-fixtures rules` lists them", id="code"),
        pytest.param("lfx10", "; `lint-fixtures rules` lists them", id="short-code"),
        pytest.param("shadowed-fixtur", "; did you mean shadowed-fixture?", id="name"),
        pytest.param("Shadowed-Fixtur", "; did you mean shadowed-fixture?", id="name-in-capitals"),
        pytest.param("zzz", "; `lint-fixtures rules` lists them", id="nothing-near"),
    ],
)
def test_explain_guesses_names_only(wanted: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", wanted]) == 2
    assert capsys.readouterr() == ("", f"lint-fixtures: no rule {wanted!r}{hint}\n")


def test_rules_say_what_they_find_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("LFX202 ")] == [
        "LFX202  scope-mismatch                   A fixture that requests one of a narrower scope"
    ]
    assert [line for line in lines if not line.startswith("LFX")] == []
