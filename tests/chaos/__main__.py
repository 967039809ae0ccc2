"""`python -m tests.chaos --times 100`: that many mishaps in turns, each at a random moment."""

import argparse
import itertools
import random
import sys
import time
from collections import Counter

from tests.chaos.mishaps import MISHAPS
from tests.chaos.run import survive
from tests.chaos.scene import scene


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--only", choices=sorted(MISHAPS), action="append", help="this kind of mishap; may be repeated")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    bad, started = Counter[str](), time.monotonic()
    with scene(given.seed) as found:
        for number, name in zip(range(given.times), itertools.cycle(given.only or MISHAPS), strict=False):
            problems = survive(name, found)
            bad[name] += len(problems)
            print(f"{number + 1:4} {name}: {'; '.join(problems) or 'all holds'}", flush=True)
    words = ", ".join(f"{name} {count}" for name, count in bad.items() if count)
    print(f"{given.times} mishaps in {time.monotonic() - started:.0f} s: {words or 'nothing lost, nothing left'}")
    return 1 if words else 0


if __name__ == "__main__":
    sys.exit(main())
