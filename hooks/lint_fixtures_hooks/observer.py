"""What one server's ledger and census are told, question by question; it knows nothing of sockets."""

from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from lint_fixtures_hooks.connections import Connections
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.ledger import ROWS, Leak, Ledger, State, more_rows
from lint_fixtures_hooks.watch import Watch


@dataclass
class SetUp:
    """The transactions of a wider fixture's set-up, but for those of set-ups inside it."""

    low: int
    busy: frozenset[int] = frozenset()  # connections with an open transaction that is somebody else's
    high: int = 0
    holes: tuple[tuple[int, int], ...] = ()


@dataclass
class Observer:
    """`checks` are the tests that were looked at, `escaped` is what others could see while a test ran.

    `lost` says why watching ended, else it is empty.
    """

    watch: Watch
    ledger: Ledger = field(default_factory=Ledger)
    connections: Connections = field(default_factory=Connections)
    leaks: list[Leak] = field(default_factory=list)
    escaped: list[Leak] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    lost: str = ""
    process: dict[tuple[str, str], str] = field(default_factory=dict)
    held: dict[str, set[int]] = field(default_factory=dict)
    set_ups: dict[str, SetUp] = field(default_factory=dict)
    visible: dict[str, int] = field(default_factory=dict)
    disputes: list[tuple[str, str, str, SetUp]] = field(default_factory=list)  # fixture, scope, table

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        if question["marks"] is not None:
            self.process = {(kind, name): value for kind, name, value in question["marks"]}
        if self.lost:
            return {}
        try:
            return self._answer(question["op"], question["subject"], question)
        except (psycopg.Error, HookError) as error:
            self.lost = f"the database could not be watched after {question['subject']!r}: {str(error).strip()}"
            return {}

    def _answer(self, op: str, subject: str, question: dict[str, Any]) -> dict[str, Any]:
        if op == "called":
            self.visible = self.watch.visible()
        elif op == "settled":
            self._settled()
        elif op == "finish":
            self._settled()
            return self._finish(question["pooled"])
        elif op == "test":
            self._test_done(subject, question.get("row"))
            return {"decisive": self.watch.decisive}
        elif op == "baseline":
            self.ledger.baseline = self._state()
            self.connections.baseline(self.watch.backends)
        elif op == "fixture-before":
            self._fixture_before(question["key"])
        elif op == "fixture-ready":
            self._fixture_ready(question["key"], set(question["idle"]))
        else:
            self._fixture_gone(question["key"], subject, question["scope"])
        return {}

    def _state(self, row: list[str] | None = None) -> State:
        held: set[int] = set().union(*self.held.values())
        seen = self.watch.told(tuple(row)) if row else None
        database = self.watch.state(self.ledger.baseline.marks, held.__contains__, seen)
        return replace(database, marks={**database.marks, **self.process})

    def _test_done(self, nodeid: str, row: list[str] | None) -> None:
        leaks = self.ledger.test_done(nodeid, self._state(row))
        kept = {leak.object for leak in leaks}
        self.escaped += [
            Leak(nodeid, ROWS, table, count, "committed, then cleaned up")
            for table, count in self.visible.items()
            if table not in kept
        ]
        self.visible = {}
        self.leaks += leaks
        self.connections.test_done(nodeid, self.watch.backends)
        self.checks.append(nodeid)

    def _fixture_before(self, key: str) -> None:
        self._settled()
        self.ledger.fixture_before(key, self._state())
        self.connections.fixture_before(key, self.watch.backends)
        held: set[int] = set().union(*self.held.values())
        busy = {backend.pid for backend in self.watch.backends if backend.transaction}
        self.set_ups[key] = SetUp(self.watch.next_transaction(), frozenset(busy - held))

    def _fixture_ready(self, key: str, idle: set[int]) -> None:
        self.watch.look_around()
        done = self.set_ups[key]
        # what lies unused in a pool is held by nobody; any other connection that nobody held before is the fixture's
        others: set[int] = set().union(*self.held.values())
        self.held[key] = {backend.pid for backend in self.watch.backends} - idle - done.busy - others
        self.ledger.fixture_ready(key, self._state())
        self.connections.fixture_ready(key, self.watch.backends)
        done.high = self.watch.next_transaction()
        for other in self.set_ups.values():
            if not other.high:
                other.holes += ((done.low, done.high),)

    def _fixture_gone(self, key: str, subject: str, scope: str) -> None:
        self.held.pop(key, None)
        state = self._state()
        if self.ledger.going and self.ledger.going.scope != scope:
            self._settled()
        done = self.set_ups.pop(key, SetUp(0))
        self.disputes += [(subject, scope, table, done) for table in self.ledger.disputed(key)]
        self.ledger.fixture_gone(key, subject, scope, state)
        self.connections.fixture_gone(key, subject, scope, self.watch.backends)

    def _settled(self) -> None:
        self.leaks += self.ledger.settled()
        for subject, scope, table, done in self.disputes:
            left = self.watch.left_of(table, (done.low, done.high), done.holes)
            if left and scope != "session":
                self.leaks.append(Leak(subject, ROWS, table, left, more_rows(left), fixture=True))
        self.disputes = []

    def _finish(self, pooled: list[int] | None) -> dict[str, Any]:
        """The probe is asked which of the connections left lie in a pool: it alone sees the pools."""
        self.watch.look_around()
        if pooled is None:
            return {"suspects": self.connections.suspects(self.watch.backends)}
        self.leaks += self.connections.leaks(self.watch.backends, pooled)
        return {}
