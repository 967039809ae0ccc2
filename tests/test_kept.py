"""The violations of one file are kept, and stand only while nothing that they rest on has changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from lint_fixtures import checks, engine, kept
from lint_fixtures.engine import check_file
from tests.saved import CONFTEST, OWN, lay_out, saved

MODELS = """import re
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, declared_attr


class Base:
    @declared_attr
    def __tablename__(cls):
        return '_'.join([part.lower() for part in re.split('(?=[A-Z])', cls.__name__) if part])


Model = declarative_base(cls=Base)


class User(Model):
    id = Column(Integer, primary_key=True)


class Job(Model):
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"), nullable=False)
"""
Edit = Callable[[Path], object]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "project").parent.parent


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that the rules were run over, as they come."""
    paths: list[str] = []

    def noted(project: object, path: str, rules: object) -> object:
        paths.append(path)
        return check_file(project, path, rules)  # type: ignore[arg-type]

    monkeypatch.setattr(checks, "check_file", noted)
    return paths


def test_a_file_that_is_saved_again_asks_no_rule(project: Path, cache: Path, asked: list[str]) -> None:
    path = project / "unit" / "test_user.py"
    first = saved(path, cache)
    assert [(line, code) for line, code, _ in first] == [(5, "LFX101")]
    assert saved(path, cache) == first
    assert asked == [str(path)]


def _same_size_and_time(root: Path) -> None:
    path = root / "conftest.py"
    before = path.stat()
    path.write_text(CONFTEST.replace("def user", "def usar"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def _an_imported_module(root: Path) -> None:
    (root / "shop").mkdir()
    (root / "shop" / "database.py").touch()


def _a_folder_instead(root: Path) -> None:
    (root / "conftest.py").unlink()
    (root / "conftest.py").mkdir()


def _a_link_instead(root: Path) -> None:
    (root / "conftest.py").unlink()
    (root / "conftest.py").symlink_to("pyproject.toml")


EDITS: dict[str, Edit] = {
    "a conftest, size and time put back": _same_size_and_time,
    "a conftest is added": lambda root: (root / "unit/conftest.py").write_text(OWN),
    "a conftest is deleted": lambda root: (root / "conftest.py").unlink(),
    "an imported module appears": _an_imported_module,
    "a package is made": lambda root: (root / "unit/__init__.py").touch(),
    "pytest's settings": lambda root: (root / "pyproject.toml").write_text(
        "[tool.pytest.ini_options]\npython_files = 'x_*.py'\n"
    ),
    "other settings": lambda root: (root / "pytest.ini").write_text("[pytest]\npython_functions = check\n"),
    "another root": lambda root: (root / "unit/.git").mkdir(),
    "a folder in the place of a file": _a_folder_instead,
    "a link in the place of a file": _a_link_instead,
}


@pytest.mark.parametrize("edit", [pytest.param(edit, id=name) for name, edit in EDITS.items()])
def test_what_they_rest_on_is_asked_again(project: Path, cache: Path, asked: list[str], edit: Edit) -> None:
    path = project / "unit" / "test_user.py"
    saved(path, cache)
    edit(project)
    expected = saved(path, "off")
    asked.clear()
    assert saved(path, cache) == expected
    assert asked == [str(path)]
    assert saved(path, cache) == expected
    assert asked == [str(path)]


UNRELATED: dict[str, Edit] = {
    "a text": lambda root: (root / "unit/other.txt").write_text("something\n"),
    "a test in a folder that nothing looked into": lambda root: (root / "other/test_x.py").write_text(OWN),
    "byte code": lambda root: (root / "unit/__pycache__").mkdir(),
}


@pytest.mark.parametrize("edit", [pytest.param(edit, id=name) for name, edit in UNRELATED.items()])
def test_what_they_do_not_rest_on_does_not_matter(project: Path, cache: Path, asked: list[str], edit: Edit) -> None:
    path = project / "unit" / "test_user.py"
    first = saved(path, cache)
    edit(project)
    assert saved(path, cache) == first
    assert asked == [str(path)]


def test_the_text_that_counts_is_that_of_the_buffer(project: Path, cache: Path, asked: list[str]) -> None:
    path = project / "unit" / "test_user.py"
    edited = OWN.replace("def user", "def other")
    assert [saved(path, cache, text) != [] for text in (OWN, OWN, edited, edited, OWN)] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert asked == [str(path)] * 3


def test_other_settings_and_other_rules_have_answers_of_their_own(
    project: Path, cache: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / "unit" / "test_user.py"
    saved(path, cache)
    saved(path, cache, session_names=("connection",))
    assert asked == [str(path)] * 2
    monkeypatch.setattr(kept, "ourselves", lambda cache: "another version")
    saved(path, cache)
    assert asked == [str(path)] * 3


@pytest.mark.parametrize(
    ("source", "packages"),
    [
        ("db.add(Job(user_id=1))", ["package astroid"]),
        ('db.execute(text("INSERT INTO job (user_id) VALUES (1)"))', ["package astroid", "package sqlglot"]),
        ("assert db", []),
    ],
)
def test_packages_are_on_record_where_they_are_asked(tmp_path: Path, source: str, packages: list[str]) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "models.py").write_text(MODELS)
    path = tmp_path / "test_user.py"
    path.write_text(f"from sqlalchemy import text\nfrom models import Job\n\n\ndef test_user(db):\n    {source}\n")
    saved(path, tmp_path / "cache")
    assert [each for each in questions(tmp_path / "cache") if each.startswith("package ")] == packages


def questions(cache: Path) -> list[str]:
    """Those of the one entry of the cache that holds any."""
    entries = [path.read_bytes() for path in cache.rglob("*") if path.is_file()]
    (found,) = (json.loads(entry[entry.index(b'{"key"') :]) for entry in entries if b'{"key": "' in entry)
    return sorted(found["asked"])


def test_too_much_to_ask_again_is_not_kept(
    project: Path, cache: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / "unit" / "test_user.py"
    saved(path, cache)
    number = len(questions(cache))
    for limit, expected in ((number - 1, 2), (number, 1)):
        monkeypatch.setattr(kept, "MOST", limit)
        asked.clear()
        fresh = cache.with_name(f"cache of {limit}")
        assert saved(path, fresh) == saved(path, fresh)
        assert asked == [str(path)] * expected


def test_an_error_of_ours_is_told_every_time(project: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project / "unit" / "test_user.py"
    with monkeypatch.context() as patched:
        patched.setattr(engine, "TOO_DEEP", ())
        patched.setattr(checks, "rules_for", lambda project, path, extended: [Broken()])
        assert [code for _, code, _ in saved(path, cache)] == ["LFX000"]
    assert [code for _, code, _ in saved(path, cache)] == ["LFX101"]


class Broken:
    code = "LFX101"

    def check(self, project: object, path: str) -> NoReturn:
        raise KeyError(path)
