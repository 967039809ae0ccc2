"""What watching a suite costs, and how soon a server is ready: `python benchmarks/suite.py`; see README.md."""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file, it finds its own folder only

import psycopg

from benchmarks._database_suite import lay_out
from lint_fixtures_hooks import suite
from lint_fixtures_hooks.cluster import open_servers
from lint_fixtures_hooks.environment import PROBE
from lint_fixtures_hooks.postgres.server import Server, ServerRequest
from lint_fixtures_hooks.sidecar import open_sidecar

ARGUMENTS = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly")
CLOCK = ("-p", "benchmark_clock")


@dataclass(frozen=True)
class Cost:
    """Seconds; `cpu` is the user time of pytest, its children and the hook, `checks` what each test waited for."""

    wall: float
    cpu: float
    checks: tuple[float, ...] = ()


@dataclass(frozen=True)
class Place:
    cache: Path
    project: Path
    many: Path


@dataclass
class Measured:
    """Costs by variant, a list entry for each round."""

    costs: dict[str, list[Cost]] = field(default_factory=dict)
    ready: dict[int, list[float]] = field(default_factory=lambda: {1: [], 2: []})

    def ratio(self, name: str, base: str, kind: str) -> tuple[float, float]:
        """The median over the rounds, and the ratio of the two minima: noise only ever adds."""
        ours = [getattr(cost, kind) for cost in self.costs[name]]
        theirs = [getattr(cost, kind) for cost in self.costs[base]]
        return statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), min(ours) / min(theirs)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures verify-suite's watching against bare pytest, in one run.")
    parser.add_argument("--tests", type=int, default=500, help="database tests in the suite")
    parser.add_argument("--worker-tests", type=int, default=2000, help="database tests where workers are compared")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each variant, in turns")
    parser.add_argument("--check", action="store_true", help="exit 1 when a limit is not held")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="suite-bench-") as name:
        folder = Path(name)
        project, many = lay_out(folder / "project", given.tests), lay_out(folder / "many", given.worker_tests)
        place = Place(folder / "cache", project, many)
        cold = _ready(place, 1)
        measured = _measure(place, given.rounds)
    held = _report(measured, cold, given.tests, given.worker_tests)
    return 0 if held or not given.check else 1


def _measure(place: Place, rounds: int) -> Measured:
    """Every other round in the opposite order: a machine that gets busier favours nobody."""
    variants: Mapping[str, Callable[[], Cost]] = {
        "bare": partial(bare, place),
        "watched": partial(watched, place, place.project, 0, clock=False),
        "clocked": partial(watched, place, place.project, 0, clock=True),
        "one worker": partial(watched, place, place.many, 1),
        "two workers": partial(watched, place, place.many, 2),
    }
    measured = Measured({name: [] for name in variants})
    for number in range(rounds):
        for count, found in measured.ready.items():
            found.append(_ready(place, count))
        for name in list(variants)[:: -1 if number % 2 else 1]:
            measured.costs[name].append(variants[name]())
    return measured


def _report(measured: Measured, cold: float, tests: int, worker_tests: int) -> bool:
    rounds = len(measured.ready[1])
    print(f"{tests} tests ({worker_tests} for workers), {rounds} rounds in turns: median (minimum)")
    for name, found in measured.costs.items():
        walls, cpus = [cost.wall for cost in found], [cost.cpu for cost in found]
        shown = f"wall {statistics.median(walls):6.2f} ({min(walls):6.2f}) s"
        print(f"{name:12} {shown}   user CPU {statistics.median(cpus):6.2f} ({min(cpus):6.2f}) s")
    wall, cpu = measured.ratio("watched", "bare", "wall"), measured.ratio("watched", "bare", "cpu")
    speed = [1 / ratio for ratio in measured.ratio("two workers", "one worker", "wall")]
    checks = sorted(1000 * spent for cost in measured.costs["clocked"] for spent in cost.checks)
    tenth, middle = checks[len(checks) // 10], statistics.median(checks)
    ready = {count: (statistics.median(found), min(found)) for count, found in measured.ready.items()}
    rows = [
        ("watched / bare, wall", f"{wall[0]:.3f}x", f"{wall[1]:.3f}x of minima", "<= 1.10", wall[1] <= 1.10),
        ("watched / bare, user CPU", f"{cpu[0]:.3f}x", f"{cpu[1]:.3f}x of minima", "", True),
        ("a clean test's checks", f"{middle:.2f} ms", f"{tenth:.2f} ms fastest tenth", "< 1 ms", middle < 1.0),
        ("two workers / one", f"{speed[0]:.2f}x", f"{speed[1]:.2f}x of minima", ">= 1.6", speed[1] >= 1.6),
        ("first query, cached", f"{ready[1][0]:.2f} s", f"{ready[1][1]:.2f} s at best", "<= 0.5 s", ready[1][1] <= 0.5),
        ("two servers, cached", f"{ready[2][0]:.2f} s", f"{ready[2][1]:.2f} s at best", "", True),
        ("first query, nothing cached", f"{cold:.2f} s", "", "<= 6 s", cold <= 6.0),
    ]
    for what, median, best, limit, held in rows:
        print(f"{what:28} {median:>9}  {best:24} {limit:9} {'' if held else 'NOT HELD'}".rstrip())
    return all(held for *_, held in rows)


@contextmanager
def _servers(place: Place, count: int = 1) -> Iterator[list[Server]]:
    request = ServerRequest(provider=None, url=None, allow=None, cache_dir=place.cache, fingerprint="", tcp=False)
    with open_servers([request] * count) as servers:
        yield servers


def _ready(place: Place, count: int) -> float:
    started = time.monotonic()
    with _servers(place, count) as servers:
        for server in servers:
            with psycopg.connect(server.url()) as connection:
                connection.execute("select 1")
        return time.monotonic() - started


def bare(place: Place) -> Cost:
    with _servers(place) as (server,), _cost() as cost:
        command = (sys.executable, "-m", "pytest", *ARGUMENTS)
        subprocess.run(command, cwd=place.project, env=_variables(server), check=True, capture_output=True)
    return cost[0]


def watched(place: Place, project: Path, workers: int, *, clock: bool = False) -> Cost:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="suite-bench-")))
        servers = stack.enter_context(_servers(place, max(workers, 1)))
        sidecars = [stack.enter_context(open_sidecar(server, folder)) for server in servers]
        clusters = [
            suite.Cluster({"DATABASE_URL": server.url()}, sidecar)
            for server, sidecar in zip(servers, sidecars, strict=True)
        ]
        times = folder / "times.json"
        variables = _variables(servers[0]) | {
            "PYTHONPATH": os.pathsep.join((str(PROBE), str(project))),
            "CLOCK_FILE": str(times),
        }
        arguments = ARGUMENTS + (CLOCK if clock else ())
        plan = suite.Plan(
            Path(sys.executable), project, project, project, folder, variables, arguments, (), workers, 900.0
        )
        with _cost() as cost:
            result = suite.run(plan, clusters)
        leaks = [leak for sidecar in sidecars for leak in sidecar.observer.leaks]
        lost = [sidecar.observer.lost for sidecar in sidecars if sidecar.observer.lost]
        if result.exit_code or leaks or lost:
            raise SystemExit(f"exit code {result.exit_code}, leaks {leaks}, {lost}: {result.log.read_text()[-2000:]}")
        checks = tuple(json.loads(times.read_text())) if clock else ()
    return Cost(cost[0].wall, cost[0].cpu, checks)


def _variables(server: Server) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": server.url(), "PYTHONDONTWRITEBYTECODE": "1"}


@contextmanager
def _cost() -> Iterator[list[Cost]]:
    found: list[Cost] = []
    before, started = _user_time(), time.monotonic()
    yield found
    found.append(Cost(time.monotonic() - started, _user_time() - before))


def _user_time() -> float:
    return sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    sys.exit(main())
