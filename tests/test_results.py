"""Answers of earlier runs stand only while the project is the same, and never change a violation."""

from __future__ import annotations

import ast
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lint_fixtures import checks as under_test
from lint_fixtures.engine import check_file
from lint_fixtures.facts import Location
from lint_fixtures.linter import Linter
from lint_fixtures.settings import Settings
from tests.saved import CONFTEST, OWN, PLAIN

Edit = Callable[[Path], object]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Three folders of tests, two of which override a fixture of the root's conftest."""
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (root / "conftest.py").write_text(CONFTEST)
    for name in ("one", "two", "three"):
        (root / name).mkdir()
        for number in range(3):
            (root / name / f"test_{name}_{number}.py").write_text(PLAIN if name == "three" else OWN)
    return root


def run(root: Path, cache: str) -> list[tuple[str, int, str, str]]:
    """The violations of one run over all files: (path, line, code, message)."""
    linter = Linter(Settings(cache))
    paths = sorted(root.rglob("*.py"))
    found = [each for path in paths for each in check(linter, path)]
    linter.finish()
    return [(str(Path(at.path).relative_to(root)), at.line, code, text) for at, code, text in found]


def check(linter: Linter, path: Path) -> list[tuple[Location, str, str]]:
    text = path.read_text()
    found = linter.check(str(path), ast.parse(text), text.splitlines(keepends=True))
    return [(each.location, each.code, each.message) for each in found]


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that the rules were run over, as they come."""
    asked: list[str] = []

    def noted(project: object, path: str, rules: object) -> object:
        asked.append(path)
        return check_file(project, path, rules)  # type: ignore[arg-type]

    monkeypatch.setattr(under_test, "check_file", noted)
    return asked


def test_a_second_run_asks_the_rules_for_nothing(project: Path, tmp_path: Path, fresh: list[str]) -> None:
    cache = str(tmp_path / "cache")
    first = run(project, cache)
    assert {(path, line, code) for path, line, code, _ in first} == {
        (f"{name}/test_{name}_{number}.py", 5, "LFX101") for name in ("one", "two") for number in range(3)
    }
    fresh.clear()
    assert run(project, cache) == first
    assert fresh == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_of_flake8_leaves_its_answers(project: Path, tmp_path: Path, fresh: list[str], jobs: str) -> None:
    cache = str(tmp_path / "cache")
    options = (f"--jobs={jobs}", f"--lfx-cache-dir={cache}", "--select=LFX", "--exit-zero", str(project))
    subprocess.run((sys.executable, "-m", "flake8", *options), check=True, stdout=subprocess.DEVNULL)
    run(project, cache)
    if jobs == "1":
        assert fresh == []
    assert len(fresh) < len(list(project.rglob("*.py")))  # of two processes that end at once, one may overwrite


def test_an_edit_during_the_run_leaves_no_answers(project: Path, tmp_path: Path, fresh: list[str]) -> None:
    cache = str(tmp_path / "cache")
    linter = Linter(Settings(cache))
    first, second, third, *rest = sorted(project.rglob("*.py"))
    for path in (first, second):
        check(linter, path)
    before = third.read_text()
    third.write_text(PLAIN)
    check(linter, third)
    third.write_text(before)
    for path in rest:
        check(linter, path)
    linter.finish()
    fresh.clear()
    run(project, cache)
    assert fresh == [str(path) for path in (second, third, *rest)]


EDITS: dict[str, Edit] = {
    "the conftest": lambda root: (root / "conftest.py").write_text(CONFTEST.replace("def user", "def other")),
    "the file itself": lambda root: (root / "one/test_one_1.py").write_text(PLAIN),
    "a conftest is added": lambda root: (root / "one/conftest.py").write_text(OWN),
    "a conftest is deleted": lambda root: (root / "conftest.py").unlink(),
    "a package is made": lambda root: (root / "two/__init__.py").touch(),
    "pytest's settings": lambda root: (root / "pyproject.toml").write_text(
        "[tool.pytest.ini_options]\npython_files = 'x_*.py'\n"
    ),
    "other settings": lambda root: (root / "pytest.ini").write_text("[pytest]\npython_functions = check\n"),
    "a folder is renamed": lambda root: (root / "two").rename(root / "four"),
    "a folder becomes a link": lambda root: (root / "two").symlink_to((root / "two").rename(root.parent / "elsewhere")),
}


@pytest.mark.parametrize("edit", [pytest.param(edit, id=name) for name, edit in EDITS.items()])
def test_any_edit_asks_the_rules_anew_for_all_but_a_first_file_that_it_does_not_concern(
    project: Path, tmp_path: Path, fresh: list[str], edit: Edit
) -> None:
    cache = str(tmp_path / "cache")
    run(project, cache)
    edit(project)
    expected = run(project, "off")
    fresh.clear()
    assert run(project, cache) == expected
    assert {str(path) for path in project.rglob("*.py")} - {*fresh} <= {str(project / "conftest.py")}
    assert run(project, cache) == expected


def test_other_settings_have_answers_of_their_own(project: Path, tmp_path: Path, fresh: list[str]) -> None:
    cache = str(tmp_path / "cache")
    run(project, cache)
    fresh.clear()
    linter = Linter(Settings(cache, session_names=("connection",)))
    for path in sorted(project.rglob("*.py")):
        check(linter, path)
    assert fresh == [str(path) for path in sorted(project.rglob("*.py"))]


@pytest.mark.parametrize("content", [b"", b"lfx1", b"[]", b"{}"], ids=["empty", "torn", "a list", "an object"])
def test_corrupt_entries_change_nothing(project: Path, tmp_path: Path, content: bytes) -> None:
    cache = tmp_path / "cache"
    expected = run(project, str(cache))
    for path in cache.rglob("*"):
        if path.is_file():
            path.write_bytes(content)
    assert run(project, str(cache)) == expected


def test_a_read_only_cache_changes_nothing(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    expected = run(project, str(cache))
    (project / "one/test_one_1.py").write_text(PLAIN)
    folders = [path for path in (cache, *cache.rglob("*")) if path.is_dir()]
    for folder in folders:
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert run(project, str(cache)) == [each for each in expected if each[0] != "one/test_one_1.py"]
    finally:
        for folder in folders:
            folder.chmod(stat.S_IRWXU)
