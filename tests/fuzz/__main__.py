"""``python -m tests.fuzz --minutes N``: searches for inputs that the plugin does not stand. Exit 1: found some."""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.case import Case
from tests.fuzz.client import Worker
from tests.fuzz.stream import KINDS, cases


def main() -> int:
    given = _parser().parse_args()
    number = given.seed if given.seed is not None else int.from_bytes(os.urandom(4), "big")
    print(f"seed {number}", flush=True)
    tried: Counter[str] = Counter()
    seen: dict[str, str] = {}
    ends = time.monotonic() + given.minutes * 60
    with Worker() as worker:
        for case in cases(random.Random(number), given.corpus, given.only or list(KINDS)):
            tried[case.name.partition("-")[0]] += 1
            for line in worker.judge(case):
                if seen.setdefault(_kind(line), case.name) == case.name:
                    print(f"{case.name}: {line}", flush=True)
                    _keep(case, given.keep)
            if time.monotonic() > ends:
                break
    kinds = ", ".join(f"{count} {kind}" for kind, count in tried.most_common())
    print(f"{sum(tried.values())} cases ({kinds}): {len(seen)} kinds of failure")
    return 1 if seen else 0


def _kind(line: str) -> str:
    """Failures of one kind differ in names and numbers only."""
    return re.sub(r"\S*/\S*|\S+\.py\S*|\d+(\.\d+)?", "", line)[:120]


def _keep(case: Case, folder: Path | None) -> None:
    if folder is not None and case.files:
        case.lay(folder / case.name)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, help="the same cases in the same order (default: a random one, printed)")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="real projects to mutate and to check")
    parser.add_argument("--only", action="append", choices=list(KINDS), help="may be repeated")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="lays the projects that failed below DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main())
