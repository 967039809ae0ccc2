"""Pure: what a test or a wider-scoped fixture left behind, as arithmetic on the states seen between them.

A wider fixture's rows belong to it: they join the baseline when it is set up and must be gone when its scope ends.
A leak joins the baseline too, so that it is blamed once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

ROWS, SCHEMA = "rows", "schema"
LOCK, TRANSACTION, PREPARED, MODULE = "lock", "transaction", "prepared", "module"
CONNECTION, LISTEN, SESSION, THREAD, SEQUENCE = "connection", "listen", "session", "thread", "sequence"
# only that it appears is a leak: a lock that is let go, a module that comes back is none
HELD = frozenset({LOCK, TRANSACTION, PREPARED, MODULE, LISTEN, SESSION, THREAD, SEQUENCE})
DATABASE = "database "
OBJECTS = frozenset({SCHEMA, "large-object"})
# the lines of a schema object's value
ASPECTS = ("definition", "which triggers fire", "row security", "privileges", "comments")


@dataclass(frozen=True)
class Rows:
    """`digest` is the sum of a hash of each row: it adds and subtracts like the count.

    `fresh` counts the versions that are new since the look before, `sample` names up to three of them.
    """

    count: int = 0
    digest: int = 0
    fresh: int = 0
    sample: str = ""

    def same(self, other: "Rows") -> bool:
        return (self.count, self.digest) == (other.count, other.digest)

    def plus(self, later: "Rows", earlier: "Rows") -> "Rows":
        count, digest = self.count + later.count - earlier.count, self.digest + later.digest - earlier.digest
        return Rows(count, digest, sample=later.sample)


@dataclass(frozen=True)
class State:
    """`marks` maps (kind, name) to a value: schema objects, settings, locks, transactions, variables, overrides."""

    tables: Mapping[str, Rows] = field(default_factory=dict)
    marks: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Leak:
    """`fixture` says that `nodeid` names a fixture (path::name) that left it when its scope ended."""

    nodeid: str
    kind: str
    object: str
    count: int
    detail: str
    fixture: bool = False


@dataclass
class Going:
    """Fixtures of one scope that go one after another, those that use a fixture before it."""

    scope: str
    expected: State
    leaks: list[Leak] = field(default_factory=list)


@dataclass
class Ledger:
    baseline: State = field(default_factory=State)
    pending: dict[str, State] = field(default_factory=dict)
    owned: dict[str, tuple[State, State]] = field(default_factory=dict)
    tainted: set[tuple[str, str]] = field(default_factory=set)
    going: Going | None = None

    def fixture_before(self, key: str, state: State) -> None:
        self.pending[key] = state

    def fixture_ready(self, key: str, after: State) -> None:
        """What it made while another one's set-up was under way, by getfixturevalue, is not that one's."""
        before = self.pending.pop(key)
        self.pending = {other: _shift(state, before, after) for other, state in self.pending.items()}
        self.owned[key] = (before, after)
        self.tainted -= {item for item, _ in _differences(before, after)}
        self.baseline = _shift(self.baseline, before, after)

    def test_done(self, nodeid: str, state: State) -> list[Leak]:
        return self._settle(nodeid, self.baseline, state, fixture=False)

    def disputed(self, key: str) -> tuple[str, ...]:
        """Tables with rows of this fixture that a test changed meanwhile: sums cannot tell whose rows are left."""
        before, after = self.owned.get(key, (State(), State()))
        changed = (name for (kind, name), _ in _differences(before, after) if kind == ROWS)
        return tuple(name for name in changed if (ROWS, name) in self.tainted)

    def fixture_gone(self, key: str, subject: str, scope: str, state: State) -> None:
        """Its leftovers are known when all that go with it are gone: `settled` comes before another scope's go."""
        going = self.going = self.going or Going(scope, self.baseline)
        before, after = self.owned.pop(key, (State(), State()))
        blameless = set(self.tainted)
        leaks = self._settle(subject, _shift(self.baseline, after, before), state, fixture=True)
        going.expected = _shift(going.expected, after, before)
        going.leaks += [leak for leak in leaks if (leak.kind, leak.object) not in blameless]

    def settled(self) -> list[Leak]:
        """The scope is over: what one fixture left and a later one of the same scope cleaned up is no leak.

        After the session's scope nobody is left to see what a fixture kept, so that is none either.
        """
        going, self.going = self.going, None
        if going is None or going.scope == "session":
            return []
        wrong = {item for item, _ in _differences(going.expected, self.baseline)}
        return [leak for leak in going.leaks if (leak.kind, leak.object) in wrong]

    def _settle(self, subject: str, expected: State, state: State, fixture: bool) -> list[Leak]:
        leaks = []
        for (kind, name), (count, detail) in _differences(expected, state):
            self.tainted.add((kind, name))
            leaks.append(Leak(subject, kind, name, count, detail, fixture))
        self.baseline = state
        return leaks


def _shift(base: State, earlier: State, later: State) -> State:
    """`base` with everything that changed from `earlier` to `later`."""
    tables, marks = dict(base.tables), dict(base.marks)
    for name in earlier.tables.keys() | later.tables.keys():
        was, now = earlier.tables.get(name, Rows()), later.tables.get(name, Rows())
        if not was.same(now):
            tables[name] = base.tables.get(name, Rows()).plus(now, was)
    for key in earlier.marks.keys() | later.marks.keys():
        if earlier.marks.get(key) == later.marks.get(key):
            continue
        if key in later.marks:
            marks[key] = later.marks[key]
        else:
            marks.pop(key, None)
    return State(tables, marks)


def _differences(expected: State, state: State) -> Iterator[tuple[tuple[str, str], tuple[int, str]]]:
    """What is in a database goes without saying where the database itself came or went."""
    databases = tuple(
        name.removeprefix(DATABASE) + "."
        for kind, name in expected.marks.keys() ^ state.marks.keys()
        if kind == SCHEMA and name.startswith(DATABASE)
    )
    for item, change in _all_differences(expected, state):
        if not item[1].startswith(databases):
            yield item, change


def _all_differences(expected: State, state: State) -> Iterator[tuple[tuple[str, str], tuple[int, str]]]:
    for name in sorted(expected.tables.keys() | state.tables.keys()):
        was, now = expected.tables.get(name, Rows()), state.tables.get(name, Rows())
        if not was.same(now):
            yield (ROWS, name), _rows_changed(was, now)
    for kind, name in sorted(expected.marks.keys() | state.marks.keys()):
        old, new = expected.marks.get((kind, name)), state.marks.get((kind, name))
        if (old is None and new is not None) if kind in HELD else old != new:
            yield (kind, name), (1, _mark_changed(kind, old, new))


def _rows_changed(was: Rows, now: Rows) -> tuple[int, str]:
    more = now.count - was.count
    sample = f": {now.sample}" if now.sample else ""
    if more > 0:
        return more, more_rows(more) + sample
    if more < 0:
        return -more, f"{-more} row{'s' * (more < -1)} fewer"
    changed = max(now.fresh, 1)
    return changed, f"{changed} row{'s' * (changed > 1)} changed{sample.partition(';')[0]}"


def more_rows(count: int) -> str:
    return f"{count} more row{'s' * (count > 1)}"


def _mark_changed(kind: str, old: str | None, new: str | None) -> str:
    if kind in HELD:
        return new or ""
    if old is None:
        return "created" if kind in OBJECTS else "set"
    if new is None:
        return "dropped" if kind in OBJECTS else "removed"
    if kind != SCHEMA:
        return "changed"
    lines = zip(ASPECTS, old.splitlines(), new.splitlines(), strict=False)
    return f"{', '.join(aspect for aspect, was, now in lines if was != now)} changed"
