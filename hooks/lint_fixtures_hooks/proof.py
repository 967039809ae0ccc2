"""`verify-suite` itself: from the stamp where there is one, else by running, and a stamp when that proved it all."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lint_fixtures_hooks import flags, git, notes, shard, stamp, status, tree
from lint_fixtures_hooks.errors import HookError, UsageError
from lint_fixtures_hooks.subject import Subject, find_subject
from lint_fixtures_hooks.version import version

if TYPE_CHECKING:
    import argparse

    from lint_fixtures_hooks.verify import Outcome


SHOWN = 3  # files named in one line


def run(given: "argparse.Namespace") -> int:
    try:
        return _run(given)
    except UsageError:
        raise
    except HookError as error:
        if given.report:
            from lint_fixtures_hooks import report

            report.write(Path(given.report), report.of_failure(str(error), _tree_or_nothing(), version()))
        raise


def _tree_or_nothing() -> str:
    try:
        return git.index_tree(git.discover(Path.cwd()))
    except HookError:
        return ""


def _run(given: "argparse.Namespace") -> int:
    part = shard.parse(given.shard) if given.shard else None
    subject = find_subject(flags.given(given), staged=given.staged, shard=part, words=given.words)
    if subject.tree in git.EMPTY_TREES:
        raise UsageError(f"the index is empty, so a commit would hold no test: {git.STAGE}")
    root = subject.repo.top / subject.place
    key = stamp.key(subject.tree, subject.place.as_posix(), root, subject.interpreter, subject.settings, version())
    known = None if given.again or part else stamp.find(subject.repo, subject.tree, key)
    if known is not None and _answered(subject.repo, known, given.report):
        return _noted(subject.repo, known, given.notes)
    return _prove(subject, given, key)


def _noted(repo: git.Repo, known: stamp.Stamp, wanted: bool) -> int:
    if wanted:
        notes.write(repo, known)
    return 0


def _answered(repo: git.Repo, known: stamp.Stamp, folder: str | None) -> bool:
    """With `folder`, only where the report of the run that earned the stamp is still there to be given."""
    if folder:
        from lint_fixtures_hooks import report

        kept = stamp.report(repo, known)
        if kept is None:
            return False
        report.write(Path(folder), kept)
    print(f"verify-suite: verified at {known.when}: {status.words(known)}; {_since(repo)}")
    return True


def _since(repo: git.Repo) -> str:
    left = tree.left_out(repo)
    if not left:
        return "nothing has changed since"
    more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
    return f"not part of it: {', '.join(left[:SHOWN])}{more}"


def _prove(subject: Subject, given: "argparse.Namespace", key: str) -> int:
    from lint_fixtures_hooks import isolation, report, summary
    from lint_fixtures_hooks.masking import masked_report
    from lint_fixtures_hooks.verify import verified

    with verified(subject) as outcome:
        secrets = {run.server.password for run in outcome.runs}
        found = masked_report(report.of_outcome(outcome, subject, key, version()), tuple(secrets))
        if given.report:
            report.write(Path(given.report), found, outcome)
        for line in summary.lines(outcome, subject):
            print(masked_report(line, tuple(secrets)))
        if outcome.verdict.word == isolation.VERIFIED:
            _stamp(subject, outcome, key, found, given.notes)
        else:
            stamp.remember(subject.repo, found)
    return isolation.EXIT_CODES[outcome.verdict.word]


def _stamp(subject: Subject, outcome: "Outcome", key: str, found: dict[str, Any], noted: bool) -> None:
    """A part of the suite earns none: only all shards together do, and tests that the command line chose never do."""
    if subject.shard or not subject.whole:
        return
    run = outcome.runs[0]
    records, postgres = run.result.records, run.server.version
    counts = len(records.outcomes), records.deselected
    earned = stamp.Stamp(subject.tree, key, stamp.now(), version(), subject.claim, *counts, postgres)
    stamp.write(subject.repo, earned, found)
    _noted(subject.repo, earned, noted)
