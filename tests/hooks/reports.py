"""report.json as a run writes it, with names that try to break out of whatever they are put in."""

from typing import Any

from lint_fixtures_hooks.report import EMPTY

HOSTILE = "tests/test_x.py::test_h[<script>alert(1)</script>\"'&\x07\x00-]]>-<img src=x onerror=a>-\u202e]"
CLEAN = "tests/test_x.py::TestA::test_clean[a::b]"


def run(order: str, seed: int | None, outcomes: dict[str, str]) -> dict[str, Any]:
    return {
        "order": order,
        "seed": seed,
        "workers": 0,
        "outcomes": outcomes,
        "deselected": 0,
        "exit_code": 1,
        "seconds": 1.5,
        "tests_of_workers": {"main": list(outcomes)},
        "durations": dict.fromkeys(outcomes, 0.25),
        "fixtures": [{"name": f"{HOSTILE}::db", "scope": "module", "count": 2, "seconds": 0.5}],
    }


def broken() -> dict[str, Any]:
    runs = [
        run("given", None, {CLEAN: "passed", HOSTILE: "failed"}),
        run("shuffled", 7, {HOSTILE: "passed", CLEAN: "passed"}),
    ]
    leak = {"nodeid": HOSTILE, "kind": "rows", "object": "<b>jobs</b>", "count": 1, "detail": "1 more row"}
    return {
        **EMPTY,
        "verdict": "not-verified",
        "isolated": False,
        "runs": runs,
        "failures": [{"run": 0, "nodeid": HOSTILE, "type": "<T>", "message": HOSTILE, "frames": [["<a>.py", 3]]}],
        "leaks": [
            {**leak, "fixture": False, "allowed": False, "rules": [{"code": "LFX305", "path": "<c>.py", "line": 5}]}
        ],
        "escaped": [{**leak, "fixture": False}],
        "order_dependence": [{"victim": HOSTILE, "polluter": CLEAN, "tests": [CLEAN], "kind": "polluted"}],
        "flaky": [HOSTILE],
        "tree_changes": [{"path": "<i>.txt", "change": "created", "nodeid": HOSTILE}],
        "untracked_used": ["<u>.py"],
        "files_touched": [{"path": "<f>.py", "nodeid": HOSTILE}],
        "diagnoses": [{"nodeid": HOSTILE, "code": "LFX502", "path": "<d>.py", "line": 4}],
        "reason": "<because>",
    }
