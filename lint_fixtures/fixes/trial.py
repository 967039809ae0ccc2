"""A group of repairs on one text, linted together; where that fails, by halves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from lint_fixtures.fixes import Repair
from lint_fixtures.fixes.checked import Checked, Lints
from lint_fixtures.fixes.edits import Edit, applied, fit
from lint_fixtures.fixes.source import Source
from lint_fixtures.frozen import frozen, replace
from lint_fixtures.violation import Violation


@frozen
class Candidate:
    """A violation that has a repair. ``key`` stays when lines move."""

    key: tuple[str, str, int]
    violation: Violation
    repair: Repair


@frozen(eq=False)
class Plan:
    """What a repair proposes, the best first."""

    candidate: Candidate
    edits: tuple[Edit, ...]
    others: Iterator[tuple[Edit, ...]]


@frozen
class Held:
    """Repairs that take their violations away and bring no others, and the file with them."""

    plans: tuple[Plan, ...]
    checked: Checked


class Trial:
    """``checked`` is what the lint said of the text before."""

    def __init__(self, lints: Lints, checked: Checked, source: Source) -> None:
        self._lints, self._checked, self._source = lints, checked, source
        self._before = Counter(each.code for each in checked.violations)

    def holding(self, group: Sequence[Plan]) -> Held:
        """As many of the plans as hold together; they must fit each other."""
        held, failed = Held((), self._checked), list[Plan]()
        parts = [tuple(group)] if group else []
        while parts:
            part = parts.pop()
            with_part = self._with(held, part)
            if with_part is not None:
                held = with_part
            elif len(part) == 1:
                failed += part
            else:
                half = len(part) // 2
                parts += [part[half:], part[:half]]
        for plan in failed:
            held = self._with_another(held, plan) or held
        return held

    def _with_another(self, held: Held, plan: Plan) -> Held | None:
        """With a second choice of the plan: None where none holds."""
        known = {edit for each in held.plans for edit in each.edits}
        others = (replace(plan, edits=edits) for edits in plan.others if fit(edits, known))
        return next(filter(None, (self._with(held, (each,)) for each in others)), None)

    def _with(self, held: Held, part: tuple[Plan, ...]) -> Held | None:
        plans = (*held.plans, *part)
        after = self._lints.of(applied(self._source, (edit for each in plans for edit in each.edits)))
        if after is None:
            return None
        wanted = self._before - Counter(each.candidate.violation.code for each in plans)
        return Held(plans, after) if Counter(each.code for each in after.violations) <= wanted else None
