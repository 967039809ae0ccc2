"""How often each rule is right on real projects: `python benchmarks/accuracy.py FOLDER_OF_CHECKOUTS`; see README.md."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file, it finds its own folder only

from benchmarks._labels import FALSE, BrokenTable, Score, Spot, read_labels, read_table, score
from lint_fixtures.docs import MissingMarkers, replace_part
from lint_fixtures.engine import INTERNAL
from lint_fixtures.rule import Rule, load_rules

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "accuracy.md"
START = "<!-- rules: written by python benchmarks/accuracy.py FOLDER --write -->"
END = "<!-- rules: end -->"
PRECISION, RECALL = 0.95, 0.80
_TIMEOUT = 1800  # seconds for one project
_HEAD = ("rule", "name", "true", "false", "missed", "unlabelled", "precision", "recall")


def main(argv: Sequence[str] | None = None) -> int:
    options = _arguments(argv)
    try:
        projects = [
            row for row in read_table(options.corpus, ("project", "repository", "commit")) if _wanted(row, options)
        ]
        labels = read_labels(options.labels)
        alarms = {spot for row in projects for spot in _alarms(options.folder / row["project"], row["commit"])}
    except BrokenTable as error:
        print(f"accuracy: {error}", file=sys.stderr)
        return 2
    rules = {rule.code: rule for rule in load_rules() if not options.rule or rule.code in options.rule}
    names = {row["project"] for row in projects}
    labels = {spot: verdict for spot, verdict in labels.items() if spot.project in names and spot.code in rules}
    scores = [(rule, score(code, alarms, labels)) for code, rule in rules.items()]
    print(table(scores))
    print("\n".join(["", *_remarks({spot for spot in alarms if spot.code in rules}, labels)]))
    failures = [line for rule, each in scores for line in failing(rule, each)]
    failures += [f"error of ours: {spot}" for spot in sorted(alarms) if spot.code == INTERNAL]
    print("\n".join(failures), file=sys.stderr)
    if options.write:
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), scores, sorted(names)), encoding="utf-8")
    return 1 if failures else 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="accuracy.py", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER_OF_CHECKOUTS", help="holds a folder for each project")
    parser.add_argument("--project", action="append", default=[], help="only this one; may be given again")
    parser.add_argument("--rule", action="append", default=[], metavar="CODE", help="only this one; may be given again")
    parser.add_argument(
        "--labels", type=Path, default=HERE / "labels.tsv", help="(default: labels.tsv beside this file)"
    )
    parser.add_argument(
        "--corpus", type=Path, default=HERE / "corpus.tsv", help="(default: corpus.tsv beside this file)"
    )
    parser.add_argument("--write", action="store_true", help="put the table into docs/accuracy.md")
    return parser.parse_args(argv)


def _wanted(row: dict[str, str], options: argparse.Namespace) -> bool:
    return not options.project or row["project"] in options.project


def _alarms(folder: Path, commit: str) -> Iterator[Spot]:
    """What the linter says of a checkout, whatever the project itself silences."""
    if not folder.is_dir():
        raise BrokenTable(f"{folder}: no checkout; leave it out by naming the others with --project")
    head = subprocess.run(("git", "rev-parse", "HEAD"), cwd=folder, capture_output=True, text=True, check=False)
    if head.stdout.strip() != commit:
        raise BrokenTable(f"{folder}: must be at {commit}, for labels name lines: git checkout {commit}")
    command = (sys.executable, "-m", "lint_fixtures.cli", "check", "--isolated", "--no-baseline", "--disable-noqa")
    print(folder.name, file=sys.stderr, flush=True)
    run = subprocess.run(
        (*command, "--format=json", "."), cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT, check=False
    )
    if run.returncode not in (0, 1) or run.stderr:
        raise BrokenTable(f"{folder}: {run.stderr.strip().splitlines()[-1]}")
    for each in json.loads(run.stdout):
        if each["code"].startswith("LFX"):
            yield Spot(folder.name, each["path"], each["line"], each["code"])


def table(scores: Iterable[tuple[Rule, Score]]) -> str:
    """Rules in order; a rule that is off until selected is marked."""
    rows = [_HEAD, *(_row(rule, each) for rule, each in scores)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _row(rule: Rule, each: Score) -> tuple[str, ...]:
    numbers = (each.true, each.false, each.missed, each.unlabelled)
    name = f"{rule.name} (off until selected)" if rule.extended else rule.name
    return (rule.code, name, *map(str, numbers), _percent(each.precision), _percent(each.recall))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{int(share * 1000) / 10:.1f} %"  # rounded down: 100.0 means all


def failing(rule: Rule, each: Score) -> Iterator[str]:
    """Why a rule that is on by default may not stay so; nothing for one without any rows."""
    if rule.extended:
        return
    if each.unlabelled:
        yield f"{rule.code}: alarms without a label: {each.unlabelled}"
    if each.precision is not None and each.precision < PRECISION:
        yield f"{rule.code}: precision {_percent(each.precision)}, and {PRECISION:.0%} is the least"
    if each.recall is not None and each.recall < RECALL:
        yield f"{rule.code}: recall {_percent(each.recall)}, and {RECALL:.0%} is the least"


def _remarks(alarms: set[Spot], labels: dict[Spot, str]) -> Iterator[str]:
    yield from (f"unlabelled: {spot}" for spot in sorted(alarms - labels.keys()))
    yield from (f"false: {spot}" for spot in sorted(alarms) if labels.get(spot) == FALSE)
    yield from (f"missed: {spot}" for spot in sorted(labels.keys() - alarms) if labels[spot] != FALSE)


def page(text: str, scores: Sequence[tuple[Rule, Score]], projects: Sequence[str]) -> str:
    """The page with the table in its part. Raises MissingMarkers."""
    total = sum(each.true + each.false for _, each in scores)
    without = sum(each.precision is None and each.recall is None for _, each in scores)
    intro = f"""\
{total} alarms on {len(projects)} projects, each read and sorted by hand: {", ".join(projects)}.

*true*: the line breaks at run time as the rule says, or will. *false*: it does not. *missed*: found by hand, not by
the rule. Precision is true / (true + false), recall true / (true + missed), both rounded down; `-` where these projects
have no case. Of {without} of {len(scores)} rules they say no more than that the rule, where it is on by default,
gives no false alarm here: its examples and tests are all that speaks for what it finds. A rule that is off until
selected is not run. A rule that is measured stays on by default with a precision of {PRECISION:.0%} and a recall of
{RECALL:.0%}. What a project silences itself (`noqa`, its settings of flake8) counts all the same. Each row with its
reason is in `benchmarks/labels.tsv`, the commits are in `benchmarks/corpus.tsv`.
"""
    command = "```console\n$ python benchmarks/accuracy.py FOLDER_OF_CHECKOUTS --write\n```"
    return replace_part(text, START, END, f"{intro}\n{command}\n\n{table(scores)}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MissingMarkers as error:
        sys.exit(f"accuracy: docs/{PAGE.name} {error}")
    except KeyboardInterrupt:
        sys.exit(130)
