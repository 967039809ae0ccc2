"""Which codes `lint-fixtures check` reports: options and settings files of flake8, as its users expect them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint_fixtures.cli import main
from lint_fixtures.examples import read_example
from lint_fixtures.rule import load_rules
from lint_fixtures.settings import Settings
from lint_fixtures.usage import WrongUsage, settings_here
from tests.real_pytest import lay_out

ROW = "import pytest\n\n\n@pytest.fixture\ndef row():\n    return 1\n\n\n"
TEST = f"{ROW}def test_a(row=None):\n    assert row\n\n\ndef test_b():\n    assert row() == 1\n"
DEFAULTED, CALLED = "test_a.py:9 LFX302", "test_a.py:14 LFX108"
BOTH = [DEFAULTED, CALLED]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path, {"pytest.ini": "[pytest]\n", "tests/test_a.py": TEST})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINT_FIXTURES_CACHE", "off")
    return tmp_path


@pytest.fixture
def check(capfd: pytest.CaptureFixture[str]) -> Check:
    return Check(capfd)


class Check:
    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *arguments: str) -> list[str]:
        """`file:line code` of each violation."""
        code = main(["check", "-j1", *arguments])
        out, err = self._capfd.readouterr()
        assert (err, code) == ("", int(bool(out)))
        parts = (line.split(":", 3) for line in out.splitlines())
        return [f"{Path(path).name}:{line} {rest.split()[0]}" for path, line, _, rest in parts]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        pytest.param((), BOTH, id="none"),
        pytest.param(("--select=LFX1",), [CALLED], id="select-family"),
        pytest.param(("--select", "LFX302,LFX101"), [DEFAULTED], id="select-rules"),
        pytest.param(("--select=E",), [], id="select-others"),
        pytest.param(("--extend-select=LFX404",), BOTH, id="extend-select"),
        pytest.param(("--ignore=LFX302",), [CALLED], id="ignore"),
        pytest.param(("--ignore=E501",), BOTH, id="ignore-others"),
        pytest.param(("--extend-ignore", "LFX1"), [DEFAULTED], id="extend-ignore"),
        pytest.param(("--select=LFX3", "--ignore=LFX302"), [], id="the-longer-code-wins"),
        pytest.param(("--per-file-ignores=tests/test_a.py:LFX108",), [DEFAULTED], id="per-file-ignores"),
        pytest.param(("--exclude=tests",), [], id="exclude"),
        pytest.param(("--extend-exclude=test_a.py",), [], id="extend-exclude"),
    ],
)
def test_options(project: Path, check: Check, arguments: tuple[str, ...], found: list[str]) -> None:
    assert check(*arguments) == found


@pytest.mark.parametrize("name", ["setup.cfg", "tox.ini", ".flake8"])
@pytest.mark.parametrize(
    ("settings", "found"),
    [
        pytest.param("select = E,F", BOTH, id="select-of-the-others-is-not-for-us"),
        pytest.param("select = E,F,LFX1", [CALLED], id="select-of-ours"),
        pytest.param("select = E,LFX", BOTH, id="select-of-all-of-ours"),
        pytest.param("extend-select = LFX404", BOTH, id="extend-select"),
        pytest.param("ignore = LFX302", [CALLED], id="ignore"),
        pytest.param("ignore = E501,W503", BOTH, id="ignore-of-the-others"),
        pytest.param("ignore = LFX", [], id="ignore-all-of-ours"),
        pytest.param("extend-ignore = LFX302", [CALLED], id="extend-ignore"),
        pytest.param("per-file-ignores =\n    tests/*:LFX302", [CALLED], id="per-file-ignores"),
        pytest.param(
            "select = E\nper-file-ignores =\n    tests/*:LFX302", [CALLED], id="per-file-ignores-beside-select"
        ),
        pytest.param("exclude = tests", [], id="exclude"),
        pytest.param("extend-exclude = test_a.py", [], id="extend-exclude"),
    ],
)
def test_settings_files(project: Path, check: Check, name: str, settings: str, found: list[str]) -> None:
    (project / name).write_text(f"[flake8]\n{settings}\n", encoding="utf-8")
    assert check() == found


def test_options_come_before_settings_files(project: Path, check: Check) -> None:
    (project / ".flake8").write_text("[flake8]\nselect = LFX1\nignore = LFX302\n", encoding="utf-8")
    assert check() == [CALLED]
    assert check("--select=LFX3", "--ignore=E501") == [DEFAULTED]
    assert check("--isolated") == BOTH
    (project / "other.cfg").write_text("[flake8]\nextend-ignore = LFX108\n", encoding="utf-8")
    assert check("--config=other.cfg") == [DEFAULTED]


def test_other_commands_have_the_settings_of_check(project: Path) -> None:
    (project / "setup.cfg").write_text("[flake8]\nselect = E,LFX404\nlfx-session-names = db,orders\n", encoding="utf-8")
    assert settings_here() == Settings("", ("db", "orders"), ("LFX404",))
    assert settings_here(["--isolated", "--lfx-cache-dir=off"]) == Settings("off")
    with pytest.raises(WrongUsage, match=r"^unrecognized arguments: --selct=E; did you mean --select"):
        settings_here(["--selct=E"])


UNWIRED = next(rule.bad for rule in load_rules() if rule.code == "LFX404")


@pytest.mark.parametrize(
    ("arguments", "settings", "is_on"),
    [
        pytest.param((), "", False, id="off"),
        pytest.param(("--select=LFX404",), "", True, id="select"),
        pytest.param(("--extend-select=LFX404",), "", True, id="extend-select"),
        pytest.param((), "extend-select = LFX404", True, id="extend-select-of-settings"),
        pytest.param((), "select = E,LFX404", True, id="select-of-settings"),
        pytest.param((), "select = LFX4", False, id="a-family-is-no-code"),
    ],
)
def test_an_extended_rule_is_on_when_its_whole_code_is_selected(
    project: Path, check: Check, arguments: tuple[str, ...], settings: str, is_on: bool
) -> None:
    (project / "tests" / "test_a.py").unlink()
    lay_out(project, {**read_example(UNWIRED).files, "setup.cfg": f"[flake8]\n{settings}\n"})
    assert {code for _, code in map(str.split, check(*arguments))} == ({"LFX404"} if is_on else set())
