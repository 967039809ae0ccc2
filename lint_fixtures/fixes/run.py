"""Text -> repaired text: one violation after the other, each proposal linted before it is taken."""

from __future__ import annotations

import ast
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import libcst as cst

from lint_fixtures.cache import FactsCache, chosen_directory
from lint_fixtures.engine import check_file
from lint_fixtures.extract import extract
from lint_fixtures.facts import Violation
from lint_fixtures.fixes import Repair, load_repairs
from lint_fixtures.fixes.problem import Problem
from lint_fixtures.fixes.source import Source
from lint_fixtures.frozen import frozen
from lint_fixtures.index import Project
from lint_fixtures.root import find_root
from lint_fixtures.rule import load_rules
from lint_fixtures.settings import Settings
from lint_fixtures.sources import decode

_AT_MOST = 500  # repairs of one file
_BROKEN = (SyntaxError, ValueError, LookupError, RecursionError, MemoryError)

Wanted = Callable[[Sequence[Violation], "list[str]"], "list[Violation]"]


@frozen
class Checked:
    """A text, and what the rules say about it. ``project`` knows it in the place of the file."""

    content: bytes
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
    cache = FactsCache(chosen_directory(root, settings.cache_dir))
    project = Project(root, cache, settings)
    try:
        tree = ast.parse(content)
        lines = list(io.StringIO(decode(content), newline=""))
    except _BROKEN:
        return None
    facts = extract(tree, lines)
    project.add(path, facts)
    return Checked(
        content, project, tuple(check_file(project, path, load_rules(facts.mentions, settings.extended))), tuple(lines)
    )


def repair(path: str, content: bytes, settings: Settings, wanted: Wanted, unsafe: bool) -> Repaired:
    """``path`` is absolute; ``wanted`` gives what flake8 would report (selected, not silenced), given the lines."""
    work = _Work(path, settings, wanted)
    checked = check_content(path, content, settings)
    if checked is None:
        return Repaired(content, (), ())
    done: list[tuple[int, str, str]] = []
    while len(done) < _AT_MOST:
        taken = work.next(checked, lambda found: found.safe or unsafe)
        if taken is None:
            break
        violation, found, checked = taken
        done.append((violation.location.line, violation.code, found.done))
    waiting = [] if unsafe else list(work.waiting(checked))
    return Repaired(checked.content, tuple(done), tuple((each.location.line, each.code) for each in waiting))


class _Work:
    """One file. What found no repair is tried again only when all others have been, for they may have made room."""

    def __init__(self, path: str, settings: Settings, wanted: Wanted) -> None:
        self._path, self._settings, self._wanted = path, settings, wanted
        self._refused: set[tuple[str, str, int]] = set()

    def next(self, checked: Checked, may: Callable[[Repair], bool]) -> tuple[Violation, Repair, Checked] | None:
        """The first repair that is taken; None when nothing more can be done."""
        tried = set(self._refused)
        for only_new in (True, False) if tried else (True,):
            for key, violation, found in self._candidates(checked, may):
                if (key in tried) is only_new:
                    continue
                after = next(self._accepted(checked, violation, found), None)
                if after is not None:
                    return violation, found, after
                self._refused.add(key)
        return None

    def waiting(self, checked: Checked) -> Iterator[Violation]:
        """What an unsafe repair would mend."""
        for _, violation, found in self._candidates(checked, lambda found: not found.safe):
            if next(self._accepted(checked, violation, found), None) is not None:
                yield violation

    def _candidates(
        self, checked: Checked, may: Callable[[Repair], bool]
    ) -> Iterator[tuple[tuple[str, str, int], Violation, Repair]]:
        """Violations that have a repair, each under a key that stays when lines move."""
        seen: Counter[tuple[str, str]] = Counter()
        repairs = load_repairs()
        for violation in self._wanted(checked.violations, list(checked.lines)):
            found = repairs.get(violation.code)
            if found is not None and may(found):
                name = (violation.code, checked.lines[violation.location.line - 1])
                seen[name] += 1
                yield (*name, seen[name]), violation, found

    def _accepted(self, checked: Checked, violation: Violation, found: Repair) -> Iterator[Checked]:
        """The proposals that take the violation away and bring no other."""
        try:
            problem = Problem(checked.project, Source(checked.content), violation)
        except (cst.ParserSyntaxError, RecursionError):
            return
        before = Counter(each.code for each in checked.violations)
        for module in found.propose(problem):
            after = check_content(self._path, module.bytes, self._settings)
            if after is None:
                continue
            counts = Counter(each.code for each in after.violations)
            if counts[violation.code] < before[violation.code] and counts <= before:
                yield after
