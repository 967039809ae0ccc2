"""The baseline and its ratchet, through the real command: only what is new fails, what is mended must leave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lint_fixtures.baseline import NAME
from lint_fixtures.cli import main
from tests.real_pytest import lay_out

CALLED = "import pytest\n\n\n@pytest.fixture\ndef row():\n    return 1\n\n\ndef test_row():\n    assert row() == 1\n"
SECOND = "\n\ndef test_again():\n    assert row() == 2\n"
TWICE = CALLED + "    assert row() == 1\n"
MENDED = CALLED.replace("test_row()", "test_row(row)").replace("row() ==", "row ==")
FIRST = "tests/test_a.py:10:5: LFX108"
Printed = tuple[int, list[str], list[str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path, {"pyproject.toml": "", "tests/test_a.py": CALLED, "tests/test_b.py": CALLED})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINT_FIXTURES_CACHE", "off")
    return tmp_path


@pytest.fixture
def run(project: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    return Run(capfd)


class Run:
    """Exit code, the places of violations, and what went to stderr."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *arguments: str) -> Printed:
        code = main(arguments)
        out, err = self._capfd.readouterr()
        return code, [" ".join(line.split(" ")[:2]).removeprefix("./") for line in out.splitlines()], err.splitlines()


def entries(project: Path) -> list[tuple[str, str, str, int]]:
    told = json.loads((project / NAME).read_text(encoding="utf-8"))
    return [(each["path"], each["code"], each["node"], each["count"]) for each in told["violations"]]


def mended(path: str, node: str = "::test_row") -> str:
    return f"lint-fixtures: {path}{node}: LFX108 is mended: take it out with `lint-fixtures baseline`"


def test_known_violations_do_not_fail_and_lines_may_move(project: Path, run: Run) -> None:
    assert run("baseline") == (0, [f"{NAME}: 2"], [])
    assert entries(project) == [
        ("tests/test_a.py", "LFX108", "test_row", 1),
        ("tests/test_b.py", "LFX108", "test_row", 1),
    ]
    assert run("check") == (0, [], [])
    lay_out(project, {"tests/test_a.py": "# a line more\n" + CALLED})
    assert run("check", "tests/test_a.py") == (0, [], [])


def test_new_violations_fail(project: Path, run: Run) -> None:
    run("baseline")
    lay_out(project, {"tests/test_a.py": CALLED + SECOND, "tests/test_b.py": TWICE})
    assert run("check", "--count") == (1, ["tests/test_a.py:14:5: LFX108", "tests/test_b.py:11:5: LFX108", "2"], [])


def test_what_is_mended_must_be_taken_out(project: Path, run: Run) -> None:
    run("baseline")
    lay_out(project, {"tests/test_a.py": MENDED})
    assert run("check") == (1, [], [mended("tests/test_a.py")])
    assert run("check", "tests/test_b.py") == (0, [], [])
    assert run("check", "--select=LFX101") == (0, [], [])
    assert run("check", "--per-file-ignores=tests/test_a.py:LFX108") == (0, [], [])
    assert run("baseline") == (0, [f"{NAME}: 0"], [])
    assert entries(project) == [("tests/test_b.py", "LFX108", "test_row", 1)]
    assert run("check") == (0, [], [])


def test_a_file_that_is_gone_is_mended(project: Path, run: Run) -> None:
    run("baseline")
    (project / "tests" / "test_a.py").unlink()
    assert run("check", "tests/test_b.py") == (1, [], [mended("tests/test_a.py")])


def test_the_second_baseline_takes_nothing_new_unless_told(project: Path, run: Run) -> None:
    run("baseline")
    lay_out(project, {"tests/test_b.py": CALLED + SECOND})
    line = "lint-fixtures: 1 new violation is not recorded: mend it, or record it with --add-new"
    assert run("baseline") == (1, [f"{NAME}: 0"], [line])
    assert run("check") == (1, ["tests/test_b.py:14:5: LFX108"], [])
    assert run("baseline", "--add-new") == (0, [f"{NAME}: 1"], [])
    assert run("check") == (0, [], [])


def test_noqa_uses_up_no_entry(project: Path, run: Run) -> None:
    lay_out(project, {"tests/test_b.py": TWICE})
    run("baseline")
    silenced = TWICE.replace("assert row() == 1", "assert row() == 1  # noqa: LFX108", 1)
    lay_out(project, {"tests/test_b.py": silenced})
    assert run("check", "tests/test_b.py") == (1, [], [mended("tests/test_b.py")])


def test_a_baseline_of_ones_own_and_none(project: Path, run: Run) -> None:
    assert run("baseline", "--file", "known.json", "tests/test_a.py") == (0, ["known.json: 1"], [])
    assert run("check", "tests/test_a.py") == (1, [FIRST], [])
    assert run("check", "--baseline=known.json", "tests/test_a.py") == (0, [], [])
    assert run("check", "--baseline", "known.json", "--no-baseline", "tests/test_a.py") == (1, [FIRST], [])


def test_it_is_found_from_a_folder_below(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("baseline")
    monkeypatch.chdir(project / "tests")
    assert run("check") == (0, [], [])
    assert run("check", "-j2", "test_a.py", "test_b.py") == (0, [], [])


def test_a_file_that_cannot_be_parsed_is_never_known(project: Path, run: Run) -> None:
    lay_out(project, {"tests/test_a.py": "def f(:\n"})
    line = "lint-fixtures: 1 file cannot be read or parsed and is not covered: tests/test_a.py:1"
    assert run("baseline") == (1, [f"{NAME}: 1"], [line])
    assert entries(project) == [("tests/test_b.py", "LFX108", "test_row", 1)]
    assert run("check") == (1, ["tests/test_a.py:1:8: E999"], [])


def test_many_files_that_cannot_be_parsed_are_counted(project: Path, run: Run) -> None:
    lay_out(project, {f"tests/test_{name}.py": "def f(:\n" for name in "abcdef"})
    named = ", ".join(f"tests/test_{name}.py:1" for name in "abcde")
    line = f"lint-fixtures: 6 files cannot be read or parsed and are not covered: {named}, ..."
    assert run("baseline") == (1, [f"{NAME}: 0"], [line])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            "no json",
            "cannot be read (JSONDecodeError: Expecting value: line 1 column 1 (char 0)):"
            " mend it, or delete it and run `lint-fixtures baseline`",
            id="no-json",
        ),
        pytest.param(
            "[]",
            "cannot be read (TypeError: list indices must be integers or slices, not str):"
            " mend it, or delete it and run `lint-fixtures baseline`",
            id="no-object",
        ),
        pytest.param(
            '{"version": 2, "violations": []}',
            "is of another version: delete it and run `lint-fixtures baseline`",
            id="version",
        ),
    ],
)
@pytest.mark.parametrize("command", ["check", "baseline"])
def test_a_broken_baseline_is_one_line(project: Path, run: Run, command: str, text: str, line: str) -> None:
    (project / NAME).write_text(text, encoding="utf-8")
    assert run(command) == (2, [], [f"lint-fixtures: {NAME} {line}"])


def test_a_baseline_that_is_not_there_is_one_line(project: Path, run: Run) -> None:
    line = "lint-fixtures: no baseline gone.json: `lint-fixtures baseline --file gone.json` writes it"
    assert run("check", "--baseline", "gone.json") == (2, [], [line])
