"""Editors as they are: a real language server, and flake8 as the extensions of VS Code and Vim call it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.language_server import language_server

CONFTEST = """\
import pytest


@pytest.fixture
def db_session():
    yield object()


@pytest.fixture
def size():
    return 1
"""
BAD = "def test_stored(db_session=None):\n    assert db_session\n"
GOOD = "def test_stored(db_session):\n    assert db_session\n"
MESSAGE = (
    "LFX302 'db_session' has a default, so pytest never passes the fixture of tests/conftest.py:5: this runs with None"
)
EDITORS = {  # the arguments, as the extensions write them; both give the unsaved text on standard input
    "vscode": ("--format=%(row)d,%(col)d,%(code).1s,%(code)s:%(text)s", "--stdin-display-name", "{path}", "-"),
    "ale": ("--format=default", "--stdin-display-name", "{path}", "-"),
}
LINES = {
    "vscode": "{row},{column},L,{code}:{text}",
    "ale": "{path}:{row}:{column}: {code} {text}",
}
# In front of the reported call: nothing, a tab, characters of two and of four bytes.
IN_FRONT = {
    "plain": ("    ", 5),
    "tab": ("\t", 2),
    "accents": ("    'é'; ", 10),
    "emoji": ("    '\N{PARTY POPPER}'; ", 10),
}


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "tests" / "test_jobs.py").write_text(GOOD, encoding="utf-8")
    return tmp_path


def flake8(suite: Path, editor: str, path: Path, text: str) -> list[str]:
    arguments = [argument.format(path=path) if "{path}" in argument else argument for argument in EDITORS[editor]]
    command = (sys.executable, "-m", "flake8", "--select=LFX", *arguments)
    done = subprocess.run(command, cwd=suite, input=text.encode(), capture_output=True, check=False)
    assert done.stderr == b""
    return done.stdout.decode().splitlines()


@pytest.mark.parametrize("editor", EDITORS)
def test_unsaved_text_is_linted(suite: Path, editor: str) -> None:
    path = suite / "tests" / "test_jobs.py"
    code, text = MESSAGE.split(" ", 1)
    line = LINES[editor].format(path=path, row=1, column=1, code=code, text=text)
    assert flake8(suite, editor, path, BAD) == [line]
    assert flake8(suite, editor, path, GOOD) == []


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("front", "column"), IN_FRONT.values(), ids=IN_FRONT)
def test_columns_count_characters(suite: Path, front: str, column: int, ends: str) -> None:
    source = f"from tests.conftest import size as made\n\n\ndef test_size(size):\n{front}made()\n"
    found = flake8(suite, "vscode", suite / "tests" / "test_jobs.py", source.replace("\n", ends))
    assert [line.split(":")[0] for line in found] == ["1,1,L,LFX104", f"5,{column},L,LFX108"]


def test_language_server_reports_while_editing(suite: Path) -> None:
    path = suite / "tests" / "test_jobs.py"
    environment = {**os.environ, "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))}
    with language_server(suite, environment) as server:
        opened = server.open(path, GOOD)
        edited = server.edit(path, "# more\n\n" + BAD)
        mended = server.edit(path, GOOD)
    assert [one for one in opened + mended if one["code"].startswith("LFX")] == []
    (reported,) = [one for one in edited if one["code"].startswith("LFX")]
    assert (reported["code"], reported["source"], reported["message"]) == ("LFX302", "flake8", MESSAGE)
    assert reported["range"]["start"] == {"line": 2, "character": 0}
