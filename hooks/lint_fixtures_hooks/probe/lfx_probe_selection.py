"""Which of the collected tests run: those of one shard or of a replay; and those of changed files first."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest


def apply(items: list[pytest.Item], selection: dict[str, Any], root: str) -> None:
    """Changes `items` in place. Every worker of pytest-xdist comes to the same list."""
    if selection["only"]:
        places = {nodeid: place for place, nodeid in enumerate(selection["only"])}
        _keep(items, places.keys())
        items.sort(key=lambda item: places[item.nodeid])
    if selection["shard"]:
        _keep(items, part([item.nodeid for item in items], selection["durations"], *selection["shard"]))
    if selection["first"]:
        first = {Path(root, path) for path in selection["first"]}
        items.sort(key=lambda item: item.path not in first)


def take_testmon_along(option: Any, plan: dict[str, Any]) -> None:
    """pytest-testmon may put first what a change affects, and leave out nothing: a stamp is for the whole suite."""
    if not (getattr(option, "testmon", False) or getattr(option, "testmon_forceselect", False)):
        return
    option.testmon_forceselect = False
    option.testmon_noselect = True
    if plan["order"] != "given" or plan["selection"]["only"]:
        setattr(option, "no-testmon", True)
    plan["selection"]["first"] = []


def digest(items: list[pytest.Item]) -> str:
    """Of everything that was collected, before a shard is cut out of it."""
    return digest_of(item.nodeid for item in items)


def digest_of(nodeids: Any) -> str:
    return hashlib.sha256("\0".join(sorted(nodeids)).encode()).hexdigest()


def part(nodeids: list[str], durations: dict[str, float], index: int, count: int) -> set[str]:
    """Neighbours stay together, so that a module's fixtures are made once; unknown tests weigh what the known do.

    Never empty while there are as many tests as parts.
    """
    ordered = sorted(nodeids)
    known = [durations[nodeid] for nodeid in ordered if nodeid in durations]
    usual = (sum(known) / len(known) if known else 1.0) or 1.0
    weights = [durations.get(nodeid, usual) for nodeid in ordered]
    total, before = sum(weights) or 1.0, 0.0
    cuts = [0]
    for place, weight in enumerate(weights):
        if len(cuts) < count and place > cuts[-1]:
            enough = before + weight / 2 >= total * len(cuts) / count
            needed = len(ordered) - place <= count - len(cuts)
            if enough or needed:
                cuts.append(place)
        before += weight
    cuts += [len(ordered)] * (count + 1 - len(cuts))
    return set(ordered[cuts[index - 1] : cuts[index]])


def _keep(items: list[pytest.Item], wanted: Any) -> None:
    others = [item for item in items if item.nodeid not in wanted]
    if others:
        others[0].config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.nodeid in wanted]
