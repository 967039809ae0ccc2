"""report.json, version 1: these keys stay, more may follow. The page and JUnit's XML are made from it."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lint_fixtures_hooks import junit, page, replay
from lint_fixtures_hooks.bench import Run
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.isolation import UNKNOWN
from lint_fixtures_hooks.masking import masked
from lint_fixtures_hooks.settings import Settings
from lint_fixtures_hooks.subject import Subject
from lint_fixtures_hooks.verify import Outcome

VERSION = 1
OURS = re.compile(r"(report\.json|junit\.xml|index\.html|pytest(-\d+)?\.log)(\.part)?")
IGNORE = ".gitignore"
TOUCHED = 500  # files written by tests that are listed
EMPTY: Mapping[str, Any] = {
    "version": VERSION,
    "tool": "",
    "tree": "",
    "key": "",
    "mode": "",
    "plan": "",
    "whole": False,
    "claim": {},
    "shard": None,
    "verdict": UNKNOWN,
    "green": False,
    "isolated": None,
    "tree_clean": False,
    "postgres": {"provider": "", "version": ""},
    "runs": [],
    "failures": [],
    "leaks": [],
    "escaped": [],
    "order_dependence": [],
    "flaky": [],
    "tree_changes": [],
    "untracked_used": [],
    "files_touched": [],
    "diagnoses": [],
    "not_seen_statically": [],
    "reason": "",
}


def of_outcome(outcome: Outcome, subject: Subject, key: str, tool: str) -> dict[str, Any]:
    verdict, evidence = outcome.verdict, outcome.evidence
    server = outcome.runs[0].server
    return {
        **EMPTY,
        "tool": tool,
        "tree": subject.tree,
        "key": key,
        "mode": subject.settings.mode,
        "plan": _plan(subject.settings),
        "whole": subject.whole,
        "claim": asdict(subject.claim),
        "shard": _shard(outcome, subject),
        "verdict": verdict.word,
        "green": verdict.green,
        "isolated": verdict.isolated,
        "tree_clean": verdict.tree_clean,
        "postgres": {"provider": server.provider, "version": server.version, "reason": server.reason},
        "runs": [_run(run) for run in outcome.runs],
        "failures": list(_failures(outcome)),
        "leaks": list(_leaks(outcome)),
        "escaped": [asdict(leak) for leak in dict.fromkeys(leak for run in outcome.runs for leak in run.escaped)],
        "order_dependence": [asdict(pair) for pair in evidence.dependence],
        "flaky": list(replay.flaky(outcome.explanations)),
        "tree_changes": [asdict(change) for change in evidence.changes],
        "untracked_used": list(evidence.untracked_used),
        "files_touched": _touched(outcome),
        "diagnoses": [asdict(diagnosis) for diagnosis in outcome.diagnoses],
        "not_seen_statically": [asdict(diagnosis) for diagnosis in outcome.not_seen],
        "reason": verdict.reason,
    }


def of_failure(reason: str, tree: str, tool: str) -> dict[str, Any]:
    """Nothing was proved and nothing disproved."""
    return {**EMPTY, "tool": tool, "tree": tree, "reason": reason}


def _plan(settings: Settings) -> str:
    """Stands for what all shards of one suite have in common; of variables the names alone, their values may differ."""
    common = [settings.tests, settings.args, settings.setup, sorted(settings.env), settings.mode, settings.shuffles]
    facts = json.dumps([*common, settings.allow_leaks, settings.major])
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def _shard(outcome: Outcome, subject: Subject) -> dict[str, Any] | None:
    """`collection` stands for all tests of the suite, whichever part of them this shard ran."""
    if subject.shard is None:
        return None
    collection = outcome.runs[0].result.records.collection
    return {"index": subject.shard.index, "count": subject.shard.count, "collection": collection}


def _run(run: Run) -> dict[str, Any]:
    result = run.result
    return {
        "order": result.order.name,
        "seed": result.order.seed,
        "workers": result.workers,
        "outcomes": dict(result.records.outcomes),
        "deselected": result.records.deselected,
        "exit_code": result.exit_code,
        "seconds": round(result.seconds, 3),
        "tests_of_workers": {name or "main": list(order) for name, order in result.records.order.items()},
        "durations": {span.nodeid: round(span.stop - span.start, 4) for span in result.records.spans},
        "fixtures": [asdict(fixture) for fixture in result.records.fixtures],
    }


def _leaks(outcome: Outcome) -> Iterator[dict[str, Any]]:
    for leak in outcome.evidence.leaks:
        rules = [{"code": found.code, "path": found.path, "line": found.line} for found in outcome.blamed.get(leak, ())]
        yield {**asdict(leak), "allowed": leak.nodeid in outcome.evidence.allowed, "rules": rules}


def _failures(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """`run` is the number of the run, from 0."""
    for number, run in enumerate(outcome.runs):
        for failure in run.result.records.failures:
            message = masked(failure.message, (run.server.password,))
            yield {"run": number, "nodeid": failure.nodeid, "type": failure.type, "message": message} | {
                "frames": [list(frame) for frame in failure.frames]
            }


def _touched(outcome: Outcome) -> list[dict[str, str]]:
    written = dict.fromkeys((item.path, item.nodeid) for run in outcome.runs for item in run.result.records.written)
    return [{"path": path, "nodeid": nodeid} for path, nodeid in sorted(written)[:TOUCHED]]


def write(folder: Path, report: Mapping[str, Any], outcome: Outcome | None = None) -> None:
    files = {"report.json": json.dumps(report, indent=1), "junit.xml": junit.text(report)}
    for number, run in enumerate(outcome.runs if outcome else ()):
        files[f"pytest-{number}.log" if number else "pytest.log"] = log_of(run)
    files["index.html"] = page.text(report)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _hide(folder)
        for name, text in files.items():
            part = folder / f"{name}.part"
            part.write_text(text, encoding="utf-8", errors="backslashreplace")
            part.replace(folder / name)
    except OSError as error:
        raise HookError(f"the report cannot be written to {folder}: {error}") from error


def _hide(folder: Path) -> None:
    """From git, as pytest hides its cache; not a folder that holds anything else, such as the top of the tree."""
    in_tree = any((parent / ".git").exists() for parent in folder.absolute().parents)
    if in_tree and all(OURS.fullmatch(path.name) for path in folder.iterdir()):
        (folder / IGNORE).write_text("# made by verify-suite\n*\n", encoding="utf-8")


def log_of(run: Run) -> str:
    text = run.result.log.read_text(encoding="utf-8", errors="replace")
    return masked(text, (run.server.password,))
