"""A small project, and what an editor is told that saves one file of it."""

from __future__ import annotations

import ast
from pathlib import Path

from lint_fixtures.linter import Linter
from lint_fixtures.settings import Settings

CONFTEST = """import pytest
from sqlalchemy.orm import Session


@pytest.fixture
def user():
    with Session() as session:
        yield session
"""
OWN = """import pytest
from shop.database import open_session

@pytest.fixture
def user():
    return open_session()


def test_user(user):
    assert user
"""
PLAIN = "def test_plain(user):\n    assert user\n"
Found = list[tuple[int, str, str]]


def lay_out(root: Path) -> Path:
    """In ``unit/test_user.py``, which is returned, a fixture of the root's conftest is hidden."""
    for folder in (".git", "unit", "other"):
        (root / folder).mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (root / "conftest.py").write_text(CONFTEST)
    (root / "unit" / "test_user.py").write_text(OWN)
    (root / "unit" / "other.txt").write_text("nothing\n")
    return root / "unit" / "test_user.py"


def saved(path: Path, cache: Path | str, text: str | None = None, **settings: tuple[str, ...]) -> Found:
    """What an editor is told that saves the file, by a process of its own: (line, code, message)."""
    source = path.read_text() if text is None else text
    linter = Linter(Settings(str(cache), **settings))
    violations = linter.check(str(path), ast.parse(source), source.splitlines(keepends=True))
    assert {each.location.path for each in violations} <= {str(path)}
    return [(each.location.line, each.code, each.message) for each in violations]
