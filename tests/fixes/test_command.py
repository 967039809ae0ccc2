"""`lint-fixtures fix` as a command: what it shows, writes, leaves alone and says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixes.suites import SHARED


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "lint_fixtures.cli", "fix", *arguments)
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text(SHARED, encoding="utf-8")
    (tmp_path / "test_a.py").write_text("def test_x(db_session=None):\n    assert db_session\n", encoding="utf-8")
    silenced = "def test_y(db_session=None):  # noqa: LFX302\n    assert db_session\n"
    (tmp_path / "test_b.py").write_text(silenced, encoding="utf-8")
    return tmp_path


def test_command_shows_then_writes_then_has_nothing_to_do(suite: Path) -> None:
    shown = run(suite, "--diff")
    assert shown.returncode == 1
    assert [line for line in shown.stdout.splitlines() if line[:1] in "+-"] == [
        "--- a/test_a.py",
        "+++ b/test_a.py",
        "-def test_x(db_session=None):",
        "+def test_x(db_session):",
    ]
    (suite / "test_a.py").chmod(0o640)
    done = run(suite)
    line = "test_a.py:1: LFX302 dropped the default, so that pytest passes the fixture\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, line, "lint-fixtures: 1 mended\n")
    assert (suite / "test_a.py").read_text(encoding="utf-8") == "def test_x(db_session):\n    assert db_session\n"
    assert (suite / "test_a.py").stat().st_mode & 0o777 == 0o640
    assert "=None" in (suite / "test_b.py").read_text(encoding="utf-8")
    again = run(suite)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "lint-fixtures: 0 mended\n")


def test_command_keeps_to_what_is_selected(suite: Path) -> None:
    assert run(suite, "--select=LFX1", ".").stderr == "lint-fixtures: 0 mended\n"
    assert run(suite, "--extend-exclude=test_a.py").stderr == "lint-fixtures: 0 mended\n"


def test_command_names_what_it_cannot_do(suite: Path) -> None:
    wrong = run(suite, "nowhere.py")
    assert (wrong.returncode, wrong.stderr) == (2, "lint-fixtures: no such file or folder: nowhere.py\n")
    (suite / "test_c.py").write_bytes(b"def broken(:\n")
    assert run(suite, "--diff", "test_c.py").returncode == 0


def test_link_stays_a_link(suite: Path) -> None:
    os.rename(suite / "test_a.py", suite / "real.txt")  # noqa: PTH104
    (suite / "test_a.py").symlink_to("real.txt")
    run(suite)
    assert (suite / "test_a.py").is_symlink()
    assert "=None" not in (suite / "real.txt").read_text(encoding="utf-8")
