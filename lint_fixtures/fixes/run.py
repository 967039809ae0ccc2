"""Text -> repaired text: one violation after the other, each proposal linted before it is taken."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator

import libcst as cst

from lint_fixtures.cache import FactsCache, default_directory
from lint_fixtures.engine import check_file
from lint_fixtures.extract import extract
from lint_fixtures.facts import Violation
from lint_fixtures.fixes import load_repairs
from lint_fixtures.fixes.repair import Problem, Repair
from lint_fixtures.fixes.source import Source
from lint_fixtures.frozen import frozen
from lint_fixtures.index import Project
from lint_fixtures.rule import load_rules
from lint_fixtures.settings import Settings
from lint_fixtures.sources import find_root

_AT_MOST = 500  # repairs of one file
_BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)

Wanted = Callable[[Violation, list[str]], bool]


@frozen
class Checked:
    project: Project
    violations: tuple[Violation, ...]
    lines: tuple[str, ...]


@frozen
class Repaired:
    """``done`` are (line at that time, code, what was done); ``unsafe``: (line, code) of repairs not asked for."""

    content: bytes
    done: tuple[tuple[int, str, str], ...]
    unsafe: tuple[tuple[int, str], ...]


def check_content(path: str, content: bytes, settings: Settings) -> Checked | None:
    """None for what cannot be parsed."""
    root = find_root(path)
    cache = FactsCache(None if settings.cache_dir == "off" else settings.cache_dir or default_directory(root))
    project = Project(root, cache, settings)
    try:
        tree = ast.parse(content)
        text = cst.parse_module(content).code if content.strip() else ""
    except (*_BROKEN, cst.ParserSyntaxError):
        return None
    lines = text.splitlines(keepends=True)
    facts = extract(tree, lines)
    project.add(path, facts)
    return Checked(project, tuple(check_file(project, path, load_rules(facts.mentions))), tuple(lines))


def repair(path: str, content: bytes, settings: Settings, wanted: Wanted, unsafe: bool) -> Repaired:
    """``path`` is absolute; ``wanted`` tells what flake8 would report (selected, not silenced), given the lines."""
    done: list[tuple[int, str, str]] = []
    checked = check_content(path, content, settings)
    while checked is not None and len(done) < _AT_MOST:
        step = next(_steps(path, content, checked, settings, wanted, unsafe), None)
        if step is None:
            break
        violation, taken, content, checked = step
        done.append((violation.location.line, violation.code, taken.done))
    left = list(_wanted(checked, wanted)) if checked and not unsafe else []
    waiting = [each for each in left if _proposes(path, content, checked, each, settings)]
    return Repaired(content, tuple(done), tuple((each.location.line, each.code) for each in waiting))


def _steps(
    path: str, content: bytes, checked: Checked, settings: Settings, wanted: Wanted, unsafe: bool
) -> Iterator[tuple[Violation, Repair, bytes, Checked]]:
    repairs = load_repairs()
    for violation in _wanted(checked, wanted):
        found = repairs.get(violation.code)
        if found is not None and (found.safe or unsafe):
            for proposed, after in _accepted(path, content, checked, violation, found, settings):
                yield violation, found, proposed, after


def _wanted(checked: Checked, wanted: Wanted) -> Iterator[Violation]:
    return (each for each in checked.violations if wanted(each, list(checked.lines)))


def _accepted(
    path: str, content: bytes, checked: Checked, violation: Violation, found: Repair, settings: Settings
) -> Iterator[tuple[bytes, Checked]]:
    """The proposals that take the violation away and bring no other."""
    try:
        problem = Problem(checked.project, Source(content), violation)
    except (cst.ParserSyntaxError, RecursionError):
        return
    before = Counter(each.code for each in checked.violations)
    for module in found.propose(problem):
        after = check_content(path, module.bytes, settings)
        if after is None:
            continue
        counts = Counter(each.code for each in after.violations)
        if counts[violation.code] < before[violation.code] and counts <= before:
            yield module.bytes, after


def _proposes(path: str, content: bytes, checked: Checked | None, violation: Violation, settings: Settings) -> bool:
    found = load_repairs().get(violation.code)
    if found is None or checked is None:
        return False
    return any(True for _ in _accepted(path, content, checked, violation, found, settings))
