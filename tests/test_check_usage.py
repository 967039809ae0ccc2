"""What `lint-fixtures check` answers to wrong usage and broken settings: one line each, and where help is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lint_fixtures.cli import main
from lint_fixtures.options import flake8_options, near


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    (tmp_path / "test_x.py").write_text("def test_x():\n    pass\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINT_FIXTURES_CACHE", "off")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(
            ("--selct", "LFX101"),
            "unrecognized arguments: --selct; did you mean --select?; see `lint-fixtures check --help`",
            id="option",
        ),
        pytest.param(
            ("--basline=x.json",),
            "unrecognized arguments: --basline=x.json; did you mean --baseline?; see `lint-fixtures check --help`",
            id="option-of-ours",
        ),
        pytest.param(("--zzz",), "unrecognized arguments: --zzz; see `lint-fixtures check --help`", id="nothing-near"),
        pytest.param(("--jobs=x",), "argument -j/--jobs: 'x' must be 'auto' or an integer.", id="value"),
        pytest.param(("--baseline",), "argument --baseline: expected one argument", id="no-value"),
        pytest.param(("--format=sarfi",), "no format 'sarfi'; did you mean sarif?", id="format"),
        pytest.param(
            ("--format=html",),
            "no format 'html'; there are text, json, sarif, github, gitlab, junit",
            id="formats",
        ),
        pytest.param(
            ("--select=LFX1O1",),
            "no code begins with LFX1O1; did you mean LFX101?; `lint-fixtures rules` lists them",
            id="code",
        ),
        pytest.param(
            ("--extend-ignore=E501,LFX9",), "no code begins with LFX9; `lint-fixtures rules` lists them", id="family"
        ),
    ],
)
def test_wrong_usage_is_one_line_with_what_is_near(
    project: Path, capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str
) -> None:
    assert (main(["check", *arguments]), capfd.readouterr()) == (2, ("", f"lint-fixtures: {line}\n"))


def test_a_format_string_of_flake8_is_a_format(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "test_x.py").write_text("def test_x(:\n", encoding="utf-8")
    assert main(["check", "--format=%(path)s|%(code)s", "test_x.py"]) == 1
    assert capfd.readouterr().out == "test_x.py|E999\n"


def test_a_setting_of_flake8_that_is_wrong_is_one_line(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "setup.cfg").write_text("[flake8]\nignore = lfx1\n", encoding="utf-8")
    assert main(["check"]) == 2
    assert [line.partition(" ")[0] for line in capfd.readouterr().err.splitlines()] == ["lint-fixtures:"]


@pytest.mark.parametrize("where", [(), ("test_x.py",), ("tests",)], ids=["folder", "file", "below"])
def test_a_broken_pyproject_is_one_line(
    project: Path, capfd: pytest.CaptureFixture[str], where: tuple[str, ...]
) -> None:
    (project / "tests").mkdir()
    (project / "pyproject.toml").write_text("[tool\n", encoding="utf-8")
    assert main(["check", *where]) == 2
    out, err = capfd.readouterr()
    cause, _, advice = err.partition("): ")
    assert (out, advice) == ("", "mend it, pytest refuses it too\n")
    assert cause.startswith("lint-fixtures: pyproject.toml is no TOML (")
    assert "line 1" in cause


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("form", ["default", "json"])
def test_warnings_of_the_parser_are_the_files_own_business(project: Path, jobs: str, form: str) -> None:
    for name in ("test_x.py", "test_y.py"):
        (project / name).write_text('def test_x(test_x=None):\n    print("\\d")\n', encoding="utf-8")
    (project / "conftest.py").write_text("import pytest\n@pytest.fixture\ndef test_x(): pass\n", encoding="utf-8")
    command = (sys.executable, "-m", "lint_fixtures.cli", "check", "-j", jobs, "--format", form)
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.count("LFX302 " if form == "default" else '"LFX302"')) == (1, 2)
    assert result.stderr == ""


def test_a_misspelled_command_is_one_line(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["chekc"])
    out, err = capfd.readouterr()
    assert (stop.value.code, out, err.count("\n")) == (2, "", 1)
    assert err.endswith("; did you mean check?\n")


def test_help_teaches(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["check", "tests", "--help"])
    printed = capfd.readouterr().out
    assert stop.value.code == 0
    for wanted in (
        "lint-fixtures check --select LFX1,LFX202 .",
        "# noqa: LFX101",
        "--explain-unknown",
        "exit codes: 0",
    ):
        assert wanted in printed


def test_every_option_of_flake8_that_help_names_is_one() -> None:
    command = (sys.executable, "-m", "flake8", "--help")
    known = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert [name for name in flake8_options() if f"{name} " not in known and f"{name}\n" not in known] == []


@pytest.mark.parametrize(("shell", "mark"), [("bash", "--explain-unknown"), ("zsh", "#compdef lint-fixtures")])
def test_completion_knows_commands_and_options(
    project: Path, capfd: pytest.CaptureFixture[str], shell: str, mark: str
) -> None:
    assert main(["completion", shell]) == 0
    assert mark in capfd.readouterr().out


def test_bash_takes_the_completion(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    script = f"{capfd.readouterr().out}\nCOMP_WORDS=(lint-fixtures bas); COMP_CWORD=1; COMP_LINE='lint-fixtures bas'\n"
    script += '_shtab_lint_fixtures; echo "${COMPREPLY[@]}"\n'
    result = subprocess.run(("bash", "-c", script), capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["baseline"]


def test_without_the_package_completion_says_what_it_needs(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    line = "completion needs the extra `completion`: pip install 'lint-fixtures[completion]'"
    assert capfd.readouterr().err == f"lint-fixtures: {line}\n"


def test_statements_that_are_not_read_name_the_extra(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = 'def test_x(db_session):\n    db_session.execute(text("INSERT INTO jobs (id) VALUES (1)"))\n'
    (project / "test_x.py").write_text(statement, encoding="utf-8")
    line = "lint-fixtures: literal INSERT statements are read with the extra `sql`: pip install 'lint-fixtures[sql]'"
    assert main(["check", "--explain-unknown", "test_x.py"]) == 0
    assert line not in capfd.readouterr().err
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    assert main(["check", "--explain-unknown", "test_x.py"]) == 0
    assert line in capfd.readouterr().err.splitlines()


def test_near_means_similar() -> None:
    assert (near("--exclud"), near("--zzz"), near("--output-flie=x")) == (
        "; did you mean --exclude?",
        "",
        "; did you mean --output-file?",
    )
