"""Pure: what was seen -> the verdict. Unknown is never verified, and what is certainly wrong is never unknown."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lint_fixtures_hooks.ledger import Leak
from lint_fixtures_hooks.results import BAD, PASSED, SKIPPED, XPASSED, Records
from lint_fixtures_hooks.tree import TreeChange

VERIFIED, NOT_VERIFIED, UNKNOWN = "verified", "not-verified", "unknown"
EXIT_CODES: Mapping[str, int] = {VERIFIED: 0, NOT_VERIFIED: 1, UNKNOWN: 3}
WRONG_USAGE = 4  # pytest's exit code for a path or a flag that it does not know
RAN = frozenset({PASSED, XPASSED})
UNSET = re.compile(r"KeyError: '([A-Z][A-Z0-9_]*)'|^(\w+): Field required")
ELSEWHERE = re.compile(
    "Is the server running|[Cc]onnection refused|Connect call failed|could not translate host name"
    "|Name or service not known|failure in name resolution|authentication failed"
)


@dataclass(frozen=True)
class Ended:
    """One run as the verdict needs it; `said` is the last line of pytest's output, for a run that broke down."""

    records: Records
    exit_code: int
    checked: frozenset[str]
    lost: str
    said: str


@dataclass(frozen=True)
class OrderDependence:
    """`polluter` None: the victim depends on the tests before it, but no single one of them brings it about.

    `tests` are the fewest found that do; a brittle victim fails without them, a polluted one after them.
    """

    victim: str
    polluter: str | None
    tests: tuple[str, ...] = ()
    kind: str = "polluted"


@dataclass(frozen=True)
class Evidence:
    runs: tuple[Ended, ...]
    leaks: tuple[Leak, ...] = ()
    dependence: tuple[OrderDependence, ...] = ()
    changes: tuple[TreeChange, ...] = ()
    untracked_used: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """`isolated` None: not watched to the end. `stale` are tests that may leak and did not."""

    word: str
    green: bool
    isolated: bool | None
    tree_clean: bool
    reason: str = ""
    stale: tuple[str, ...] = ()


def judge(evidence: Evidence) -> Verdict:
    reason = next(filter(None, (_broken(run) for run in evidence.runs)), "") or _misled(evidence)
    green = not reason and all(_green(run) for run in evidence.runs)
    refused = refused_leaks(evidence.leaks, evidence.allowed)
    stale = _stale(evidence)
    unwatched = next(filter(None, (_unwatched(run) for run in evidence.runs)), "")
    isolated = False if refused or evidence.dependence else None if reason or unwatched else True
    clean = not evidence.changes
    wrong = isolated is False or not clean or evidence.untracked_used or stale or (not reason and not green)
    word = NOT_VERIFIED if wrong else UNKNOWN if reason or unwatched else VERIFIED
    return Verdict(word, green, isolated, clean, reason or unwatched, stale)


def _misled(evidence: Evidence) -> str:
    if not evidence.elsewhere:
        return ""
    return f"{evidence.elsewhere[0]} of the working tree ran instead of the staged one: it is installed from there"


def refused_leaks(leaks: Iterable[Leak], allowed: Sequence[str]) -> tuple[Leak, ...]:
    return tuple(leak for leak in leaks if leak.nodeid not in allowed)


def _stale(evidence: Evidence) -> tuple[str, ...]:
    leaking = {leak.nodeid for leak in evidence.leaks}
    ran = {nodeid for run in evidence.runs for nodeid in run.records.outcomes}
    return tuple(name for name in evidence.allowed if name in ran and name not in leaking)


def _broken(run: Ended) -> str:
    """Why this run says nothing about the suite, else empty; a failed test always says something."""
    outcomes = run.records.outcomes
    if BAD & set(outcomes.values()):
        return ""
    if run.exit_code < 0:
        running = run.records.unfinished
        return f"pytest was ended by signal {-run.exit_code}" + (f" in {running[-1]}" if running else "")
    if run.exit_code == WRONG_USAGE:
        return f"pytest could not start on the tests: {run.said}: {_way_out(run.said)}"
    if run.exit_code == 5 or (run.records.complete and not run.records.collected):
        return "no test was collected: check `tests` in the settings"
    if run.exit_code not in (0, 1) or not run.records.complete:
        return f"pytest ended with exit code {run.exit_code}: {run.said}"
    if run.exit_code == 1:
        return ""
    if missing := [nodeid for nodeid in run.records.collected if nodeid not in outcomes]:
        return f"{len(missing)} collected tests did not run, the first is {missing[0]}"
    return "every test was skipped" if set(outcomes.values()) == {SKIPPED} else ""


def _green(run: Ended) -> bool:
    return run.exit_code == 0 and not BAD & set(run.records.outcomes.values())


def _unwatched(run: Ended) -> str:
    if run.lost:
        return run.lost
    for nodeid, outcome in run.records.outcomes.items():
        if outcome in RAN and nodeid not in run.checked:
            return f"{nodeid} was not looked at after it ran"
    return ""


def _way_out(said: str) -> str:
    if unset := UNSET.search(said):
        name = (unset[1] or unset[2]).upper()
        return f'if that is where the database stands, say env = {{{name} = "{{url}}"}}'
    if ELSEWHERE.search(said):
        return "it looks for its database elsewhere: `env` says which variable holds the address"
    if "No module named 'psycopg2'" in said:
        return 'name the driver that is installed, as in env = {DATABASE_URL = "{url:psycopg}"}'
    if "No module named" in said:
        return "if it is installed, then not for this interpreter: `python` says which one to take, or activate it"
    return "check `tests` and `args`, settings or flags"
