"""What the terminal says: three lines when green; when red who did what, and what to do about it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lint_fixtures_hooks import bisect
from lint_fixtures_hooks.diagnosis import Diagnosis
from lint_fixtures_hooks.isolation import UNKNOWN, VERIFIED, refused_leaks
from lint_fixtures_hooks.ledger import Leak
from lint_fixtures_hooks.postgres.extensions import advice
from lint_fixtures_hooks.report import log_of
from lint_fixtures_hooks.results import BAD, ERROR, FAILED, PASSED, SKIPPED, XFAILED, XPASSED
from lint_fixtures_hooks.subject import Subject
from lint_fixtures_hooks.verify import Outcome
from lint_fixtures_hooks.visits import speaks_of_databases

LOG_LINES = 120
SAID_FIRST = (PASSED, FAILED, ERROR, SKIPPED, XFAILED, XPASSED)
MEND = {
    "rows": "run it in one outer transaction that is rolled back (Session(join_transaction_mode='create_savepoint'))",
    "schema": "create it once in a wider fixture, or drop it in a teardown; set back what was changed",
    "setting": "reset it in a teardown: settings of a role or database outlive every transaction",
    "lock": "release it in a teardown, or take pg_advisory_xact_lock",
    "transaction": "close the session or connection in a teardown, with `with` or after `yield`",
    "prepared": "commit or roll back the prepared transaction in a teardown",
    "override": "pop it in a teardown: app.dependency_overrides lives as long as the app (LFX401)",
    "environ": "set it by monkeypatch.setenv, which restores it",
    "connection": "close it in a teardown, or take it from a pool or engine that a wider fixture disposes",
    "listen": "UNLISTEN in a teardown, or close the connection",
    "session": "SET LOCAL, or RESET it or drop it in a teardown: the next test gets this connection from the pool",
    "large-object": "remove it by lo_unlink in a teardown",
    "module": "remove it by monkeypatch.delitem(sys.modules, ...), which restores it",
    "thread": "join it in a teardown: what it does later falls on another test",
    "sequence": "set it no lower than the rows that are there: the next one made collides with them",
    "sys-path": "put it there by monkeypatch.syspath_prepend, which restores it",
    "signal": "set back in a teardown what signal.signal returned",
    "umask": "set back in a teardown what os.umask returned",
    "cwd": "change it by monkeypatch.chdir, which restores it",
}


def lines(outcome: Outcome, subject: Subject) -> Iterator[str]:
    tree = subject.tree
    server, verdict = outcome.runs[0].server, outcome.verdict
    counted = Counter(outcome.runs[0].result.records.outcomes.values())
    counts = ", ".join(_counts(outcome))
    seconds = sum(run.result.seconds for run in outcome.runs)
    if verdict.word != VERIFIED:
        yield from _red(outcome, subject)
    yield from _escaped(outcome)
    where = f"PostgreSQL {server.version} ({server.provider})"
    runs = f"{len(outcome.runs)} run{'s' * (len(outcome.runs) > 1)}"
    yield f"verify-suite: {counts or 'nothing ran'}, {runs}, {where}, {seconds:.1f} s"
    if outcome.runs[0].unused and counted and speaks_of_databases(subject.repo):
        names = ", ".join(subject.settings.env) or "DATABASE_URL"
        yield f"verify-suite: nothing connected to this server, whose address is in {names}: was it another database?"
        yield "    a suite that reads other variables says so under `env` in [tool.lint_fixtures.suite]"
    if verdict.word == VERIFIED:
        leaks = f", {len(outcome.evidence.leaks)} allowed leaks" if outcome.evidence.leaks else ""
        place = ", staged" if subject.staged else ""
        said = f"green, isolated{leaks}, tree clean (tree {tree[:12]}{place})"
        yield f"verify-suite: verified{_limits(outcome, subject)}: {said}"
        if not subject.whole:
            yield "    a stamp is for the whole suite: leave out --tests and --args, or move them to the settings"
    elif verdict.word == UNKNOWN:
        yield f"verify-suite: could not tell: {verdict.reason}"
    else:
        yield f"verify-suite: not verified: {', '.join(_wrong(outcome))} (tree {tree[:12]})"


def _counts(outcome: Outcome) -> Iterator[str]:
    records = outcome.runs[0].result.records
    counted = Counter(records.outcomes.values())
    yield from (f"{counted[name]} {name}" for name in SAID_FIRST if counted[name])
    if counted and records.deselected:
        yield f"{records.deselected} deselected"


def _limits(outcome: Outcome, subject: Subject) -> str:
    """The word "verified" alone is for a run of all tests."""
    records = outcome.runs[0].result.records
    if not subject.whole:
        return f" for the given {len(records.outcomes)} tests only, no stamp"
    if subject.shard:
        return f" for shard {subject.shard} only, no stamp before `verify-suite merge`"
    return f" but for {records.deselected} deselected tests" if records.deselected else ""


def _wrong(outcome: Outcome) -> Iterator[str]:
    verdict, evidence = outcome.verdict, outcome.evidence
    if not verdict.green:
        yield "not green"
    if verdict.isolated is False:
        yield "not isolated"
    if not verdict.tree_clean:
        yield "tree dirtied"
    if evidence.untracked_used:
        yield f"used without being tracked: {', '.join(evidence.untracked_used)}"
    if verdict.stale:
        yield "allow-leaks lists tests that no longer leak"
    if verdict.reason:
        yield f"and could not tell all: {verdict.reason}"


def _red(outcome: Outcome, subject: Subject) -> Iterator[str]:
    evidence = outcome.evidence
    yield from _log(outcome)
    for diagnosis in outcome.diagnoses:
        yield f"{diagnosis.path}:{diagnosis.line}: {diagnosis.code} made {diagnosis.nodeid} fail"
        yield f"    see: lint-fixtures explain {diagnosis.code}"
        if diagnosis in outcome.not_seen:
            yield "    not seen statically: lint-fixtures reports nothing of it"
    yield from _missing(outcome)
    for leak in refused_leaks(evidence.leaks, evidence.allowed):
        yield from _leak(leak, outcome.blamed.get(leak, ()))
    for explanation in outcome.explanations:
        yield from bisect.lines(explanation, subject.words, subject.settings.workers)
    for change in evidence.changes:
        yield f"TREE  {change.path} {change.change} by {change.nodeid or 'the run, no test was seen writing it'}"
        yield "    write to tmp_path instead, or have git ignore it"
    for path in evidence.untracked_used:
        yield f"TREE  {path} was used and is not tracked: the commit will not hold it; `git add` it"
    for command in outcome.kept:
        yield f"KEPT  {command}"
        yield "    or: verify-suite postgres shell; it stays until: verify-suite postgres clean"
    for nodeid in outcome.verdict.stale:
        yield f"LEAK  {nodeid} no longer leaks: take it off allow-leaks"


def _missing(outcome: Outcome) -> Iterator[str]:
    said = (advice(failure.message, run.server) for run in outcome.runs for failure in run.result.records.failures)
    yield from (f"SERVER  {words}" for words in dict.fromkeys(said) if words)


def _escaped(outcome: Outcome) -> Iterator[str]:
    """No leak: but on a database that is shared somebody else would have seen these rows."""
    found = list(dict.fromkeys((leak.nodeid, leak.object) for run in outcome.runs for leak in run.escaped))
    if found:
        tests = len(dict.fromkeys(nodeid for nodeid, _ in found))
        first = f"{found[0][0]} (rows of {found[0][1]})"
        yield f"NOTE  {tests} test{'s' * (tests > 1)} committed rows and cleaned them up later, the first is {first}"


def _leak(leak: Leak, blamed: Sequence[Diagnosis]) -> Iterator[str]:
    who = f"fixture {leak.nodeid} (after its scope ended)" if leak.fixture else leak.nodeid
    yield f"LEAK  {who} left {leak.kind}: {leak.object} ({leak.detail})"
    yield f"    {MEND.get(leak.kind, 'undo it in a teardown')}"
    for found in blamed:
        yield f"    {found.path}:{found.line}: {found.code} is about that: lint-fixtures explain {found.code}"


def _log(outcome: Outcome) -> Iterator[str]:
    """pytest's own words for the first run that failed, from the failures on."""
    for run in outcome.runs:
        if run.result.exit_code == 0 and not BAD & set(run.result.records.outcomes.values()):
            continue
        said = log_of(run).splitlines()
        starts = [number for number, line in enumerate(said) if line.startswith("=") and _heads_failures(line)]
        shown = said[starts[0] if starts else 0 :]
        yield from shown[:LOG_LINES]
        if len(shown) > LOG_LINES:
            yield f"... {len(shown) - LOG_LINES} more lines: --report DIR keeps them in {Path('DIR', 'pytest.log')}"
        return


def _heads_failures(line: str) -> bool:
    return " FAILURES " in line or " ERRORS " in line
