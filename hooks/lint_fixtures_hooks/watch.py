"""What is in a database now: cheap signals first, tables and schema only when a signal trips."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

import psycopg

from lint_fixtures_hooks import signals
from lint_fixtures_hooks import watch_queries as queries
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.ledger import SEQUENCE, Rows, State
from lint_fixtures_hooks.postgres.server import Server
from lint_fixtures_hooks.signals import Backend, Signals
from lint_fixtures_hooks.visits import Visits

if TYPE_CHECKING:
    from typing_extensions import LiteralString

KEY_LENGTH = 36  # a UUID
GRACE = (0.005, 0.01, 0.03, 0.06, 0.1, 0.2)  # seconds: a closed connection's backend needs a moment to notice


class Watch:
    """One autocommit connection; for a server of our own also every other database that the suite makes there."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.connection = _connect(server, server.dbname)
        self.timestamps = self._value("show track_commit_timestamp") == "on"
        self.everything = server.embedded and self._value("show is_superuser") == "on"
        self.visits = Visits(self.connection)
        self.signals_query = signals.query(self.timestamps, server.embedded, self.everything)
        self.moved: tuple[str, str] | None = None  # the signals at the last look
        self.backends: tuple[Backend, ...] = ()
        self.decisive = ""  # of the last signals
        self.bounds: dict[str, int] = {}
        self.content = State()
        self.sequences: dict[str, int] = {}  # last values at the last look
        self.places: dict[str, tuple[str, str]] = {}  # of the connected database: name to schema and table

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.connection.close()

    def state(
        self, known: Mapping[tuple[str, str], str], fixtures: Callable[[int], bool], seen: Signals | None = None
    ) -> State:
        """`known` marks are no news; anything else that is held gets a moment to go away.

        `seen` is what somebody else was told just now.
        """
        seen = seen or self.look_around()
        for pause in GRACE:
            if seen.held(fixtures).keys() <= known.keys():
                break
            time.sleep(pause)
            seen = self.look_around()
        if (seen.committed, seen.settings) != self.moved:
            if self._wrote(seen):
                self.content = self._look()
            self.moved = (seen.committed, seen.settings)
        return replace(self.content, marks={**self.content.marks, **seen.held(fixtures)})

    def look_around(self) -> Signals:
        row = self.connection.execute(self.signals_query).fetchone()
        assert row is not None
        return self.told(row)

    def told(self, row: tuple[Any, ...]) -> Signals:
        """`row` as the query of the signals gives it, to this connection or to the one that was handed over."""
        seen = signals.read(row)
        self.backends, self.decisive = seen.backends, seen.decisive
        self.visits.met = self.visits.met or bool(seen.backends)
        return seen

    @contextmanager
    def spare(self) -> Iterator[tuple[int, dict[str, str]] | None]:
        """The descriptor of one more connection and the statements that are prepared on it, for the suite's process.

        None where it cannot be handed over: what is encrypted is known to one process only.
        """
        self.visits.own += 1
        with _connect(self.server, self.server.dbname, gssencmode="disable") as connection:
            if encrypted(connection):
                yield None
                return
            connection.execute("set plan_cache_mode = force_generic_plan")
            queries = {"committed": signals.committed(self.timestamps), "signals": self.signals_query}
            for name, query in queries.items():
                connection.execute(f"prepare lint_fixtures_{name} as {query}")
            yield connection.fileno(), {name: f"execute lint_fixtures_{name}" for name in queries}

    def visible(self) -> dict[str, int]:
        """Table to how many of its rows anybody sees that were not there at the last look; nothing is remembered."""
        committed = self._value(signals.committed(self.timestamps))
        if self.moved is None or committed == self.moved[0]:
            return {}
        found = self.connection.execute(queries.TABLES).fetchall()
        names = [(schema, table) for schema, table, locked in found if not locked]
        counted = self.connection.execute(queries.counts(names, self.bounds.get("", 0))).fetchall() if names else ()
        return {_name(names[number][0], names[number][1], ""): fresh for number, _, fresh in counted if fresh}

    def next_transaction(self) -> int:
        return int(self._value(queries.NEXT_TRANSACTION))

    def left_of(self, name: str, span: tuple[int, int], holes: tuple[tuple[int, int], ...]) -> int:
        """How many rows of a table are as the transactions of `span` made them, but for those of `holes`."""
        if name not in self.places:
            return 0
        row = self.connection.execute(queries.of_transactions(*self.places[name], span, holes)).fetchone()
        return row[0] if row else 0

    def _wrote(self, seen: Signals) -> bool:
        """Without commit timestamps the signal also moves with every rollback: ask what became of each transaction."""
        if self.timestamps or self.moved is None or self.moved[1] != seen.settings:
            return True
        before = self.moved[0]
        low, high = int(before.split(":")[0]), int(seen.committed.split(":")[1])
        return bool(self._value(queries.ANY_COMMITTED, {"low": low, "high": high - 1, "before": before}))

    def _look(self) -> State:
        content = self._look_into(self.connection, "")
        content = replace(content, marks={**content.marks, **self._shared(), **self._set_back()})
        for name in self._others():
            self.visits.own += 1
            with _connect(self.server, name) as other:
                part = self._look_into(other, name + ".")
            content = State({**content.tables, **part.tables}, {**content.marks, **part.marks})
        return content

    def _shared(self) -> dict[tuple[str, str], str]:
        wanted = [queries.SHARED, queries.SERVER_SETTINGS] if self.everything else [queries.SHARED]
        return {(kind, name): value for query in wanted for kind, name, value in self.connection.execute(query)}

    def _set_back(self) -> dict[tuple[str, str], str]:
        """Sequences that came down since the last look, to below a row that is there. That they go up is their way."""
        before, found = self.sequences, self.connection.execute(queries.SEQUENCES).fetchall()
        self.sequences = {name: last for name, last, *_ in found}
        marks = {}
        for name, last, *place in found:
            if last < before.get(name, 0) and (top := self._largest(*place)) > last:
                marks[SEQUENCE, name] = f"set back to {last}, and there are rows up to {top}"
        return marks

    def _largest(self, schema: str, table: str, column: str) -> int:
        row = self.connection.execute(queries.largest(schema, table, column)).fetchone()
        return row[0] if row and isinstance(row[0], int) else 0

    def _others(self) -> list[str]:
        if not self.server.embedded:
            return []
        return [row[0] for row in self.connection.execute(queries.OTHER_DATABASES)]

    def _look_into(self, connection: psycopg.Connection[Any], prefix: str) -> State:
        marks = {(kind, prefix + name): value for kind, name, value in connection.execute(queries.CATALOG)}
        if self.everything:
            marks |= {(kind, prefix + name): value for kind, name, value in connection.execute(queries.LARGE_OBJECTS)}
        oldest = connection.execute(queries.OLDEST_RUNNING).fetchone()
        found = connection.execute(queries.TABLES).fetchall()
        names = [(schema, table) for schema, table, locked in found if not locked]
        tables = self._tables(connection, names, prefix) if names else {}
        for schema, table, locked in found:
            if locked and (known := self.content.tables.get(_name(schema, table, prefix))):
                tables[_name(schema, table, prefix)] = known
        assert oldest is not None
        self.bounds[prefix] = oldest[0]
        if not prefix:
            self.places = {_name(schema, table, ""): (schema, table) for schema, table, _ in found}
        return State(tables, marks)

    def _tables(
        self, connection: psycopg.Connection[Any], names: list[tuple[str, str]], prefix: str
    ) -> dict[str, Rows]:
        """A table's digest is read only when its count or the age of its rows says that it may have changed."""
        bound = self.bounds.get(prefix, 0)
        found = {}
        for number, count, fresh in connection.execute(queries.counts(names, bound)).fetchall():
            schema, table = names[number]
            name = _name(schema, table, prefix)
            known = self.content.tables.get(name)
            if known is not None and not fresh and known.count == count:
                found[name] = known
            else:
                digest = connection.execute(queries.digest(schema, table)).fetchone() if count else None
                sample = self._sample(connection, schema, table, bound) if fresh and known is not None else ""
                found[name] = Rows(count, int(digest[0]) if digest else 0, fresh, sample)
        return found

    def _sample(self, connection: psycopg.Connection[Any], schema: str, table: str, bound: int) -> str:
        facts = connection.execute(queries.TABLE_FACTS, {"schema": schema, "table": table}).fetchone()
        if facts is None or not facts[0]:
            return ""
        columns, sequences = facts
        rows = connection.execute(queries.sample(schema, table, columns, bound)).fetchall()
        keys = ", ".join("/".join(str(value)[:KEY_LENGTH] for value in row) for row in reversed(rows))
        return f"{'/'.join(columns)} {keys}" + (f"; {sequences}" if sequences else "")

    def _value(self, query: LiteralString, parameters: Mapping[str, object] | None = None) -> Any:
        row = self.connection.execute(query, parameters).fetchone()
        return row[0] if row else None


def encrypted(connection: psycopg.Connection[Any]) -> bool:
    return bool(connection.pgconn.ssl_in_use)


def _name(schema: str, table: str, prefix: str) -> str:
    return prefix + (table if schema == "public" else f"{schema}.{table}")


def _connect(server: Server, dbname: str, gssencmode: str | None = None) -> psycopg.Connection[Any]:
    try:
        connection = psycopg.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password or None,
            dbname=dbname,
            application_name=signals.APPLICATION,
            autocommit=True,
            connect_timeout=10,
            gssencmode=gssencmode,
        )
        connection.execute("set lock_timeout = '2s'")
    except psycopg.Error as error:
        raise HookError(f"the database {dbname!r} cannot be watched: {str(error).strip()}") from error
    return cast("psycopg.Connection[Any]", connection)
