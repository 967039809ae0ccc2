"""Every rule over every example: exactly the marked (path, line, code), from any rule."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from lint_fixtures.examples import read_example
from lint_fixtures.linter import Linter
from lint_fixtures.rule import Rule, load_rules
from lint_fixtures.settings import EXTENDED, Settings

_CASES = [
    pytest.param(rule, text, id=f"{rule.code}-{kind}")
    for rule in load_rules()
    for kind, text in (("bad", rule.bad), ("good", rule.good))
]


@pytest.mark.parametrize(("rule", "text"), _CASES)
def test_exactly_the_marked_lines_are_reported(rule: Rule, text: str, tmp_path: Path) -> None:
    example = read_example(text)
    assert lint_files(tmp_path, example.files) == example.expected


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.code)
def test_the_bad_example_shows_the_rule_and_the_good_one_is_clean(rule: Rule) -> None:
    assert {code for _, _, code in read_example(rule.bad).expected} == {rule.code}
    assert read_example(rule.good).expected == frozenset()


def lint_files(root: Path, files: dict[str, str]) -> frozenset[tuple[str, int, str]]:
    """Lays the files below ``root`` and returns the (path, line, code) of all violations."""
    (root / ".git").mkdir()
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    linter = Linter(Settings(cache_dir="off", extended=EXTENDED))
    return frozenset(
        (name, violation.location.line, violation.code)
        for name, source in files.items()
        if name.endswith(".py")
        for violation in linter.check(str(root / name), ast.parse(source), source.splitlines(keepends=True))
    )
