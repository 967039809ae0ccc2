"""One file, many ways to write its path; and paths that look like its own and are none, of which nothing is claimed."""

from __future__ import annotations

import ntpath
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lint_fixtures import baseline
from lint_fixtures.formats import found
from lint_fixtures.index import Project
from tests.test_same_answer import flake8

CONFTEST = """import pytest


@pytest.fixture
def client():
    return 1
"""
TEST = """import pytest


@pytest.fixture
def client(client):
    return client


@pytest.fixture
def row():
    return 1


def test_row(client):
    assert row() == 1
"""
CALL = "15:5: LFX108 'row' is the fixture of"
FAILS = "calling it fails at once"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What the test file shadows is known where its conftest is, and there alone."""
    top = tmp_path / "top"
    (top / "tests").mkdir(parents=True)
    (top / ".git").mkdir()
    (top / "tests/conftest.py").write_text(CONFTEST)
    (top / "tests/test_x.py").write_text(TEST)
    return top


SAME = (
    *("tests/test_x.py", "./tests/test_x.py", "tests/../tests/test_x.py", "tests//test_x.py", "tests/./test_x.py"),
    *("../top/tests/test_x.py", "{top}/tests/test_x.py", "{top}/../top/tests/test_x.py", "{link}/tests/test_x.py"),
)


@pytest.mark.parametrize("way", SAME)
def test_every_way_to_write_a_path_is_that_file(project: Path, way: str) -> None:
    (project.parent / "link").symlink_to(project)
    shown = way.format(top=project, link=project.parent / "link")
    expected = {f"{CALL} tests/test_x.py:10: {FAILS}"}
    for answer in (flake8(project, shown), flake8(project, "--stdin-display-name", shown, "-", text=TEST)):
        assert {line.partition(":")[2] for line in answer} == expected


OTHERS = (
    *("tests\\test_x.py", ".\\tests\\test_x.py", "C:\\top\\tests\\test_x.py", "\\\\host\\top\\test_x.py"),
    *("TESTS/TEST_X.PY", "tests/Test_X.py", "tests/test_x.PY"),
)


@pytest.mark.parametrize("shown", OTHERS)
def test_a_buffer_without_a_file_says_what_it_holds_itself(project: Path, shown: str) -> None:
    """A backslash is a letter here, and so is another case: another file, in which nothing of the first is known."""
    answer = flake8(project, "--stdin-display-name", shown, "-", text=TEST)
    assert answer == [f"{shown}:{CALL} {shown.removeprefix('./')}:10: {FAILS}"]


@pytest.mark.parametrize("shown", ["Tests/test_x.py", "gone/deeper/test_x.py"])
def test_a_buffer_in_another_folder_has_not_that_ones_conftest(project: Path, shown: str) -> None:
    itself = f"{shown}:5:1: LFX106 'client' requests itself: client -> client; pytest stops with 'recursive dependency'"
    answer = flake8(project, "--stdin-display-name", shown, "-", text=TEST)
    assert answer == [f"{shown}:{CALL} {shown}:10: {FAILS}", itself]


@pytest.mark.parametrize("place", ["tests/test_linked.py", "tests/deeper/test_linked.py"])
def test_a_linked_file_is_a_file_of_its_own_place(project: Path, place: str) -> None:
    link = project / place
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(project / "tests/test_x.py")
    expected = [f"{place}:{CALL} {place}:10: {FAILS}"]
    assert flake8(project, place) == flake8(project, str(link)) == expected
    assert flake8(project, "--stdin-display-name", place, "-", text=TEST) == expected


def test_a_file_whose_name_has_a_backslash(project: Path) -> None:
    (project / "tests" / "test_\\x.py").write_text(TEST)
    expected = f"tests/test_\\x.py:{CALL} tests/test_\\x.py:10: {FAILS}"
    assert expected in flake8(project, "-j1", ".")


def test_paths_have_slashes_where_the_system_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """All three ask `os.path` and `os.sep` when they are called; these are those of Windows."""
    root: Any = SimpleNamespace(root="C:\\shop")
    folder: Any = "C:\\shop"
    monkeypatch.setattr("os.path", ntpath)
    monkeypatch.setattr("os.sep", ntpath.sep)
    assert Project.relative(root, "C:\\shop\\tests\\test_x.py") == "tests/test_x.py"
    assert baseline.relative("c:\\Shop\\tests\\test_x.py", folder) == "tests/test_x.py"
    assert found.shown(".\\tests\\..\\tests\\test_x.py") == "tests/test_x.py"
