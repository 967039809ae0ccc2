"""Flags and settings: a typo or a value of the wrong type is an error that names it, never ignored."""

import pytest

from lint_fixtures_hooks.options import parse
from tests.hooks.projects import Project

CLEAN = "def test_clean(): ...\n"


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ('sutep = "x"', "unknown setting 'sutep' (did you mean 'setup'?)"),
        ('workers = "two"', "'workers' must be a whole number, 0 or more, not 'two'"),
        ("tests = 3", "'tests' must be a list of strings, not 3"),
        ('mode = "fast"', "'mode' must be one of commit, prove, not 'fast'"),
        ('compose = { file = "c.yml", servise = "db" }', "unknown setting 'compose.servise' (did you mean 'service'?)"),
        ('compose = { file = "c.yml" }', "'compose' needs service too"),
        ('env = { DATABASE_URL = "{urll}" }', "env.DATABASE_URL: '{urll}' cannot be filled"),
        ("timeout = true", "'timeout' must be a number above 0, not True"),
        ("= 3", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(project: Project, settings: str, line: str) -> None:
    project.commit(tests__test_it_py=CLEAN, pyproject_toml=f"[tool.lint_fixtures.suite]\n{settings}\n")
    answer = project.ask()
    assert (answer.code, line in answer.error, len(answer.error.splitlines())) == (2, True, 1), answer.error


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("[tool.lint_fixtures.suit]", "[tool.lint_fixtures]: unknown key 'suit' (did you mean 'suite'?)"),
        ("[tool.lint_fixtures]\nworkers = 2", "[tool.lint_fixtures]: unknown key 'workers'; known are suite"),
        ("[tool.lint-fixtures.suite]", "unknown section [tool.lint-fixtures] (did you mean '[tool.lint_fixtures]'?)"),
        ("[tool.lint_fixture.suite]", "unknown section [tool.lint_fixture] (did you mean '[tool.lint_fixtures]'?)"),
        ("[tool]\nlint_fixtures = 3", "'lint_fixtures' must be a table, not 3"),
    ],
)
def test_a_misspelled_section_is_named(project: Project, content: str, line: str) -> None:
    project.commit(tests__test_it_py=CLEAN, pyproject_toml=f"{content}\n")
    answer = project.ask()
    assert (answer.code, line in answer.error, len(answer.error.splitlines())) == (2, True, 1), answer.error


def test_a_url_that_is_not_given(project: Project) -> None:
    project.commit(tests__test_it_py=CLEAN)
    answer = project.ask("--provider", "url")
    said = "verify-suite: provider 'url' needs a url: set it or LINT_FIXTURES_DATABASE_URL\n"
    assert (answer.code, answer.error) == (2, said)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--sutep", "x"], "unknown flag '--sutep' (did you mean '--setup'?)"),
        (["statsu"], "unknown argument 'statsu' (did you mean 'status'?)"),
        (["--workers", "two"], "argument --workers: must be a whole number, 0 or more, not 'two'"),
        (["--timeout", "0"], "'timeout' must be a number above 0, not 0.0"),
        (["--env", "NAME"], "--env 'NAME': write NAME=VALUE"),
        (["--python", "nowhere/python"], "python = 'nowhere/python': no interpreter runs at"),
        (["status", "--require", "nowhere"], "'nowhere' names no commit"),
    ],
)
def test_a_wrong_flag_is_named(project: Project, arguments: list[str], line: str) -> None:
    answer = project.ask(*arguments)
    assert (answer.code, line in answer.error, len(answer.error.splitlines())) == (2, True, 1), answer.error


@pytest.mark.parametrize(("setting", "flags"), [('["nowhere"]', []), ("[]", ["--tests", "nowhere"])])
def test_a_wrong_path_is_what_pytest_says_of_it(project: Project, setting: str, flags: list[str]) -> None:
    project.commit(tests__test_it_py=CLEAN, pyproject_toml=f"[tool.lint_fixtures.suite]\ntests = {setting}\n")
    answer = project.ask(*flags)
    said = "pytest could not start on the tests: ERROR: file or directory not found: nowhere"
    line = f"verify-suite: could not tell: {said}: check `tests` and `args`, settings or flags"
    assert (answer.code, answer.out.splitlines()[-1]) == (3, line)


def test_help_teaches(project: Project) -> None:
    answer = project.ask("--help")
    assert answer.code == 0
    for word in ("exit codes:", "--setup", "status --require HEAD", "[tool.lint_fixtures.suite]"):
        assert word in answer.out
    assert project.ask("--version").out.startswith("verify-suite ")
    assert project.status() == ""


def test_flags_for_pytest_need_no_equals_sign() -> None:
    given = parse(("--args", "-x", "--staged"), "1")
    assert (given.args, given.staged) == ("-x", True)
