"""The pytest plugin inside the user's process: standard library and pytest only (7.4 to 9, Python >= 3.9).

It says what happened, one JSON object per line in a file of its own for each process, and asks the sidecar after
every test, once its function-scoped fixtures are gone, to look for what was left behind.
"""

from __future__ import annotations

import inspect
import json
import os
import random
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import lfx_probe_audit  # type: ignore[import-not-found]  # beside this file, which alone is on PYTHONPATH
import lfx_probe_files  # type: ignore[import-not-found]
import lfx_probe_imports  # type: ignore[import-not-found]
import lfx_probe_interpreter  # type: ignore[import-not-found]
import lfx_probe_listens  # type: ignore[import-not-found]
import lfx_probe_pools  # type: ignore[import-not-found]
import lfx_probe_process  # type: ignore[import-not-found]
import lfx_probe_selection  # type: ignore[import-not-found]
import lfx_probe_sessions  # type: ignore[import-not-found]
import lfx_probe_statements  # type: ignore[import-not-found]
import lfx_probe_threads  # type: ignore[import-not-found]
import lfx_probe_timing  # type: ignore[import-not-found]
import lfx_probe_wire  # type: ignore[import-not-found]
import pytest

VARIABLE = "LINT_FIXTURES_PROBE"
WORKER = lfx_probe_wire.WORKER
FAILURE_LIMIT = 4000


class Probe:
    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.root: str = plan["root"]
        self.cluster = lfx_probe_wire.own_cluster(plan)
        self.sink = lfx_probe_wire.Sink(plan["results"])
        self.files = lfx_probe_files.Files(self.root, plan["elsewhere"], self.sink)
        imports = lfx_probe_imports.Imports(self.files.ours)
        lfx_probe_audit.hear({**self.files.hearers(), **imports.hearers()})
        listens, sessions = lfx_probe_listens.Listens(), lfx_probe_sessions.Sessions()
        self.process = lfx_probe_process.Process(
            imports,
            lfx_probe_threads.Threads(self.files.ours),
            lfx_probe_statements.Statements(listens, sessions),
            listens,
            sessions,
            lfx_probe_interpreter.Interpreter(self.files.ours, self.root),
        )
        self.pools = lfx_probe_pools.Pools()
        self.timing = lfx_probe_timing.Timing(self.sink)
        self.wire: Any | None = None
        self.active: dict[int, str] = {}
        self.going = False  # fixtures went since the last test
        self.collection = ""
        self.deselected = 0

    def ask(self, op: str, subject: str, **fields: Any) -> None:
        if self.wire is not None:
            self.wire.ask(op, subject, marks=self.process.changed_marks(), **fields)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None, None, None]:
        if not WORKER:
            config.option.randomly_reorganize = False
            if hasattr(config.option, "numprocesses"):
                config.option.numprocesses = self.plan["workers"]
                if not self.plan["workers"]:
                    config.option.dist, config.option.tx = "no", []
        lfx_probe_selection.take_testmon_along(config.option, self.plan)
        yield

    def pytest_configure(self, config: pytest.Config) -> None:
        if config.inipath:
            self.files.opened.add(str(config.inipath))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.collection, deselected = lfx_probe_selection.digest(items), self.deselected
        lfx_probe_selection.apply(items, self.plan["selection"], self.root)
        self.deselected = deselected  # what we cut out ourselves is told otherwise
        if self.plan["order"] == "reversed":
            items.reverse()
        elif self.plan["order"] == "shuffled":
            random.Random(self.plan["seed"]).shuffle(items)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if self.plan["workers"] and not WORKER:
            return
        nodeids = [item.nodeid for item in session.items]
        self.sink.put("collected", nodeids=nodeids, collection=self.collection, deselected=self.deselected)
        if session.items and self.cluster["watched"] and not session.config.option.collectonly:
            self.wire = lfx_probe_wire.Wire(self.cluster["address"], self.cluster["token"])
            self.ask("baseline", "")

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.deselected += len(items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.sink.put("collect-error", nodeid=report.nodeid, message=str(report.longrepr)[-FAILURE_LIMIT:])

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, None, None]:
        self.files.nodeid = item.nodeid
        started = time.time()
        if self.going:
            self.ask("settled", item.nodeid)
            self.going = False
        self.sink.put("start", nodeid=item.nodeid, time=started)
        self._check_after_own_fixtures(item)
        yield
        self.files.nodeid = ""
        self.sink.put("stop", nodeid=item.nodeid, start=started, time=time.time())

    def _done(self, nodeid: str) -> None:
        if self.wire is not None:
            self.wire.done(nodeid, self.process.changed_marks())

    def _check_after_own_fixtures(self, item: pytest.Item) -> None:
        """A finalizer added before any fixture's runs after all of the item's own, and before any wider one's."""
        set_up = item.setup

        def setup() -> None:
            __tracebackhide__ = True
            item.addfinalizer(lambda: self._done(item.nodeid))
            set_up()

        item.setup = setup  # type: ignore[method-assign]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        yield
        if self.wire is not None:
            self.wire.called(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Most phases pass: of those only the call says anything."""
        if not WORKER and (report.when == "call" or report.outcome != "passed"):
            xfail = hasattr(report, "wasxfail")
            self.sink.put("report", nodeid=report.nodeid, when=report.when, outcome=report.outcome, xfail=xfail)

    def pytest_exception_interact(self, node: pytest.Item, call: pytest.CallInfo[Any], report: Any) -> None:
        if call.excinfo is None:
            return
        value = call.excinfo.value
        # pytest's own lookup error says nothing in str(): its words are made when it is shown
        message = getattr(report.longrepr, "errorstring", None) or str(value)
        frames: list[tuple[str, int]] = [(str(entry.path), entry.lineno + 1) for entry in call.excinfo.traceback]
        frames += [_definition(function) for function in _chain(node, value, message)]
        self.sink.put(
            "failure",
            nodeid=report.nodeid,
            type=type(value).__name__,
            message=message[:FAILURE_LIMIT],
            frames=[[os.path.relpath(path, self.root), line] for path, line in frames if self.files.ours(path)],
        )

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, None, None]:
        if fixturedef.scope == "function":
            started = time.perf_counter()
            yield
            self.timing.took(fixturedef, time.perf_counter() - started)
            return
        subject = self._name(fixturedef)
        self.pools.idle()
        self.ask("fixture-before", subject, key=str(id(fixturedef)))
        started = time.perf_counter()
        yield
        self.timing.took(fixturedef, time.perf_counter() - started)
        self.active[id(fixturedef)] = subject
        self.ask("fixture-ready", subject, key=str(id(fixturedef)), idle=self.pools.idle())

    def pytest_fixture_post_finalizer(self, fixturedef: Any) -> None:
        subject = self.active.pop(id(fixturedef), None)
        if subject is not None:
            self.going = True
            self.ask("fixture-gone", subject, key=str(id(fixturedef)), scope=str(fixturedef.scope))

    def _name(self, fixturedef: Any) -> str:
        code = getattr(inspect.unwrap(fixturedef.func), "__code__", None)
        path: str = code.co_filename if code else ""
        home = os.path.relpath(path, self.root) if self.files.ours(path) else fixturedef.baseid
        return f"{home}::{fixturedef.argname}".replace(os.sep, "/")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if self.wire is not None:
            suspects = self.wire.ask("finish", "the last test", marks=None, pooled=None).get("suspects")
            if suspects:
                self.wire.ask("finish", "the last test", marks=None, pooled=self.pools.among(suspects))
        self.sink.put("finish", exitstatus=int(exitstatus), opened=sorted(self.files.opened))


def _chain(node: pytest.Item, value: Any, message: str) -> list[Any]:
    """The functions that a failure of pytest's own machinery is about, which no traceback shows."""
    if hasattr(value, "fixturestack"):
        return [getattr(node, "obj", None), *(fixture.func for fixture in value.fixturestack)]
    if message.endswith("did not yield a value"):
        known = getattr(getattr(node, "_fixtureinfo", None), "name2fixturedefs", {})
        return [fixture.func for fixture in known.get(message.split()[0], ())[-1:]]
    return []


def _definition(function: Any) -> tuple[str, int]:
    code = getattr(function, "__code__", None)
    if code is None:
        return "", 0
    line: int = code.co_firstlineno
    try:
        lines = Path(code.co_filename).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return code.co_filename, line
    for number in range(line, len(lines) + 1):
        if lines[number - 1].lstrip().startswith(("def ", "async def ")):
            return code.co_filename, number
    return code.co_filename, line


if VARIABLE in os.environ:
    PROBE = Probe(json.loads(Path(os.environ[VARIABLE]).read_text(encoding="utf-8")))


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """`-o cache_dir=` keeps pytest's cache out of the tree; without the cache's own plugin the key would be unknown."""
    if pluginmanager.is_blocked("cacheprovider"):
        parser.addini("cache_dir", "cache directory path")
    if VARIABLE in os.environ:
        pluginmanager.register(PROBE, "lint-fixtures-probe-hooks")
        pluginmanager.register(PROBE.timing, "lint-fixtures-probe-timing")
