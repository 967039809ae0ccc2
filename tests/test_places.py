"""Places in messages are relative to where one is, as the paths of flake8 are; to the root when started elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_pytest import lay_out

ROW = "import pytest\n\n\n@pytest.fixture\ndef row():\n    return 1\n"
TEST = "def test_x(row=None):\n    assert row\n"
BIN = Path(sys.executable).parent
COMMANDS = (("flake8", "--select=LFX"), ("lint-fixtures", "check"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two services below one root; the fixture of one of them stands beside its tests, that of the other above."""
    files = {"pytest.ini": "[pytest]\n", "services/conftest.py": ROW, "services/pay/tests/test_x.py": TEST}
    files |= {"services/ship it/conftest.py": ROW, "services/ship it/test_x.py": TEST}
    lay_out(tmp_path / "repository", files)
    (tmp_path / "repository" / ".git").mkdir()
    return tmp_path / "repository"


def run(folder: Path, *command: str) -> str:
    program = (str(BIN / command[0]), *command[1:], "--lfx-cache-dir=off")
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("folder", "path", "place"),
    [
        pytest.param(".", "services/pay/tests/test_x.py", "services/conftest.py:5", id="root"),
        pytest.param("services", "pay/tests/test_x.py", "conftest.py:5", id="below"),
        pytest.param("services/pay", "tests/test_x.py", "../conftest.py:5", id="beside"),
        pytest.param("..", "repository/services/pay/tests/test_x.py", "services/conftest.py:5", id="above"),
    ],
)
def test_flake8_and_check_name_the_other_file_as_it_is_opened_from_here(
    repository: Path, command: tuple[str, ...], folder: str, path: str, place: str
) -> None:
    message = f"LFX302 'row' has a default, so pytest never passes the fixture of {place}: this runs with None"
    assert run(repository / folder, *command, path) == f"{path}:1:1: {message}\n"


@pytest.mark.parametrize("folder", [".", "services", "services/pay", ".."])
def test_reports_show_the_line_of_the_other_file_from_anywhere(repository: Path, folder: str) -> None:
    start = (repository / folder).resolve()
    path = (repository / "services/pay/tests/test_x.py").relative_to(start)
    (told,) = json.loads(run(start, "lint-fixtures", "check", "--format=json", str(path)))
    (other,) = told["related"]
    assert ((start / other["path"]).resolve(), other["source"]) == (repository / "services/conftest.py", "def row():")


def test_a_path_with_a_blank_stays_as_the_rule_wrote_it(repository: Path) -> None:
    assert "the fixture of services/ship it/conftest.py:5:" in run(
        repository / "services", "flake8", "--select=LFX", "ship it/test_x.py"
    )
