"""`verify-suite merge`: the reports of all shards as one verdict and one stamp, or a refusal."""

import hashlib
import json
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lint_fixtures_hooks import claim, git, notes, report, stamp
from lint_fixtures_hooks.errors import HookError, UsageError
from lint_fixtures_hooks.isolation import EXIT_CODES, NOT_VERIFIED, UNKNOWN, VERIFIED
from lint_fixtures_hooks.version import version

Report = Mapping[str, Any]
LISTS = (
    *("leaks", "escaped", "order_dependence", "flaky", "tree_changes", "untracked_used", "files_touched"),
    *("diagnoses", "not_seen_statically"),
)


def run(given: Namespace) -> int:
    shards = [_read(Path(folder)) for folder in given.folders]
    joined = join(shards)
    if given.report:
        report.write(Path(given.report), joined)
    tests = sum(len(shard["runs"][0]["outcomes"]) if shard["runs"] else 0 for shard in shards)
    if joined["verdict"] == VERIFIED and joined["whole"]:
        _stamp(joined, tests, given.notes)
    verified = "verified" if joined["whole"] else "verified for the given tests only: no stamp"
    says = {VERIFIED: verified, NOT_VERIFIED: "not verified", UNKNOWN: "could not tell"}[joined["verdict"]]
    reason = f": {joined['reason']}" if joined["reason"] else ""
    print(f"verify-suite: {len(shards)} shards, {tests} tests: {says}{reason} (tree {joined['tree'][:12]})")
    for shard in shards:
        if shard["verdict"] != VERIFIED:
            print(f"    shard {shard['shard']['index']}: {shard['verdict']}, see its report")
    return EXIT_CODES[joined["verdict"]]


def _read(folder: Path) -> dict[str, Any]:
    path = folder / "report.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}: give folders that `--shard I/N --report DIR` wrote") from error
    except ValueError as error:
        raise UsageError(f"{path}: not a report of verify-suite: {error}") from error
    if not isinstance(found, dict) or found.keys() < report.EMPTY.keys():
        raise UsageError(f"{path}: not a report of this verify-suite")
    if found["version"] != report.VERSION:
        raise UsageError(f"{path}: version {found['version']} of the report, not {report.VERSION}")
    if not found["runs"]:
        raise HookError(f"{path}: nothing ran there: {found['reason']}")
    if not found["shard"]:
        raise UsageError(f"{path}: a run of the whole suite, not of a shard")
    try:
        claim.of_json(found["claim"])
    except (TypeError, AttributeError) as error:
        raise UsageError(f"{path}: not a report of this verify-suite") from error
    return {**found, "folder": str(folder)}


def join(shards: Sequence[Report]) -> dict[str, Any]:
    """Raises UsageError where the parts are not those of one whole."""
    for what in ("tree", "tool", "mode", "plan", "whole"):
        _same(shards, what, [str(shard[what]) for shard in shards])
    _same(shards, "number of shards", [str(shard["shard"]["count"]) for shard in shards])
    _same(shards, "folder", [str(shard["claim"].get("place")) for shard in shards])
    _same(shards, "collection", [shard["shard"]["collection"] for shard in shards])
    orders = [str([(run["order"], run["seed"]) for run in shard["runs"]]) for shard in shards]
    _complete(shards)
    verdict = _worst([shard["verdict"] for shard in shards])
    if verdict == VERIFIED:
        _same(shards, "orders", orders)
    isolated = [shard["isolated"] for shard in shards]
    return {
        **shards[0],
        **{name: [item for shard in shards for item in shard[name]] for name in LISTS},
        "shard": None,
        "key": _key(shards),
        "claim": _claim(shards),
        "verdict": verdict,
        "green": all(shard["green"] for shard in shards),
        "isolated": False if False in isolated else None if None in isolated else True,
        "tree_clean": all(shard["tree_clean"] for shard in shards),
        "failures": [failure for shard in shards for failure in shard["failures"]],
        "reason": "; ".join(dict.fromkeys(shard["reason"] for shard in shards if shard["reason"])),
        "runs": _runs(shards),
    }


def _same(shards: Sequence[Report], what: str, values: Sequence[str]) -> None:
    for shard, value in zip(shards, values, strict=True):
        if value != values[0]:
            first = shards[0]["folder"]
            raise UsageError(
                f"not one suite: {what} is {values[0][:40]} in {first} and {value[:40]} in {shard['folder']}"
            )


def _complete(shards: Sequence[Report]) -> None:
    count = shards[0]["shard"]["count"]
    given = [shard["shard"]["index"] for shard in shards]
    for index in range(1, count + 1):
        if given.count(index) != 1:
            state = "missing" if index not in given else "given twice"
            raise UsageError(f"shard {index}/{count} is {state}: all of them, each once, make the whole")
    seen: dict[str, str] = {}
    for shard in shards:
        for nodeid in shard["runs"][0]["outcomes"]:
            if nodeid in seen:
                raise UsageError(f"{nodeid} ran in {seen[nodeid]} and in {shard['folder']}")
            seen[nodeid] = shard["folder"]
    if all(shard["verdict"] == VERIFIED for shard in shards) and _digest(seen) != shards[0]["shard"]["collection"]:
        raise UsageError(f"the {len(seen)} tests of all shards are not the ones that were collected")


def _digest(nodeids: Iterable[str]) -> str:
    """As the probe computes it in every shard, before it cuts."""
    return hashlib.sha256("\0".join(sorted(nodeids)).encode()).hexdigest()


def _worst(words: Sequence[str]) -> str:
    return next((word for word in (NOT_VERIFIED, UNKNOWN) if word in words), VERIFIED)


def _key(shards: Sequence[Report]) -> str:
    """Of no single machine's interpreter: it answers `status`, and no run elsewhere is spared by it."""
    return hashlib.sha256("\0".join(sorted(str(shard["key"]) for shard in shards)).encode()).hexdigest()[:32]


def _claim(shards: Sequence[Report]) -> dict[str, Any]:
    """Theirs; variables that are not the same on all machines are nobody's."""
    variables = {shard["claim"].get("env") for shard in shards}
    return {**shards[0]["claim"], **({"env": ""} if len(variables) > 1 else {})}


def _runs(shards: Sequence[Report]) -> list[dict[str, Any]]:
    """The n-th runs of all shards as one; a shard that ended early has fewer."""
    runs = []
    for number in range(max(len(shard["runs"]) for shard in shards)):
        parts = [(shard, shard["runs"][number]) for shard in shards if number < len(shard["runs"])]
        runs.append(
            {
                **parts[0][1],
                "outcomes": {nodeid: word for _, run in parts for nodeid, word in run["outcomes"].items()},
                "durations": {nodeid: spent for _, run in parts for nodeid, spent in run["durations"].items()},
                "fixtures": [fixture for _, run in parts for fixture in run["fixtures"]],
                "exit_code": max(run["exit_code"] for _, run in parts),
                "seconds": max(run["seconds"] for _, run in parts),
                "tests_of_workers": {
                    f"shard {shard['shard']['index']} {worker}": tests
                    for shard, run in parts
                    for worker, tests in run["tests_of_workers"].items()
                },
            }
        )
    return runs


def _stamp(joined: Report, tests: int, noted: bool) -> None:
    repo = git.discover(Path.cwd())
    found = stamp.Stamp(
        joined["tree"],
        joined["key"],
        stamp.now(),
        version(),
        claim.of_json(joined["claim"]),
        tests,
        joined["runs"][0]["deselected"],
        joined["postgres"]["version"],
    )
    stamp.write(repo, found, joined)
    if noted:
        notes.write(repo, found)
