"""One run of the suite on fresh servers, watched: a copy of the cached data directory per worker."""

import hashlib
import itertools
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lint_fixtures_hooks import alembic_state, environment, keeping, progress, selection, suite
from lint_fixtures_hooks.cluster import open_server, open_servers
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.git import Repo
from lint_fixtures_hooks.interpreter import Interpreter
from lint_fixtures_hooks.isolation import Ended
from lint_fixtures_hooks.ledger import CONNECTION, Leak
from lint_fixtures_hooks.masking import masked
from lint_fixtures_hooks.postgres.server import ComposeSettings, Server, ServerRequest
from lint_fixtures_hooks.results import BAD
from lint_fixtures_hooks.selection import Selection
from lint_fixtures_hooks.settings import Settings
from lint_fixtures_hooks.sidecar import Sidecar, open_sidecar
from lint_fixtures_hooks.suite import Cluster, Order, Plan, SuiteResult

SAID = 30  # lines of a failed set-up command that are worth showing
TESTS = ("test_*.py", "*_test.py", "conftest.py", "tests.py")


@dataclass(frozen=True)
class Run:
    result: SuiteResult
    ended: Ended
    leaks: tuple[Leak, ...]
    server: Server
    escaped: tuple[Leak, ...] = ()
    unused: bool = False  # nothing of the suite connected to a server of this run


@dataclass(frozen=True)
class Bench:
    """`root` is where pytest runs, `repo.top` the top of that work tree, `home` the user's own."""

    repo: Repo
    root: Path
    home: Path
    settings: Settings
    interpreter: Interpreter
    cache: Path
    folder: Path
    arguments: tuple[str, ...]
    workers: int
    selection: Selection = field(default_factory=Selection)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    kept: list[str] = field(default_factory=list)  # how to open the servers of the first run that failed

    def run(self, order: Order, tests: tuple[str, ...] | None = None) -> Run:
        """`tests` narrows the run to these, in this order, in one process."""
        folder = self.folder / str(next(self.numbers))
        folder.mkdir()
        variables = environment.base(self.interpreter, self.repo.top, self.home, folder)
        workers = self.workers if tests is None else 0
        with self._clusters(max(workers, 1), variables, folder) as (servers, clusters):
            plan = Plan(
                self.interpreter.executable,
                self.root,
                self.repo.top,
                self.home,
                folder,
                variables,
                self.arguments,
                self.settings.tests if tests is None else selection.arguments(self.root, tests, self.settings.tests),
                workers,
                self.settings.timeout,
                order,
                self.selection if tests is None else Selection(only=tests),
            )
            result = suite.run(plan, clusters, progress.show)
            progress.clear()
            run = _run(result, servers[0], [cluster.sidecar for cluster in clusters])
            if tests is None and self.settings.keep and not self.kept:
                leaks = [cluster.sidecar.observer.leaks for cluster in clusters]
                self.kept.extend(keeping.keep_failed(servers, leaks, result.records, self.cache))
            return run

    @contextmanager
    def server(self) -> Iterator[Server]:
        """One server with the schema, for other uses than a run of the suite."""
        variables = environment.base(self.interpreter, self.repo.top, self.home, self.folder)
        with open_server(self._request(), self._set_up(variables)) as server:
            yield server

    @contextmanager
    def _clusters(
        self, count: int, variables: dict[str, str], folder: Path
    ) -> Iterator[tuple[list[Server], tuple[Cluster, ...]]]:
        with ExitStack() as stack:
            servers = stack.enter_context(open_servers([self._request()] * count, self._set_up(variables)))
            clusters = tuple(
                Cluster(environment.of_server(self.settings, server), stack.enter_context(open_sidecar(server, folder)))
                for server in servers
            )
            yield servers, clusters

    def _request(self) -> ServerRequest:
        compose = self.settings.compose
        return ServerRequest(
            provider=self.settings.provider,
            url=self.settings.url,
            allow=self.settings.allow_database,
            cache_dir=self.cache,
            fingerprint=self._fingerprint(),
            tcp=environment.wants_tcp(self.settings),
            major=self.settings.major,
            compose=ComposeSettings(self.root / compose.file, compose.service, compose.port) if compose else None,
            extensions=self._extensions() if compose else (),
        )

    def _extensions(self) -> tuple[str, ...]:
        # here, because it comes with the driver
        from lint_fixtures_hooks.postgres.extensions import made

        return made(self.repo)

    def _fingerprint(self) -> str:
        """What the set-up commands may read: every tracked file but the tests, the packages, their variables."""
        if not self.settings.setup:
            return ""
        excluded = [f":(top,exclude,glob)**/{name}" for name in TESTS]
        sources = self.repo.git("ls-files", "--stage", "-z", "--", ":(top)", *excluded)
        facts = repr((self.settings.setup, sorted(self.settings.env.items()), self.interpreter.fingerprint, sources))
        return hashlib.sha256(facts.encode()).hexdigest()

    def _set_up(self, variables: dict[str, str]) -> "SetUp | None":
        python = self.interpreter.executable
        return SetUp(self.settings, python, self.root, variables) if self.settings.setup else None


@dataclass(frozen=True)
class SetUp:
    """The project's own commands for the schema, with the variables that the suite will have."""

    settings: Settings
    python: Path
    root: Path
    variables: dict[str, str] = field(repr=False)

    def __call__(self, server: Server) -> None:
        variables = self.variables | environment.of_server(self.settings, server)
        for command in self.settings.setup:
            with tempfile.TemporaryFile() as output:
                done = subprocess.run(
                    command,
                    shell=True,
                    cwd=self.root,
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    check=False,
                )
                output.seek(0)
                said = output.read().decode(errors="replace")
            if done.returncode:
                last = masked("\n".join(said.splitlines()[-SAID:]), (server.password,))
                from lint_fixtures_hooks.postgres.extensions import advice

                wanted = advice(said, server)
                raise HookError(
                    f"setup: {command!r} ended with exit code {done.returncode}:\n{last}" + (wanted and f"\n{wanted}")
                )
        alembic_state.check(self.python, self.root, self.settings.setup, server, variables)


def _run(result: SuiteResult, server: Server, sidecars: list[Sidecar]) -> Run:
    observers = [sidecar.observer for sidecar in sidecars]
    ended = Ended(
        result.records,
        result.exit_code,
        frozenset(nodeid for observer in observers for nodeid in observer.checks),
        next(filter(None, (observer.lost for observer in observers)), "") or _replaced(result),
        masked(last_line(result.log), (server.password,)),
    )
    failed = {nodeid for nodeid, outcome in result.records.outcomes.items() if outcome in BAD}
    # a failure's traceback holds what its test had open: that is the failure's doing, not the test's
    leaks = tuple(
        leak for seen in observers for leak in seen.leaks if leak.kind != CONNECTION or leak.nodeid not in failed
    )
    escaped = tuple(leak for seen in observers for leak in seen.escaped)
    unused = all(seen.watch.visits.none() for seen in observers)
    return Run(result, ended, leaks, server, escaped, unused)


def _replaced(result: SuiteResult) -> str:
    for worker in result.records.order:
        if int(worker.removeprefix("gw") or 0) >= max(result.workers, 1):
            return f"a worker of pytest-xdist died: what the tests of {worker}, which replaced it, left was not watched"
    return ""


def last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if number and line.startswith("E ") and "Field required [type=missing" in line:  # pydantic's name stands above
            return f"{lines[number - 1].removeprefix('E').strip()}: Field required"
    errors = [line for line in lines if line.startswith(("ERROR", "E  ", "INTERNALERROR>")) or "error" in line.lower()]
    return (errors or lines or ["it said nothing"])[-1].removeprefix("E  ").strip()


def cache_folder() -> Path:
    if chosen := os.environ.get("LINT_FIXTURES_CACHE_DIR"):
        return Path(chosen)
    from platformdirs import user_cache_path  # not on the way of a stamped tree

    return user_cache_path("lint-fixtures")
