"""One self-contained HTML page: no script, nothing loaded from elsewhere, everything escaped by the template engine."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from lint_fixtures_hooks.isolation import VERIFIED
from lint_fixtures_hooks.junit import title
from lint_fixtures_hooks.results import PASSED

TEMPLATE = Path(__file__).with_name("page.html")
SLOWEST = 15
ROWS = 5000  # of the folded table of tests that always passed
HEADS = {"verified": "Verified", "not-verified": "Not verified", "unknown": "Could not tell"}
Row = tuple[str, list[str]]


def text(report: Mapping[str, Any]) -> str:
    engine = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    rows = _matrix(report["runs"])
    page = engine.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        report=report,
        head=HEADS[report["verdict"]] + _limits(report),
        titles=[title(run) for run in report["runs"]],
        odd=[row for row in rows if set(row[1]) != {PASSED}],
        steady=[row for row in rows if set(row[1]) == {PASSED}][:ROWS],
        tests=len(rows),
        tables=_leaks_by_object(report["leaks"]),
        slow_tests=_slow_tests(report["runs"]),
        slow_fixtures=_slow_fixtures(report["runs"]),
    )
    return page.replace("\x00", "\ufffd")


def _limits(report: Mapping[str, Any]) -> str:
    if report["verdict"] != VERIFIED:
        return ""
    if not report["whole"]:
        return " for the given tests only"
    return f" for shard {report['shard']['index']}/{report['shard']['count']} only" if report["shard"] else ""


def _matrix(runs: Sequence[Mapping[str, Any]]) -> list[Row]:
    tests = dict.fromkeys(nodeid for run in runs for nodeid in run["outcomes"])
    return [(nodeid, [run["outcomes"].get(nodeid, "not run") for run in runs]) for nodeid in tests]


def _leaks_by_object(leaks: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The table, or whatever was left, with most leaks first."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for leak in leaks:
        found.setdefault(f"{leak['kind']}: {leak['object']}", []).append(leak)
    return sorted(found.items(), key=lambda item: -len(item[1]))


def _slow_tests(runs: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """By the slowest of their runs, in seconds."""
    seconds: dict[str, float] = {}
    for run in runs:
        for nodeid, spent in run["durations"].items():
            seconds[nodeid] = max(spent, seconds.get(nodeid, 0.0))
    return sorted(seconds.items(), key=lambda item: -item[1])[:SLOWEST]


def _slow_fixtures(runs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of all workers of the first run."""
    made = [fixture for run in runs[:1] for fixture in run["fixtures"]]
    return sorted(made, key=lambda fixture: -float(fixture["seconds"]))[:SLOWEST]
