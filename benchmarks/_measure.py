"""Runs flake8 in child processes and says what each run took."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks._environments import Environment, clean_environ

# one width for all variants, and wide enough that bare flake8 does not spend its time on reporting E501
OPTIONS = ("--isolated", "--max-line-length=120", "--extend-ignore=E203")
LAUNCH = Path(__file__).with_name("_launch.py")
_START = Path(__file__).with_name("_start.py")
VALGRIND = (shutil.which("valgrind") or "", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")


@dataclass(frozen=True)
class Variant:
    """How flake8 is run; `cold` starts from an empty cache of facts every time."""

    label: str
    environment: Environment
    cold: bool = False


@dataclass(frozen=True)
class Case:
    """What flake8 is asked: `paths` relative to `root`, or the content of `stdin` under its name."""

    name: str
    subject: str
    root: Path
    paths: tuple[str, ...] = ()
    stdin: str | None = None
    jobs: int = 1
    start: str = ""  # how workers are started, where not as flake8 does by itself: fork, forkserver or spawn
    edited: str = ""  # what is edited before every run: "beside", something else of the project, or "own", the buffer


@dataclass(frozen=True)
class Cost:
    """Of one run, children included, or of the median run: seconds of user CPU and of wall time, peak KiB of a process.

    `instructions` is None where nothing can count them.
    """

    user: float
    wall: float
    memory: float
    instructions: int | None = None


def can_count() -> bool:
    return bool(VALGRIND[0])


def instructions_in(log: str) -> int:
    """What valgrind counted. Raises SystemExit when its log says nothing of it."""
    found = re.search(r"I\s+refs:\s+([\d,]+)", log)
    if found is None:
        raise SystemExit("valgrind printed no count of instructions")
    return int(found[1].replace(",", ""))


class Runner:
    """Runs cases; `scratch` takes outputs and the caches of facts."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._warm = scratch / "warm"

    def costs(self, case: Case, variants: Sequence[Variant], rounds: int, count: bool) -> dict[str, Cost]:
        """The median cost of each variant by label, the variants taking turns.

        Raises SystemExit when flake8 fails or a variant changes what flake8 itself reports.
        """
        self._agree({variant.label: self._run(case, variant)[1] for variant in variants}, case)  # and warms up
        samples: dict[str, list[Cost]] = {variant.label: [] for variant in variants}
        for _ in range(rounds):
            for variant in variants:
                samples[variant.label].append(self._run(case, variant)[0])
        counted = (
            self._in_pairs(lambda variant: self._count(case, variant), variants) if count else [None] * len(variants)
        )
        return {
            variant.label: Cost(
                median(each.user for each in samples[variant.label]),
                median(each.wall for each in samples[variant.label]),
                median(each.memory for each in samples[variant.label]),
                instructions,
            )
            for variant, instructions in zip(variants, counted, strict=True)
        }

    def _run(self, case: Case, variant: Variant, prefix: Sequence[str] = ()) -> tuple[Cost, str]:
        with tempfile.TemporaryDirectory(dir=self._scratch) as name, tempfile.TemporaryFile() as stdin:
            place = Path(name)
            if case.edited == "beside":
                (case.root / "edited.py").write_text(f"# {name}\n")
            stdin.write(_buffer(case, place.name))
            stdin.seek(0)
            cache = place / "cold" if variant.cold else self._warm
            environ = {**clean_environ(), "LINT_FIXTURES_CACHE": str(cache)}
            launch = (sys.executable, "-I", "-S", str(LAUNCH), str(place / "cost"))
            module = (str(_START), case.start) if case.start else ("-m", "flake8")
            flake8 = (str(variant.environment.python), *module, *_arguments(case))
            done = subprocess.run(
                (*launch, *prefix, *flake8), cwd=case.root, env=environ, stdin=stdin, capture_output=True, check=False
            )
            if done.returncode not in (0, 1) or done.stderr:
                complaint = done.stderr.decode(errors="replace")
                raise SystemExit(f"flake8 with {variant.label} failed on {case.name} ({case.subject}):\n{complaint}")
            user, wall, memory = map(float, (place / "cost").read_text().split())
        return Cost(user, wall, memory), done.stdout.decode(errors="replace")

    def _count(self, case: Case, variant: Variant) -> int:
        with tempfile.NamedTemporaryFile("r", dir=self._scratch) as log:
            self._run(case, variant, (*VALGRIND, f"--log-file={log.name}"))
            return instructions_in(log.read())

    @staticmethod
    def _in_pairs(function: Callable[[Variant], int], variants: Sequence[Variant]) -> list[int]:
        with ThreadPoolExecutor(2) as pool:  # counts do not depend on what else runs
            return list(pool.map(function, variants))

    @staticmethod
    def _agree(outputs: dict[str, str], case: Case) -> None:
        expected = sorted(outputs["bare"].splitlines())
        ours = {
            label: sorted(text.splitlines()) for label, text in outputs.items() if label.startswith("lint-fixtures")
        }
        for label, lines in ours.items():
            if [line for line in lines if " LFX" not in line] != expected:
                raise SystemExit(f"{label} changes what flake8 itself reports on {case.name} ({case.subject})")
        if len({tuple(lines) for lines in ours.values()}) > 1:
            raise SystemExit(f"violations depend on the cache: {case.name} ({case.subject})")


def _buffer(case: Case, edit: str) -> bytes:
    if case.stdin is None:
        return b""
    return (case.root / case.stdin).read_bytes() + (f"# {edit}\n".encode() if case.edited == "own" else b"")


def _arguments(case: Case) -> tuple[str, ...]:
    name = () if case.stdin is None else ("--stdin-display-name", case.stdin)
    return (*OPTIONS, f"-j{case.jobs}", *name, *(("-",) if case.stdin else case.paths))
