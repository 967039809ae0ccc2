"""What no project should hold, and some do: no crash, silence on what cannot be known, and the rest is checked."""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lint_fixtures.cache import FactsCache
from lint_fixtures.engine import check_file
from lint_fixtures.index import Project
from lint_fixtures.rule import load_rules
from tests.real_pytest import lay_out

Places = set[tuple[str, int, str]]

OUTER = """import pytest


@pytest.fixture
def row():
    return 1


@pytest.fixture
def client(row):
    return row
"""
# What stands below depends on every conftest above it, but for the call of a fixture.
TESTS = """import pytest


@pytest.fixture(scope="module")
def wide(row):
    return row


@pytest.fixture
def client(client):
    return client


@pytest.fixture
def called():
    return 1


def test_wide(wide, client):
    assert called() == 1
"""
CALL = ("below/test_below.py", 20, "LFX108")
MISMATCH = ("below/test_below.py", 5, "LFX202")
FILES = {"pytest.ini": "[pytest]\n", "conftest.py": OUTER, "below/test_below.py": TESTS}


def reported(root: Path, cache: Path | None = None) -> Places:
    """The (path, line, code) of all rules in all files, internal errors included."""
    project = Project(str(root), FactsCache(str(cache) if cache else None))
    found = [each for path in project.sources.python_files() for each in check_file(project, path, load_rules())]
    return {(os.path.relpath(each.location.path, root), each.location.line, each.code) for each in found}


def test_whole(tmp_path: Path) -> None:
    lay_out(tmp_path, FILES)
    assert reported(tmp_path) == {CALL, MISMATCH}


BROKEN = {
    "syntax": b"def row(:\n",
    "null-bytes": b"x = 1\0\n",
    "encoding": b"# coding: utf-8\nx = '\xff'\n",
    "unknown-encoding": b"# coding: nonsense\n",
    "too-deep": b"x = " + b"-" * 100_000 + b"1\n",
    "too-long": b"#" * (6 * 1024 * 1024),
    "unfinished": b"x = (\n",
}


@pytest.mark.parametrize("source", [pytest.param(source, id=name) for name, source in BROKEN.items()])
def test_a_conftest_that_cannot_be_parsed_leaves_all_below_it_unknown(tmp_path: Path, source: bytes) -> None:
    lay_out(tmp_path, FILES)
    (tmp_path / "below/conftest.py").write_bytes(source)
    assert reported(tmp_path) == {CALL}
    assert reported(tmp_path, tmp_path / "cache") == reported(tmp_path, tmp_path / "cache") == {CALL}


@pytest.mark.parametrize("name", ["plugin", "inner.plugin"])
def test_a_plugin_that_cannot_be_parsed_leaves_all_unknown(tmp_path: Path, name: str) -> None:
    lay_out(tmp_path, FILES | {"conftest.py": f"pytest_plugins = ['{name}']\n{OUTER}", "inner/__init__.py": ""})
    (tmp_path / f"{name.replace('.', '/')}.py").write_text("def row(:\n")
    assert reported(tmp_path) == {CALL}


def _folder(path: Path) -> None:
    (path / "deeper").mkdir(parents=True)


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _dangling(path: Path) -> None:
    path.symlink_to(path.with_name("gone.py"))


NO_FILES: dict[str, Callable[[Path], None]] = {
    "folder": _folder,
    "loop": _loop,
    "dangling-link": _dangling,
    "pipe": os.mkfifo,
}


@pytest.mark.parametrize("make", [pytest.param(make, id=name) for name, make in NO_FILES.items()])
@pytest.mark.parametrize("place", ["below/conftest.py", "below/test_more.py", "below/__init__.py", "helpers.py"])
def test_what_is_no_file_is_absent(tmp_path: Path, place: str, make: Callable[[Path], None]) -> None:
    lay_out(tmp_path, FILES)
    (tmp_path / "conftest.py").write_text(f"import helpers\n{OUTER}")
    make(tmp_path / place)
    assert reported(tmp_path) == {CALL, MISMATCH}


@pytest.mark.parametrize("name", ["pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini"])
@pytest.mark.parametrize("make", [pytest.param(make, id=name) for name, make in NO_FILES.items()])
def test_settings_that_are_no_file_are_absent(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    lay_out(tmp_path, {path: text for path, text in FILES.items() if path != "pytest.ini"})
    make(tmp_path / name)
    assert reported(tmp_path) == {CALL, MISMATCH}


def test_folders_that_hold_themselves_are_entered_once(tmp_path: Path) -> None:
    lay_out(tmp_path, FILES)
    (tmp_path / "below/again").symlink_to(tmp_path)
    (tmp_path / "below/here").symlink_to(tmp_path / "below")
    assert reported(tmp_path) == {CALL, MISMATCH}


def _forbid(monkeypatch: pytest.MonkeyPatch, function: str, path: Path) -> None:
    """Permissions do not stop a superuser, who may run the tests."""
    module = builtins if function == "open" else os
    original = getattr(module, function)

    def guarded(place: Any, *arguments: Any, **options: Any) -> Any:
        if os.fspath(place) == str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return original(place, *arguments, **options)

    monkeypatch.setattr(module, function, guarded)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("below/conftest.py", {CALL}, id="conftest"),
        pytest.param("conftest.py", {CALL}, id="outermost-conftest"),
        pytest.param("below/test_below.py", set(), id="test-file"),
        pytest.param("pytest.ini", {CALL, MISMATCH}, id="settings"),
    ],
)
def test_an_unreadable_file_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, expected: Places
) -> None:
    lay_out(tmp_path, FILES | {"below/conftest.py": ""})
    _forbid(monkeypatch, "open", tmp_path / path)
    assert reported(tmp_path) == expected


def test_an_unreadable_folder_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, FILES | {"closed/test_closed.py": TESTS})
    _forbid(monkeypatch, "scandir", tmp_path / "closed")
    assert reported(tmp_path) == {CALL, MISMATCH}


CIRCLES = {
    "imports": {"one.py": "from two import *\n", "two.py": "from one import *\n", "conftest.py": "from one import *\n"},
    "itself": {"one.py": "from one import *\nfrom one import x\n", "conftest.py": "from one import *\n"},
    "names": {"one.py": "from two import row\n", "two.py": "from one import row\n", "conftest.py": "import one\n"},
    "plugins": {
        "one.py": "pytest_plugins = ['two']\n",
        "two.py": "pytest_plugins = 'one', 'conftest'\n",
        "conftest.py": "pytest_plugins = ['one']\n",
    },
    "values": {"conftest.py": "ONE = TWO\nTWO = ONE\n@pytest.fixture(scope=ONE)\ndef valued(valued): pass\n"},
    "bases": {
        "one.py": "from two import B\nclass A(B): pass\n",
        "two.py": "from one import A\nclass B(A): pass\n",
        "below/test_bases.py": "from one import A\nclass TestA(A):\n    def test_a(self, row): pass\n",
    },
    "base of itself": {"below/test_bases.py": "class TestA(TestA):\n    def test_a(self, row): pass\n"},
    "alias": {"conftest.py": "made = made\nfixture = fixture.fixture\n@fixture\ndef other(): pass\n"},
    "decorators": {"conftest.py": "def one(f): return two(f)\ndef two(f): return one(f)\n@one\ndef other(): pass\n"},
}


@pytest.mark.parametrize("files", [pytest.param(files, id=name) for name, files in CIRCLES.items()])
def test_circles_end(tmp_path: Path, files: dict[str, str]) -> None:
    files = {**files, "conftest.py": OUTER + files.get("conftest.py", "")}
    lay_out(tmp_path, FILES | files)
    assert {CALL, MISMATCH} <= reported(tmp_path)
    assert {code for _, _, code in reported(tmp_path)} == {"LFX108", "LFX202"}


def test_thousands_of_parameters(tmp_path: Path) -> None:
    names = ", ".join(f"p{number}" for number in range(5000))
    values = ", ".join(f"({number}, [{number}])" for number in range(5000))
    head = (
        f"import pytest\n\n\n@pytest.mark.parametrize('one, row', [{values}])\ndef test_rows(one, row, client): pass\n"
    )
    wide = f"\n\n@pytest.mark.parametrize('{names}', [])\ndef test_names({names}): pass\n"
    lay_out(tmp_path, FILES | {"below/test_many.py": head + wide})
    assert reported(tmp_path) == {CALL, MISMATCH}
    project = Project(str(tmp_path), FactsCache(None))
    rows, every = (project.resolution.closure(test) for test in project.tests(str(tmp_path / "below/test_many.py")))
    assert rows.direct == {"one", "row"}
    assert set(rows.definitions) == {"client"}
    assert every.direct == {f"p{number}" for number in range(5000)}


@pytest.mark.parametrize("depth", [90, 300, 900, 3000, 20_000])
@pytest.mark.parametrize(
    "nested",
    [
        pytest.param(lambda depth: "x = " + "+".join(["1"] * depth), id="sum"),
        pytest.param(lambda depth: "x = a" + ".b()" * depth, id="calls"),
        pytest.param(lambda depth: "x = a" + ".b" * depth, id="attributes"),
        pytest.param(lambda depth: "def row(x=" + "+".join(["1"] * depth) + "): pass", id="default"),
        pytest.param(lambda depth: "def row():\n return " + "+".join(["1"] * depth), id="body"),
        pytest.param(lambda depth: "if a: pass\n" + "elif a: pass\n" * depth, id="elif"),
    ],
)
def test_depth_is_unknown_at_worst(tmp_path: Path, nested: Callable[[int], str], depth: int) -> None:
    lay_out(tmp_path, FILES | {"below/conftest.py": nested(depth)})
    cold, warm = reported(tmp_path, tmp_path / "cache"), reported(tmp_path, tmp_path / "cache")
    assert cold == warm
    assert {CALL} <= cold <= {CALL, MISMATCH}


def test_source_is_never_evaluated(tmp_path: Path) -> None:
    lay_out(tmp_path, FILES | {"below/conftest.py": f"open({str(tmp_path / 'evaluated')!r}, 'w')\nraise SystemExit\n"})
    assert reported(tmp_path) == {CALL, MISMATCH}
    assert not (tmp_path / "evaluated").exists()
