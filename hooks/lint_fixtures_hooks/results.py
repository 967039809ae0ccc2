"""What the probe wrote, as facts: the only reader of its files."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lint_fixtures_hooks.errors import HookError

PASSED, FAILED, ERROR, SKIPPED, XFAILED, XPASSED = "passed", "failed", "error", "skipped", "xfailed", "xpassed"
BAD = frozenset({FAILED, ERROR})


@dataclass(frozen=True)
class Failure:
    """`frames` are (path, line) inside the work tree, outermost first; paths are relative to its top."""

    nodeid: str
    type: str
    message: str
    frames: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Written:
    path: str
    nodeid: str
    folder: bool = False


@dataclass(frozen=True)
class Span:
    """Seconds since the epoch, from before a test's set-up until after its teardown."""

    nodeid: str
    start: float
    stop: float


@dataclass(frozen=True)
class FixtureTime:
    """`name` is node id::fixture; `seconds` for all `count` times that it was set up."""

    name: str
    scope: str
    count: int
    seconds: float


@dataclass(frozen=True)
class Records:
    """One run of pytest; `order` holds, per worker, the tests in the order in which they started.

    `collection` is a digest of all node ids that pytest collected, before a shard was cut out of them; `deselected`
    counts those that it left out by -k, -m and their kind.
    """

    outcomes: Mapping[str, str] = field(default_factory=dict)
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    collected: tuple[str, ...] = ()
    collection: str = ""
    deselected: int = 0
    failures: tuple[Failure, ...] = ()
    written: tuple[Written, ...] = ()
    opened: frozenset[str] = frozenset()
    spans: tuple[Span, ...] = ()
    fixtures: tuple[FixtureTime, ...] = ()
    unfinished: tuple[str, ...] = ()
    complete: bool = False


def read(folder: Path) -> Records:
    lines = [record for path in sorted(folder.glob("*.jsonl")) for record in _lines(path)]
    kinds: dict[str, list[dict[str, Any]]] = {}
    for record in lines:
        kinds.setdefault(record["kind"], []).append(record)
    collected = tuple(dict.fromkeys(nodeid for record in kinds.get("collected", ()) for nodeid in record["nodeids"]))
    stopped = {(record["worker"], record["nodeid"]) for record in kinds.get("stop", ())}
    started = [(record["worker"], record["nodeid"]) for record in kinds.get("start", ())]
    return Records(
        outcomes=_outcomes(kinds.get("report", ()), kinds.get("collect-error", ())),
        order={worker: tuple(n for w, n in started if w == worker) for worker, _ in started},
        collected=collected,
        collection=next((record["collection"] for record in kinds.get("collected", ())), ""),
        deselected=max((record["deselected"] for record in kinds.get("collected", ())), default=0),
        failures=tuple(_failure(record) for record in kinds.get("failure", ())),
        written=tuple(Written(r["path"], r["nodeid"], r["folder"]) for r in kinds.get("written", ())),
        opened=frozenset(path for record in kinds.get("finish", ()) for path in record["opened"]),
        spans=tuple(Span(r["nodeid"], r["start"], r["time"]) for r in kinds.get("stop", ())),
        fixtures=tuple(_fixture(made) for record in kinds.get("fixtures", ()) for made in record["made"]),
        unfinished=tuple(nodeid for worker, nodeid in started if (worker, nodeid) not in stopped),
        complete=any(record["worker"] == "" for record in kinds.get("finish", ())),
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """A process that is killed leaves half a line at the end, and nothing else."""
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if not line.endswith("\n"):
            return
        try:
            yield json.loads(line)
        except json.JSONDecodeError as error:
            raise HookError(f"the probe's results cannot be read ({path.name}): {error}") from error


def _outcomes(reports: Iterable[Mapping[str, Any]], broken: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    outcomes = {record["nodeid"]: ERROR for record in broken}
    for record in reports:
        nodeid, outcome = record["nodeid"], _outcome(record)
        if outcome and outcomes.get(nodeid) not in BAD:
            outcomes[nodeid] = outcome
    return outcomes


def _outcome(report: Mapping[str, Any]) -> str | None:
    """None for a phase that says nothing: a passed set-up or teardown, an attempt that is run again."""
    when, outcome = report["when"], report["outcome"]
    if outcome == "failed":
        return FAILED if when == "call" else ERROR
    if outcome == "skipped":
        return XFAILED if report["xfail"] else SKIPPED
    if outcome == "passed" and when == "call":
        return XPASSED if report["xfail"] else PASSED
    return None


def _failure(record: Mapping[str, Any]) -> Failure:
    frames = tuple((path.replace("\\", "/"), line) for path, line in record["frames"])
    return Failure(record["nodeid"], record["type"], record["message"], frames)


def _fixture(made: list[Any]) -> FixtureTime:
    base, name, scope, count, seconds = made
    return FixtureTime(f"{base}::{name}" if base else name, scope, count, seconds)
