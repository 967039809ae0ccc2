"""One rule over small projects that mark the lines it must report, in the form of a rule's examples."""

from __future__ import annotations

from lint_fixtures.cache import FactsCache
from lint_fixtures.engine import INTERNAL, check_file
from lint_fixtures.examples import read_example
from lint_fixtures.facts import Violation
from lint_fixtures.index import Project
from lint_fixtures.rule import load_rules, rules_for

ROOT = "/absent/project"  # nothing on disk: the files are unsaved buffers
Places = set[tuple[str, int, str]]


def reported(text: str, code: str) -> Places:
    """The (path, line, code) of what the rule reports in the files of ``text``."""
    return {
        (each.location.path.removeprefix(f"{ROOT}/"), each.location.line, each.code) for each in _violations(text, code)
    }


def messages(text: str, code: str) -> list[str]:
    """What the rule says about the files of ``text``."""
    return [each.message for each in _violations(text, code)]


def _violations(text: str, code: str) -> list[Violation]:
    rule = next(rule for rule in load_rules() if rule.code == code)
    files = {f"{ROOT}/{path}": source.encode() for path, source in read_example(text).files.items()}
    project = Project(ROOT, FactsCache(None), overlay=files)
    found = {path: check_file(project, path, [rule]) for path in files}
    # what decides which rules are loaded at all must let this one through
    passed_over = [path for path, told in found.items() if told and rule not in rules_for(project, path)]
    assert passed_over == []
    every = [violation for told in found.values() for violation in told]
    assert [each.message for each in every if each.code == INTERNAL] == []
    return every


def marked(text: str) -> Places:
    """The (path, line, code) of the comments ``# LFX...`` in ``text``."""
    return set(read_example(text).expected)
