"""Why a test fails in one company and not in another: replayed on fresh servers, reduced, and confirmed.

Polluted: fails after some tests, passes alone. Brittle: fails alone, passes after some tests. What does not do the
same three times out of three is flaky, and no order is to blame.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lint_fixtures_hooks import hint
from lint_fixtures_hooks.bench import Bench
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.reduce import reduce
from lint_fixtures_hooks.results import BAD
from lint_fixtures_hooks.suite import Order

POLLUTED, BRITTLE, FLAKY, ITSELF, UNDECIDED = "polluted", "brittle", "flaky", "itself", "undecided"
TIMES = 3


@dataclass(frozen=True)
class Suspect:
    """`failed` and `passed` are the tests before the victim, in a run where it did; None where there is no such run.

    `leaking` are those of `failed` that left something behind.
    """

    victim: str
    failed: tuple[str, ...] | None
    passed: tuple[str, ...] | None
    leaking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """`tests` before the victim bring its failure about (polluted) or keep it away (brittle).

    Not `shortest`: time was up before no test could be left out.
    """

    victim: str
    kind: str
    tests: tuple[str, ...] = ()
    shortest: bool = True


class TimeUpError(Exception):
    """The search took as long as it may."""


@dataclass
class Search:
    """`deadline` on the monotonic clock; `best` is the shortest list so far that shows it."""

    bench: Bench
    victim: str
    deadline: float
    best: tuple[str, ...] = ()
    asked: dict[tuple[str, ...], bool] = field(default_factory=dict)

    def fails(self, before: Sequence[str] = (), *, again: bool = False) -> bool:
        tests = tuple(before)
        if again or tests not in self.asked:
            self.asked[tests] = self._run(tests)
        return self.asked[tests]

    def _run(self, before: tuple[str, ...]) -> bool:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeUpError
        bench = replace(self.bench, settings=replace(self.bench.settings, timeout=left))
        try:
            run = bench.run(Order(), (*before, self.victim))
        except HookError:
            if time.monotonic() >= self.deadline:
                raise TimeUpError from None
            raise
        outcome = run.result.records.outcomes.get(self.victim)
        if outcome is None:
            raise HookError(f"{self.victim} did not run: is it still collected? {run.ended.said}")
        return outcome in BAD

    def shortest(self, before: tuple[str, ...], *, failing: bool) -> tuple[str, ...]:
        def shows(tests: tuple[str, ...]) -> bool:
            if self.fails(tests) is not failing:
                return False
            self.best = tests
            return True

        self.best = before
        return reduce(before, shows)

    def steady(self, before: tuple[str, ...], *, failing: bool) -> bool:
        """As `before` and alone did once already: so twice more."""
        return all(
            self.fails(before, again=True) is failing and self.fails(again=True) is not failing
            for _ in range(TIMES - 1)
        )


def explain(bench: Bench, suspect: Suspect, deadline: float, *, thorough: bool = True) -> Explanation:
    """Not `thorough`: only what leaked is suspected."""
    search = Search(bench, suspect.victim, deadline)
    kind = UNDECIDED
    try:
        if search.fails():
            kind, company = BRITTLE, _company(search, [suspect.passed], failing=False)
            if company is None:
                return Explanation(suspect.victim, FLAKY if suspect.passed is not None else ITSELF)
        else:
            lists = [suspect.leaking, suspect.failed] if thorough else [suspect.leaking]
            kind, company = POLLUTED, _company(search, lists, failing=True)
            if company is None:
                return Explanation(suspect.victim, FLAKY if thorough else UNDECIDED)
        tests = search.shortest(company, failing=kind == POLLUTED)
        steady = search.steady(tests, failing=kind == POLLUTED)
    except TimeUpError:
        return Explanation(suspect.victim, kind if search.best else UNDECIDED, search.best, shortest=False)
    return Explanation(suspect.victim, kind, tests) if steady else Explanation(suspect.victim, FLAKY)


def _company(search: Search, lists: Sequence[tuple[str, ...] | None], *, failing: bool) -> tuple[str, ...] | None:
    return next((tests for tests in lists if tests and search.fails(tests) is failing), None)


def lines(found: Explanation, words: Sequence[str] = (), workers: int = 0) -> Iterator[str]:
    """`words` are the arguments of the command that found it, so that the command in the answer does the same."""
    victim = found.victim
    if found.kind == FLAKY:
        yield f"FLAKY {victim} does not do the same in the same order: no other test is to blame"
    elif found.kind == ITSELF:
        yield f"RED   {victim} fails alone too: no other test is to blame"
    elif found.kind == UNDECIDED:
        yield f"ORDER {victim} passes alone and failed among the others; which of them does it is not found yet"
        yield f"    verify-suite bisect {hint.quoted(victim)}"
    else:
        yield from _company_lines(found, words, workers)


def _company_lines(found: Explanation, words: Sequence[str], workers: int) -> Iterator[str]:
    others = " and ".join(found.tests[:3]) + (f" and {len(found.tests) - 3} more" if found.tests[3:] else "")
    if found.kind == POLLUTED:
        yield f"ORDER {found.victim} passes alone and fails after {others}"
    else:
        yield f"ORDER {found.victim} fails alone and passes after {others}: it needs what they leave behind"
    tests = (*found.tests, found.victim) if found.kind == POLLUTED else (found.victim,)
    yield f"    {hint.command(words, tests, workers)}"
    if not found.shortest:
        yield f"    `timeout` ended the search: {len(found.tests)} tests do it, perhaps fewer"
