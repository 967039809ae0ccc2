"""`verify-suite bisect`: the order of the last run that was not verified, reduced to what matters."""

import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from lint_fixtures_hooks import flags, replay, stamp
from lint_fixtures_hooks.bisect import UNDECIDED, explain, lines
from lint_fixtures_hooks.errors import HookError, UsageError
from lint_fixtures_hooks.replay import Seen
from lint_fixtures_hooks.results import BAD
from lint_fixtures_hooks.subject import find_subject
from lint_fixtures_hooks.verify import opened


def run(given: Namespace) -> int:
    """1 when something was found, whatever it is; 3 when time was up first."""
    subject = find_subject(flags.given(given), staged=given.staged, words=given.words)
    last = stamp.remembered(subject.repo)
    if last is None:
        raise HookError("no run that failed is remembered here: run verify-suite first")
    if last["tree"] != subject.tree:
        print(f"verify-suite: the last run was of another tree ({last['tree'][:12]}); its order is used all the same")
    seen = _seen(last)
    victims = _victims(given.tests_to_explain, seen)
    kinds = set()
    with opened(subject) as (bench, _):
        deadline = time.monotonic() + subject.settings.timeout
        for victim in victims:
            found = explain(bench, replay.suspect_of(victim, seen), deadline)
            kinds.add(found.kind)
            for line in lines(found, subject.words, subject.settings.workers):
                print(line, flush=True)
    print(f"verify-suite: looked at {len(victims)} test{'s' * (len(victims) > 1)}")
    return 3 if kinds == {UNDECIDED} else 1


def _seen(last: Mapping[str, Any]) -> list[Seen]:
    leaking = frozenset(leak["nodeid"] for leak in last["leaks"] if not leak["fixture"])
    return [Seen(run["outcomes"], tuple(map(tuple, run["tests_of_workers"].values())), leaking) for run in last["runs"]]


def _victims(wanted: Sequence[str], seen: Sequence[Seen]) -> list[str]:
    known = {nodeid for run in seen for nodeid in run.outcomes}
    for nodeid in wanted:
        if nodeid not in known:
            raise UsageError(f"{nodeid!r} was not in the last run: run verify-suite, which prints the names")
    failed = dict.fromkeys(nodeid for run in seen for nodeid, word in run.outcomes.items() if word in BAD)
    victims = list(wanted) or list(failed)
    if not victims:
        raise HookError("no test failed in the last run: there is nothing to bisect")
    return victims
