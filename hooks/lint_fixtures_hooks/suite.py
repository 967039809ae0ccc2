"""One pytest run in the project's own interpreter; what happened is read from the probe's files, never scraped."""

import contextlib
import functools
import json
import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lint_fixtures_hooks import results
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.process import process_group
from lint_fixtures_hooks.selection import Selection
from lint_fixtures_hooks.sidecar import Sidecar

PROBE_MODULE = "lint_fixtures_probe"


@dataclass(frozen=True)
class Order:
    name: str = "given"
    seed: int | None = None


@dataclass(frozen=True)
class Cluster:
    """One server as the suite sees it, and what watches it; under pytest-xdist each worker has one."""

    variables: dict[str, str]
    sidecar: Sidecar


@dataclass(frozen=True)
class Plan:
    """`root` is where pytest runs, `top` that tree's top, `home` the user's own; `timeout` in seconds."""

    python: Path
    root: Path
    top: Path
    home: Path
    folder: Path
    variables: dict[str, str]
    arguments: tuple[str, ...]
    tests: tuple[str, ...]
    workers: int
    timeout: float
    order: Order = Order()
    selection: Selection = field(default_factory=Selection)


@dataclass(frozen=True)
class SuiteResult:
    order: Order
    workers: int
    exit_code: int
    records: results.Records
    log: Path
    seconds: float


def run(plan: Plan, clusters: Sequence[Cluster], progress: Callable[[Path], None] = lambda folder: None) -> SuiteResult:
    """Raises HookError when the run says nothing about the suite: it was too slow, or died on the way."""
    folder = plan.folder
    found = folder / "results"
    found.mkdir()
    _write_plan(folder / "plan.json", found, plan, clusters)
    variables = plan.variables | clusters[0].variables | {"LINT_FIXTURES_PROBE": str(folder / "plan.json")}
    log, started = folder / "pytest.log", time.monotonic()
    with log.open("wb") as output, process_group(_command(plan, folder), plan.root, variables, output) as process:
        exit_code = _wait(process, plan, lambda: progress(found))
    return SuiteResult(plan.order, plan.workers, exit_code, results.read(found), log, time.monotonic() - started)


def _command(plan: Plan, folder: Path) -> tuple[str, ...]:
    cache = ("-o", f"cache_dir={folder / 'cache'}")
    return (str(plan.python), "-m", "pytest", "-p", PROBE_MODULE, *cache, "--tb=short", *plan.arguments, *plan.tests)


def _write_plan(path: Path, found: Path, plan: Plan, clusters: Sequence[Cluster]) -> None:
    described = {
        "results": str(found),
        "root": str(plan.top),
        "elsewhere": "" if plan.home == plan.top else str(plan.home),
        "order": plan.order.name,
        "seed": plan.order.seed,
        "selection": plan.selection.described(),
        "workers": plan.workers,
        "clusters": [
            {"env": cluster.variables, "address": cluster.sidecar.address, "token": cluster.sidecar.token}
            for cluster in clusters
        ],
    }
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(described, file)


def _wait(process: "subprocess.Popen[bytes]", plan: Plan, tick: Callable[[], None]) -> int:
    deadline = time.monotonic() + plan.timeout
    with _end_of(process) as ended:
        while time.monotonic() < deadline:
            ended(min(0.5, plan.timeout))
            if (exit_code := process.poll()) is not None:
                return exit_code
            tick()
    running = results.read(plan.folder / "results").unfinished
    at = f" (it was in {running[-1]})" if running else ""
    raise HookError(f"the suite did not end within {plan.timeout:g} s{at}: raise `timeout` or mend the test")


@contextlib.contextmanager
def _end_of(process: "subprocess.Popen[bytes]") -> Iterator[Callable[[float], object]]:
    """What waits so many seconds for the end: told at once by Linux, elsewhere it is asked for again and again."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        yield functools.partial(_ask_for_end, process)
        return
    try:
        yield lambda seconds: select.select([descriptor], [], [], seconds)
    finally:
        os.close(descriptor)


def _ask_for_end(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
