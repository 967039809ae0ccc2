"""What the fixture index costs: `python benchmarks/resolution.py PROJECT_DIR`; see README.md."""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file, it finds its own folder only

from benchmarks._environments import Environment, build_environments, clean_environ
from benchmarks._measure import LAUNCH, OPTIONS, VALGRIND, can_count, instructions_in
from benchmarks._report import machine
from benchmarks._trees import Source, Tree, build_tree

_INDEX = Path(__file__).with_name("_index.py")
_CPU, _MEMORY = 0.3, 2**20  # what must hold: times bare flake8's user CPU; KiB


@dataclass(frozen=True)
class Taken:
    """By one process: seconds of user CPU, peak KiB, and what it printed."""

    user: float
    memory: float
    printed: str


class Bench:
    """Runs flake8 and the index, each in its own environment; `scratch` takes outputs and caches."""

    def __init__(self, scratch: Path, bare: Environment, ours: Environment) -> None:
        self._scratch = scratch
        self._flake8 = (str(bare.python), "-m", "flake8", *OPTIONS, "-j1")
        self._index = (str(ours.python), str(_INDEX))

    def flake8(self, root: Path, paths: list[str], prefix: tuple[str, ...] = ()) -> Taken:
        return self._run((*prefix, *self._flake8, *paths), root)

    def index(
        self, task: str, root: Path, cache: Path, *rest: str, paths: str = "", prefix: tuple[str, ...] = ()
    ) -> Taken:
        return self._run((*prefix, *self._index, task, str(root), str(cache), *rest), root, paths)

    def cold(self, task: str, root: Path, paths: str = "", prefix: tuple[str, ...] = ()) -> Taken:
        with tempfile.TemporaryDirectory(dir=self._scratch) as cache:
            return self.index(task, root, Path(cache), paths=paths, prefix=prefix)

    def _run(self, command: tuple[str, ...], root: Path, text: str = "") -> Taken:
        with tempfile.NamedTemporaryFile("r", dir=self._scratch) as cost:
            launch = (sys.executable, "-I", "-S", str(LAUNCH), cost.name)
            done = subprocess.run(
                (*launch, *command), cwd=root, env=clean_environ(), input=text, capture_output=True, text=True
            )
            if done.returncode not in (0, 1) or done.stderr:
                raise SystemExit(f"{' '.join(command[:3])} ... failed:\n{done.stderr}")
            user, _, memory = map(float, cost.read().split())
        return Taken(user, memory, done.stdout)


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="index-speed-") as name:
        scratch = Path(name)
        bare, ours, *_ = build_environments(scratch / "environments")
        one = build_tree([arguments.project], scratch / "one", 1)
        tree = build_tree([arguments.project], scratch / "many", math.ceil(arguments.files / one.files))
        bench = Bench(scratch, bare, ours)
        failures = [*_whole(bench, tree, arguments.rounds)]
        if can_count():
            failures += _counted(bench, scratch, tree)
        failures += _lookups(bench, scratch, one, tree)
    print(f"\n{machine([bare.version])}")
    for failure in failures:
        print(f"must not be: {failure}", file=sys.stderr)
    return 1 if failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures the fixture index beside bare flake8.")
    parser.add_argument("project", type=_folder, metavar="PROJECT_DIR")
    parser.add_argument("--files", type=int, default=5000, help="the project is copied into itself up to this size")
    parser.add_argument("--rounds", type=int, default=1, help="timed runs of each; the median counts")
    return parser.parse_args()


def _folder(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"no such folder: {text}")
    return path


def _whole(bench: Bench, tree: Tree, rounds: int) -> list[str]:
    """Prints what the whole tree takes, and returns what is too much."""
    print(f"\n| {tree.files:,} files | user CPU, s | to bare flake8 | peak memory, MiB |\n|---|---|---|---|")
    runs: dict[str, list[Taken]] = {}
    for _ in range(rounds):
        runs.setdefault("bare flake8, -j1", []).append(bench.flake8(tree.root, ["."]))
        for task, label in (("facts", "facts of every file, cold"), ("closures", "and every test's closure, cold")):
            runs.setdefault(label, []).append(bench.cold(task, tree.root))
    floor = median(run.user for run in next(iter(runs.values())))
    failures = []
    for label, taken in runs.items():
        user, memory = median(run.user for run in taken), max(run.memory for run in taken)
        print(f"| {label} | {user:.1f} | {user / floor:.3f} | {memory / 1024:.0f} |", flush=True)
        if "cold" in label and user > _CPU * floor:
            failures.append(f"{label}: {user / floor:.2f} times bare flake8's CPU, more than {_CPU}")
        if "cold" in label and memory >= _MEMORY:
            failures.append(f"{label}: {memory / 1024:.0f} MiB")
    return failures


def _counted(bench: Bench, scratch: Path, tree: Tree) -> list[str]:
    """The same for a part of the tree in instructions, which do not depend on what else the machine does."""
    paths = [file.path for file in tree.part()]
    text = "\n".join(str(tree.root / path) for path in paths)
    floor = _count(scratch, lambda prefix: bench.flake8(tree.root, paths, prefix))
    count = _count(scratch, lambda prefix: bench.cold("closures", tree.root, text, prefix))
    ratio = count / floor
    print(f"\n{len(paths)} of the files, cold: {count / 1e9:.1f} G / {floor / 1e9:.1f} G instructions = {ratio:.3f}")
    return [f"{ratio:.2f} times bare flake8's instructions"] if ratio > _CPU else []


def _count(scratch: Path, run: Callable[[tuple[str, ...]], Taken]) -> int:
    with tempfile.NamedTemporaryFile("r", dir=scratch) as log:
        run((*VALGRIND, f"--log-file={log.name}"))
        return instructions_in(log.read())


def _lookups(bench: Bench, scratch: Path, one: Tree, tree: Tree) -> list[str]:
    """Prints what a warm look-up touches, in the project itself and in the large one, which must be the same."""
    head = ("warm look-up of one file", "names", f"CPU, ms, of {one.files:,}", f"of {tree.files:,} files")
    print(f"\n| {' | '.join(head)} | opened | cache entries | folders listed |\n|---|---|---|---|---|---|---|")
    failures, opened = [], []
    for file in tree.editor_files():
        small, large = (_look_up(bench, scratch, each, file) for each in (one, tree))
        cells = (file.path, large.names, f"{small.seconds * 1000:.1f}", f"{large.seconds * 1000:.1f}")
        print(f"| {' | '.join(map(str, (*cells, len(large.opened), large.entries, len(large.listed))))} |")
        opened.append(f"\n{file.path} opens, beside the cache:\n  " + "\n  ".join(sorted(large.opened)))
        if (small.names, small.opened, small.listed) != (large.names, large.opened, large.listed):
            further = sorted((large.opened | large.listed) - (small.opened | small.listed))
            failures.append(f"the look-up of {file.path} touches more in a larger project: {further}")
    print("\n".join(opened))
    return failures


@dataclass(frozen=True)
class LookUp:
    """Paths relative to the tree; `entries` counts the files of the cache that were read."""

    names: int
    seconds: float
    opened: frozenset[str]
    listed: frozenset[str]
    entries: int


def _look_up(bench: Bench, scratch: Path, tree: Tree, file: Source) -> LookUp:
    cache = scratch / f"cache-{tree.copies}"
    command = ("lookup", tree.root, cache, str(tree.root / file.path))
    bench.index(*command)  # warms the cache
    found: dict[str, Any] = json.loads(bench.index(*command).printed)
    touched = [(event, Path(path)) for event, path in found["touched"]]
    below = [(event, path) for event, path in touched if path.is_relative_to(tree.root)]
    inside = [(event, path.relative_to(tree.root).as_posix()) for event, path in below]
    return LookUp(
        found["names"],
        found["seconds"],
        frozenset(path for event, path in inside if event == "open"),
        frozenset(path for event, path in inside if event != "open"),
        sum(1 for event, path in touched if event == "open" and cache in path.parents),
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
