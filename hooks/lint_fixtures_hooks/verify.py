"""The sequence for a tree that has no stamp: look at the tree, run the suite, look again, judge."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lint_fixtures_hooks import affected, diagnosis, environment, isolation, replay, tree, victims
from lint_fixtures_hooks.bench import Bench, Run, cache_folder
from lint_fixtures_hooks.bisect import Explanation
from lint_fixtures_hooks.errors import HookError, UsageError
from lint_fixtures_hooks.git import Repo, check_out
from lint_fixtures_hooks.ledger import Leak
from lint_fixtures_hooks.scratch import scratch
from lint_fixtures_hooks.selection import Selection, durations
from lint_fixtures_hooks.settings import Settings
from lint_fixtures_hooks.subject import Subject
from lint_fixtures_hooks.suite import Order

NAMED = 3  # files in one line


@dataclass(frozen=True)
class Outcome:
    verdict: isolation.Verdict
    evidence: isolation.Evidence
    runs: tuple[Run, ...]
    diagnoses: tuple[diagnosis.Diagnosis, ...]
    explanations: tuple[Explanation, ...] = ()
    kept: tuple[str, ...] = ()
    not_seen: tuple[diagnosis.Diagnosis, ...] = ()
    blamed: Mapping[Leak, tuple[diagnosis.Diagnosis, ...]] = field(default_factory=dict)


@contextmanager
def verified(subject: Subject) -> Iterator[Outcome]:
    """The logs of the runs live as long as the context."""
    with opened(subject) as (bench, before):
        yield _prove(bench, subject, before)


@contextmanager
def opened(subject: Subject) -> Iterator[tuple[Bench, tree.Snapshot]]:
    """The tree, sure to be what would be committed, and what it looks like before anything runs."""
    environment.forget_servers()
    with scratch() as folder:
        repo = check_out(subject.repo, folder) if subject.staged else subject.repo
        before = tree.snapshot(repo)
        if before.unstaged:
            raise HookError(
                f"{_named(before.unstaged)} changed (by you, or by a hook that mends files) and not staged: `git add` "
                "what is to be committed, or let `verify-suite --staged` run the index in a folder of its own"
            )
        yield _bench(subject, repo, folder), before


def _named(paths: Sequence[str]) -> str:
    rest = len(paths) - NAMED
    return (
        ", ".join(paths[:NAMED])
        + (f" and {rest} more files" if rest > 0 else "")
        + (" was" if len(paths) == 1 else " were")
    )


def _bench(subject: Subject, repo: Repo, folder: Path) -> Bench:
    settings = subject.settings
    arguments, workers = _workers(settings)
    if workers and not subject.interpreter.has_xdist:
        raise UsageError(f"workers = {workers} needs pytest-xdist in {subject.interpreter.prefix}: install it there")
    if workers and settings.url:
        raise UsageError(
            f"workers = {workers} would share one server, whose locks and settings are no single test's: leave "
            "out `url` (and LINT_FIXTURES_DATABASE_URL), and each worker gets a server of its own, or set workers = 0"
        )
    root = repo.top / subject.place
    home = subject.repo.top
    selection = Selection(
        # tests that the command line names run in the order in which it names them
        first=affected.first(repo, root) if settings.mode == "commit" and subject.whole else (),
        shard=subject.shard,
        durations=durations(root) if subject.shard else {},
    )
    return Bench(repo, root, home, settings, subject.interpreter, cache_folder(), folder, arguments, workers, selection)


def _workers(settings: Settings) -> tuple[tuple[str, ...], int]:
    """pytest-xdist's own flag in `args` means the setting."""
    rest, workers, arguments = [], settings.workers, list(settings.args)
    while arguments:
        argument = arguments.pop(0)
        name, _, value = argument.partition("=")
        if name in ("-n", "--numprocesses") or (argument.startswith("-n") and argument[2:].isdigit()):
            value = value or (argument[2:] if argument[2:].isdigit() else arguments.pop(0) if arguments else "")
            if not value.isdigit():
                raise UsageError(f"args: -n {value} says no number of workers: set `workers`")
            workers = int(value)
        else:
            rest.append(argument)
    return tuple(rest), workers


def _orders(subject: Subject) -> Iterator[Order]:
    """The seeds follow from the tree, so that the same tree is proved in the same orders."""
    yield Order()
    if subject.settings.mode == "prove":
        yield Order("reversed")
        for number in range(subject.settings.shuffles):
            yield Order("shuffled", int(subject.tree[:7], 16) + number)


def _prove(bench: Bench, subject: Subject, before: tree.Snapshot) -> Outcome:
    runs: list[Run] = []
    changes: dict[str, tree.TreeChange] = {}
    for order in _orders(subject):
        run = bench.run(order)
        runs.append(run)
        for change in _changes(bench, before, run):
            changes.setdefault(change.path, change)
        if not run.result.records.outcomes:
            break
    failures = {failure.nodeid: failure for run in runs for failure in run.result.records.failures}
    diagnoses = tuple(diagnosis.diagnose(bench.repo.top, bench.root, failures.values()))
    explained = {found.nodeid for found in diagnoses if _explains(found, subject)}
    explanations = tuple(replay.explanations(bench, runs, explained))
    if subject.settings.mode == "commit":
        doubtful = {found.nodeid for found in diagnoses if not diagnosis.CERTAIN.fullmatch(found.code)}
        explanations += tuple(victims.of_known_classes(bench, runs[0], failures, doubtful))
    evidence = isolation.Evidence(
        runs=tuple(run.ended for run in runs),
        leaks=tuple(dict.fromkeys(leak for run in runs for leak in run.leaks)),
        dependence=replay.dependence(explanations),
        changes=tuple(changes.values()),
        untracked_used=_untracked_used(bench, before, runs),
        elsewhere=_elsewhere(bench, runs),
        allowed=subject.settings.allow_leaks,
    )
    verdict, kept = isolation.judge(evidence), tuple(bench.kept)
    not_seen, blamed = _not_seen(bench, diagnoses, explanations), _blamed(bench, evidence)
    return Outcome(verdict, evidence, tuple(runs), diagnoses, explanations, kept, not_seen, blamed)


def _not_seen(
    bench: Bench, diagnoses: tuple[diagnosis.Diagnosis, ...], explanations: tuple[Explanation, ...]
) -> tuple[diagnosis.Diagnosis, ...]:
    if not diagnoses:
        return ()
    # here, because most runs have nothing to ask the linter
    from lint_fixtures_hooks import unseen

    return unseen.not_seen(bench.repo.top, bench.root, diagnoses, {each.victim for each in explanations})


def _blamed(bench: Bench, evidence: isolation.Evidence) -> Mapping[Leak, tuple[diagnosis.Diagnosis, ...]]:
    leaks = isolation.refused_leaks(evidence.leaks, evidence.allowed)
    if not leaks:
        return {}
    from lint_fixtures_hooks import blamed

    return blamed.rules(bench.repo.top, bench.root, leaks)


def _explains(found: diagnosis.Diagnosis, subject: Subject) -> bool:
    """A commit does not wait for a replay of each of these; a proof does, but for what can only fail."""
    return subject.settings.mode == "commit" or bool(diagnosis.CERTAIN.fullmatch(found.code))


def _changes(bench: Bench, before: tree.Snapshot, run: Run) -> tuple[tree.TreeChange, ...]:
    return tree.compare(bench.repo, before, tree.snapshot(bench.repo), run.result.records)


def _untracked_used(bench: Bench, before: tree.Snapshot, runs: Sequence[Run]) -> tuple[str, ...]:
    opened = {path for run in runs for path in run.result.records.opened}
    return tuple(path for path in sorted(before.untracked) if str(bench.repo.top / path) in opened)


def _elsewhere(bench: Bench, runs: Sequence[Run]) -> tuple[str, ...]:
    """Code of the user's own tree that ran although a checkout was to be verified: an editable install leads there."""
    if bench.home == bench.repo.top:
        return ()
    opened = {Path(path) for run in runs for path in run.result.records.opened}
    return tuple(sorted(str(path.relative_to(bench.home)) for path in opened if path.is_relative_to(bench.home)))
