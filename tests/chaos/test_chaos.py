"""Whatever is killed, full, stolen or turned back: the next run works, nothing is left, nothing of others is lost.

CHAOS_TIMES repeats each mishap so often (1); CHAOS_SEED makes the moments come again.
"""

import os
import random
from collections.abc import Iterator

import pytest

from tests.chaos.mishaps import MISHAPS
from tests.chaos.run import survive
from tests.chaos.scene import Scene, scene

TIMES = int(os.environ.get("CHAOS_TIMES", "1"))
SEED = int(os.environ.get("CHAOS_SEED") or random.randrange(2**32))


@pytest.fixture(scope="module")
def place() -> Iterator[Scene]:
    with scene(SEED) as found:
        yield found


@pytest.mark.parametrize("number", range(TIMES))
@pytest.mark.parametrize("name", MISHAPS)
def test_everything_holds_after(place: Scene, name: str, number: int) -> None:
    assert survive(name, place) == [], f"CHAOS_SEED={SEED}"
