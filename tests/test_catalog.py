"""Drift between a rule's file, the registry, the pages and the changelog is impossible."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from lint_fixtures.docs import RULE_PAGES, split_rationale
from lint_fixtures.examples import read_example
from lint_fixtures.rule import Rule, load_rules
from lint_fixtures.settings import EXTENDED

ROOT = Path(__file__).resolve().parent.parent
RULES = load_rules()
CODE = re.compile(r"\bLFX\d{3}\b")
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def codes() -> set[str]:
    return {rule.code for rule in RULES}


def test_rules_are_sorted_by_their_codes_and_each_code_is_one_rule() -> None:
    assert [rule.code for rule in RULES] == sorted(codes())


def test_files_hold_the_registered_rules_and_no_others() -> None:
    files = {path.stem for path in (ROOT / "lint_fixtures" / "rules").glob("*.py")} - {"__init__"}
    assert files == {f"{rule.code.lower()}_{rule.name.replace('-', '_')}" for rule in RULES}


def test_extended_rules_are_those_that_are_off() -> None:
    assert tuple(rule.code for rule in RULES if rule.extended) == EXTENDED
    assert codes() - {rule.code for rule in load_rules(extended=())} == set(EXTENDED)


def test_pages_are_those_of_the_registered_rules() -> None:
    assert {path.stem for path in (ROOT / RULE_PAGES).glob("LFX*.md")} == codes()


def test_changelog_names_every_rule_and_no_other() -> None:
    assert set(CODE.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))) == codes()


def test_names_are_unique() -> None:
    assert [name for name, count in Counter(rule.name for rule in RULES).items() if count > 1] == []


@each_rule
def test_code_and_name_are_well_formed(rule: Rule) -> None:
    assert re.fullmatch(r"LFX[1-6]\d{2}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)


@each_rule
def test_rationale_says_what_why_and_how_to_mend(rule: Rule) -> None:
    what, why = split_rationale(rule.why)
    assert what, f"{rule.code}: the docstring is empty"
    assert why, f"{rule.code}: the docstring has no second paragraph, which says what happens at run time"
    assert rule.mend.strip(), f"{rule.code}: mend is empty"


@each_rule
def test_bad_example_expects_this_rule_and_good_example_does_not(rule: Rule) -> None:
    assert rule.code in {code for _, _, code in read_example(rule.bad).expected}
    assert rule.code not in {code for _, _, code in read_example(rule.good).expected}


@each_rule
def test_examples_mark_only_codes_that_exist(rule: Rule) -> None:
    marked = {*CODE.findall(rule.bad), *CODE.findall(rule.good)}
    assert marked <= codes()
