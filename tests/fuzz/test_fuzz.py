"""The fuzzer sees what it looks for, and what it has found stays mended."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

import pytest

from tests.fuzz.case import Case, opened
from tests.fuzz.client import Worker
from tests.fuzz.programs import deep
from tests.fuzz.stream import KINDS, cases

DISTANT_SEED = b"import pytest\n# \x0c one line, as Python counts\n# lfx: seed\n@pytest.fixture\ndef rows(db): ...\n"
USING = b"from conftest import *\ndef test_it(rows, db): ...\n"
ANSWERING = "import sys\nfor line in sys.stdin: print('[]', flush=True)"
DYING = "import sys\nsys.stdin.readline()\nsys.exit(7)"
DYING_OF_BAD = "import sys\nfor line in sys.stdin:\n  if 'bad' in line: sys.exit(7)\n  print('[]', flush=True)"
HANGING = "import time\ntime.sleep(60)"


def _worker(program: str) -> Worker:
    return Worker((sys.executable, "-c", program))


@pytest.mark.parametrize(
    ("program", "found"),
    [
        (ANSWERING, []),
        (DYING, ["death: the process ended with 7"]),
        (HANGING, ["hang: no answer within 2 s"]),
    ],
    ids=["answers", "dies", "hangs"],
)
def test_a_worker_that_dies_or_hangs_is_a_finding(program: str, found: list[str]) -> None:
    with _worker(program) as worker:
        assert worker.judge(Case("case", {"test_it.py": b""}), seconds=2) == found


def test_a_worker_that_died_is_replaced() -> None:
    with _worker(
        "import sys\nline = sys.stdin.readline()\nif 'test_bad' not in line: print('[]', flush=True)"
    ) as worker:
        bad, good = (Case(name, {f"{name}.py": b""}) for name in ("test_bad", "test_good"))
        assert worker.judge(bad)[0].startswith("death: ")
        assert worker.judge(good) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_one_seed_gives_the_same_cases(kind: str) -> None:
    one, other = (cases(random.Random(7), None, [kind]) for _ in range(2))
    assert [next(one) for _ in range(2)] == [next(other) for _ in range(2)]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as started:
        yield started


FOUND = {
    "a form feed in a comment ends no line": DISTANT_SEED,
    "a line separator in a comment ends no line": DISTANT_SEED.replace(b"\x0c", "\u2028".encode()),
    "next line in a comment ends no line": DISTANT_SEED.replace(b"\x0c", "\x85".encode()),
    "carriage returns alone": DISTANT_SEED.replace(b"\n", b"\r"),
    "latin-1 by a cookie": b"# coding: latin-1\n# \xe9\n" + DISTANT_SEED,
    "latin-1 without one": b"# \xe9\n" + DISTANT_SEED,
    "byte order mark": b"\xef\xbb\xbf" + DISTANT_SEED,
    "NUL": DISTANT_SEED + b"\x00",
    "surrogate by an escape codec": b"# coding: raw_unicode_escape\n# \\ud800\n" + DISTANT_SEED,
    "codec that is none for text": b"# coding: rot13\n" + DISTANT_SEED,
    "a name that no file can hold": b"import pytest\n@pytest.mark.usefixtures('\\ud800')\ndef test_a(): ...\n",
    "two hundred fixtures in a chain": opened(
        b"import pytest\n" + b"".join(b"@pytest.fixture\ndef f%d(f%d): ...\n" % (n, n + 1) for n in range(200))
    ),
    "nothing": b"",
}


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND)
def test_what_was_found_stays_mended(worker: Worker, source: bytes) -> None:
    assert worker.judge(Case("found", {"tests/conftest.py": source, "tests/test_it.py": USING})) == []


@pytest.mark.parametrize("depth", [600, 3000])
@pytest.mark.parametrize("seed", range(8))
def test_deep_programs(worker: Worker, seed: int, depth: int) -> None:
    source = opened(deep(random.Random(seed), depth))
    assert worker.judge(Case("deep", {"tests/conftest.py": source, "tests/test_it.py": USING})) == []


@pytest.mark.parametrize("repeated", ["-", "not ", "a if b else ", "lambda: "])
def test_where_depth_begins_to_be_too_deep(worker: Worker, repeated: str) -> None:
    """Of writing facts and reading them again one may still be able to follow what the other is not."""
    depths = {f"test_{depth}.py": f"x = {repeated * depth}1\n".encode() for depth in range(60, 480, 12)}
    assert worker.judge(Case("deep", depths)) == []
