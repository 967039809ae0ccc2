"""Which repairs of a file are tried together, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import libcst as cst

from lint_fixtures.fixes import Repair, load_repairs
from lint_fixtures.fixes.checked import Checked, Lints
from lint_fixtures.fixes.edits import Edit, edits_of, fit
from lint_fixtures.fixes.problem import Problem
from lint_fixtures.fixes.source import Source
from lint_fixtures.fixes.trial import Candidate, Held, Plan, Trial
from lint_fixtures.violation import Violation

Wanted = Callable[[Sequence[Violation], "list[str]"], "list[Violation]"]


class Work:
    """One file. What found no repair is tried again only when all others have been, for they may have made room."""

    def __init__(self, lints: Lints, wanted: Wanted, at_once: int) -> None:
        """At most ``at_once`` repairs are linted together."""
        self._lints, self._wanted, self._at_once = lints, wanted, at_once
        self._refused: set[tuple[str, str, int]] = set()

    def next(self, checked: Checked, may: Callable[[Repair], bool]) -> Held | None:
        """The repairs that are taken next; None when nothing more can be done."""
        tried = set(self._refused)
        candidates = list(self._candidates(checked, may))
        new = [each for each in candidates if each.key not in tried]
        old = [each for each in candidates if each.key in tried]
        return next(self._held(checked, new, self._at_once), None) or next(self._held(checked, old, 1), None)

    def waiting(self, checked: Checked) -> list[Violation]:
        """What an unsafe repair would mend."""
        unsafe = list(self._candidates(checked, lambda repair: not repair.safe))
        held = self._held(checked, unsafe, self._at_once)
        return [plan.candidate.violation for each in held for plan in each.plans]

    def _candidates(self, checked: Checked, may: Callable[[Repair], bool]) -> Iterator[Candidate]:
        seen: Counter[tuple[str, str]] = Counter()
        repairs = load_repairs()
        for violation in self._wanted(checked.violations, list(checked.lines)):
            found = repairs.get(violation.code)
            if found is not None and may(found):
                name = (violation.code, checked.lines[violation.location.line - 1])
                seen[name] += 1
                yield Candidate((*name, seen[name]), violation, found)

    def _held(self, checked: Checked, waiting: list[Candidate], at_once: int) -> Iterator[Held]:
        """Group after group, each on the same text: those of its repairs that hold, if any."""
        try:
            source = Source(checked.content) if waiting else None
        except (cst.ParserSyntaxError, RecursionError):
            return
        while waiting and source is not None:
            group, waiting = self._group(checked, source, waiting, at_once)
            held = Trial(self._lints, checked, source).holding(group)
            self._refused |= {plan.candidate.key for plan in group} - {plan.candidate.key for plan in held.plans}
            if held.plans:
                yield held

    def _group(
        self, checked: Checked, source: Source, waiting: list[Candidate], at_once: int
    ) -> tuple[list[Plan], list[Candidate]]:
        """Repairs that fit each other, and the candidates that are left: none overtakes one that it touches."""
        group: list[Plan] = []
        left: list[Candidate] = []
        edits: set[Edit] = set()
        for index, candidate in enumerate(waiting):
            if group and (len(group) == at_once or group[0].candidate.repair.alone or candidate.repair.alone):
                return group, left + waiting[index:]
            plan = _plan(checked, source, candidate)
            if plan is None:
                self._refused.add(candidate.key)
                continue
            if fit(plan.edits, edits):
                group.append(plan)
            else:
                left.append(candidate)
            edits |= set(plan.edits)
        return group, left


def _plan(checked: Checked, source: Source, candidate: Candidate) -> Plan | None:
    """None where the repair has nothing to propose."""
    modules = candidate.repair.propose(Problem(checked.project, source, candidate.violation))
    proposals = filter(None, (tuple(edits_of(source, each)) for each in modules))
    first = next(proposals, None)
    return Plan(candidate, first, proposals) if first else None
