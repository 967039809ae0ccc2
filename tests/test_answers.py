"""A record holds all that a project's files were asked, and tells whether they would answer the same today."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from lint_fixtures.answers import Answers
from lint_fixtures.files import Files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("project/below", "beside"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("project/a.py", "project/below/b.py", "beside/c.py"):
        (tmp_path / name).write_text("one")
    return tmp_path / "project"


def _becomes_a_link(root: Path) -> None:
    (root / "below").rename(root.parent / "moved")
    (root / "below").symlink_to(root.parent / "moved")


QUESTIONS: dict[str, tuple[Callable[[Files, Path], object], Callable[[Path], object]]] = {
    "read": (lambda files, root: files.read(f"{root}/a.py"), lambda root: (root / "a.py").write_text("two")),
    "read absent": (lambda files, root: files.read(f"{root}/x.py"), lambda root: (root / "x.py").touch()),
    "list": (lambda files, root: files.is_file(f"{root}/below/x.py"), lambda root: (root / "below/x.py").touch()),
    "kind": (lambda files, root: files.is_file(f"{root.parent}/beside/c.py"), lambda root: _gone(root.parent)),
    "link": (lambda files, root: files.is_link(f"{root}/below"), _becomes_a_link),
}


def _gone(top: Path) -> None:
    (top / "beside" / "c.py").unlink()


@pytest.mark.parametrize(("ask", "change"), [pytest.param(*each, id=name) for name, each in QUESTIONS.items()])
def test_another_answer_to_one_question_is_seen(
    root: Path, ask: Callable[[Files, Path], object], change: Callable[[Path], object]
) -> None:
    files = Files(str(root))
    record = Answers(files)
    ask(files, root)
    earlier = record.all()
    assert len(earlier) == 1
    assert Answers(Files(str(root))).hold(earlier)
    change(root)
    assert not Answers(Files(str(root))).hold(earlier)


def test_a_package_that_answers_for_the_project_is_of_the_version_that_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Files(str(tmp_path))
    record = Answers(files)
    files.uses_package("sqlglot")
    assert record.all() == {"package sqlglot": metadata.version("sqlglot")}
    assert Answers(Files(str(tmp_path))).hold(record.all())
    monkeypatch.setattr(metadata, "version", lambda name: "0.0.1")
    assert not Answers(Files(str(tmp_path))).hold(record.all())


def test_a_record_with_two_answers_to_one_question_is_not_whole(tmp_path: Path) -> None:
    files = Files(str(tmp_path))
    record = Answers(files)
    (tmp_path / "a.py").write_text("one")
    files.read(str(tmp_path / "a.py"))
    assert record.whole
    (tmp_path / "a.py").write_text("two")
    files.read(str(tmp_path / "a.py"))
    assert not record.whole


def test_a_record_with_more_than_its_limit_is_not_whole(root: Path) -> None:
    files = Files(str(root))
    record = Answers(files, limit=1)
    files.read(f"{root}/a.py")
    assert record.whole
    files.read(f"{root}/below/b.py")
    assert not record.whole
