"""Whatever happens to a project between two runs: with kept answers and without, the violations are the same."""

from __future__ import annotations

import ast
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from lint_fixtures import checks
from lint_fixtures.engine import INTERNAL, check_file
from lint_fixtures.examples import read_example
from lint_fixtures.linter import Linter
from lint_fixtures.rule import load_rules
from lint_fixtures.settings import EXTENDED, Settings
from tests.edits import edit
from tests.repositories import ROOT

EDITS = 4  # of each project, one after the other
Found = dict[str, list[tuple[int, int, str, str]]]


def lay_out(top: Path, random: Random) -> Path:
    """One of the rules' examples, or two in one project, or a part of the shop."""
    root = top / "project"
    (root / ".git").mkdir(parents=True)
    if random.random() < 0.1:
        shutil.copytree(ROOT / "examples" / "shop" / "broken", root, dirs_exist_ok=True)
    for rule in random.sample(load_rules(), random.choice((1, 1, 2))):
        for name, source in read_example(random.choice((rule.bad, rule.good))).files.items():
            path = root / random.choice(("", "", rule.code.lower())) / name
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(source)
    return root


def parsed(root: Path, random: Random) -> Iterator[tuple[Path, str, ast.Module]]:
    paths = sorted(path for path in root.rglob("*.py") if path.is_file())
    for path in random.sample(paths, len(paths)):
        text = path.read_text()
        with suppress(SyntaxError):
            yield path, text, ast.parse(text)


def lint(root: Path, cache: str, random: Random, together: bool) -> Found:
    """The violations of each file, every file in a run of its own or all of them in one."""
    settings = Settings(cache, extended=EXTENDED)
    linter = Linter(settings)
    found: Found = {}
    for path, text, tree in parsed(root, random):
        linter = linter if together else Linter(settings)
        rows = linter.check(str(path), tree, text.splitlines(keepends=True))
        found[str(path)] = [(each.location.line, each.location.col, each.code, each.message) for each in rows]
        assert INTERNAL not in {each.code for each in rows}
    linter.finish()
    return found


@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_edits_are_never_missed(first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Counter[str]()
    for seed in range(first, 40, 4):
        told += live(seed, tmp_path / str(seed), monkeypatch)
    assert told["asked"] < told["files"]  # some answers stood
    assert told["changed"]  # and not all of them


def live(seed: int, top: Path, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """A project's life; how many files were checked, for how many the rules were asked, how many edits changed any."""
    random = Random(seed)
    root, cache, told = lay_out(top, random), str(top / "cache"), Counter[str]()

    def noted(project: object, path: str, rules: object) -> object:
        told["asked"] += 1
        return check_file(project, path, rules)  # type: ignore[arg-type]

    before = lint(root, cache, random, together=False)
    for number in range(EDITS):
        done = edit(root, random)
        expected = lint(root, "off", random, together=False)
        with monkeypatch.context() as patched:
            patched.setattr(checks, "check_file", noted)
            found = lint(root, cache, random, together=random.random() < 0.3)
        assert found == expected, f"seed {seed}, edit {number}: {done}"
        told += Counter({"files": len(found), "changed": int(found != before)})
        before = found
    return told
