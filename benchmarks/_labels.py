"""Alarms on real lines, sorted by people: what is right, what is not, and what was not seen."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

TRUE, FALSE, MISSED = "true", "false", "missed"
COLUMNS = ("project", "path", "line", "code", "verdict", "why")


class BrokenTable(Exception):
    """One line: which file, where, and what is wrong."""


@dataclass(frozen=True, order=True)
class Spot:
    """Where a rule speaks, or should."""

    project: str
    path: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.project}/{self.path}:{self.line}: {self.code}"


@dataclass(frozen=True)
class Score:
    """One rule: alarms by what people say of them, and what it did not see. Shares are None when there is nothing."""

    code: str
    true: int
    false: int
    missed: int
    unlabelled: int

    @property
    def precision(self) -> float | None:
        return self.true / (self.true + self.false) if self.true + self.false else None

    @property
    def recall(self) -> float | None:
        return self.true / (self.true + self.missed) if self.true + self.missed else None


def read_table(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a file with tabs. Raises BrokenTable, also for a row with more or fewer columns than the head."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except OSError as error:
        raise BrokenTable(f"{path}: {error.strerror}") from None
    if not rows or tuple(rows[0]) != columns:
        raise BrokenTable(f"{path}:1: the columns must be {', '.join(columns)}")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(columns):
            raise BrokenTable(f"{path}:{number}: {len(row)} columns, not {len(columns)}")
    return [dict(zip(columns, row, strict=True)) for row in rows[1:]]


def read_labels(path: Path) -> dict[Spot, str]:
    """The verdict on each spot. Raises BrokenTable."""
    found: dict[Spot, str] = {}
    for number, row in enumerate(read_table(path, COLUMNS), 2):
        if row["verdict"] not in (TRUE, FALSE, MISSED) or not row["line"].isdigit() or not row["why"].strip():
            raise BrokenTable(f"{path}:{number}: needs a line number, a verdict (true, false or missed) and a reason")
        spot = Spot(row["project"], row["path"], int(row["line"]), row["code"])
        if spot in found:
            raise BrokenTable(f"{path}:{number}: {spot} stands there twice")
        found[spot] = row["verdict"]
    return found


def score(code: str, alarms: Iterable[Spot], labels: Mapping[Spot, str]) -> Score:
    """Of one rule. What was seen once and is no more counts as missed, what was missed once and is seen as true."""
    now = {spot for spot in alarms if spot.code == code}
    told = {spot: verdict for spot, verdict in labels.items() if spot.code == code}
    verdicts = Counter(told.get(spot, "") for spot in now)
    gone = sum(verdict != FALSE for spot, verdict in told.items() if spot not in now)
    return Score(code, verdicts[TRUE] + verdicts[MISSED], verdicts[FALSE], gone, verdicts[""])
