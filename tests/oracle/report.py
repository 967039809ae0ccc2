"""The table of all projects, for the terminal and for the documentation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lint_fixtures.docs import replace_part
from tests.oracle.run import Result

START = "<!-- pytest: written by python -m tests.oracle --plan PLAN --write docs/accuracy.md -->"
END = "<!-- pytest: end -->"

_HEAD = (
    *("project", "pytest", "tests", "pairs", "agree", "unknown", "wrong", "agree %"),
    *("only pytest", "only we", "broken"),
)


def table(results: Iterable[Result]) -> str:
    """One row for each name and version of pytest: results that share both are added up."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.name, result.pytest), []).append(result)
    rows = [_HEAD, *(_row(*key, group) for key, group in groups.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    padded = [[word.ljust(width) for word, width in zip(row, widths, strict=True)] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in padded]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _row(name: str, pytest: str, group: list[Result]) -> tuple[str, ...]:
    pairs, agree = sum(one.pairs for one in group), sum(one.agree for one in group)
    numbers = (
        *(sum(one.comparison.tests for one in group), pairs, agree),
        *(sum(one.unknown for one in group), sum(one.wrong for one in group)),
    )
    rest = (
        sum(len(one.comparison.only_pytest) for one in group),
        sum(len(one.comparison.only_ours) for one in group),
        sum(len(one.broken) for one in group),
    )
    share = f"{10000 * agree // pairs / 100:.2f}" if pairs else "-"  # rounded down: 100.00 means every single pair
    return (name, pytest, *map(str, numbers), share, *map(str, rest))


def markdown(page: str, results: Iterable[Result]) -> str:
    """The page with the table and what it means in its part. Raises MissingMarkers."""
    template = Path(__file__).with_name("accuracy.md").read_text(encoding="utf-8")
    return replace_part(page, START, END, template.replace("<!-- table -->", table(results)).strip())
