"""``python -m tests.fuzz.bytewise FOLDER -max_total_time=300``: bytes changed where that reaches new code of ours.

Needs `pip install atheris`. FOLDER keeps what reached it; options are libFuzzer's. It ends at the first finding.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["lint_fixtures"]):
    from tests.fuzz.judge import judged

from tests.fuzz.case import Case, opened
from tests.fuzz.seeds import examples

CONFTEST = b"import pytest\n@pytest.fixture\ndef row(db): ...\n"


def main() -> None:
    kept = Path(sys.argv[1])
    kept.mkdir(parents=True, exist_ok=True)
    sources = [source for project in examples() for name, source in project.items() if name.endswith(".py")]
    for number, source in enumerate(sources):
        (kept / f"example-{number}").write_bytes(source)
    warnings.simplefilter("ignore")  # of the compiler, about the files that are checked
    atheris.Setup([sys.argv[0], *sys.argv[2:], "-timeout=120", str(kept)], _stands)
    atheris.Fuzz()


def _stands(source: bytes) -> None:
    case = Case("bytes", {"tests/conftest.py": CONFTEST, "tests/test_it.py": opened(source)})
    with tempfile.TemporaryDirectory(prefix="lfx-bytes-") as folder:
        found = list(judged(case.lay(Path(folder).resolve()), cached=True, deep=False))
    if found:
        raise AssertionError("\n".join(found))


if __name__ == "__main__":
    main()
