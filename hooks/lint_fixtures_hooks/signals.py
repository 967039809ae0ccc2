"""The cheap question, one round trip: was anything committed, and what do the suite's connections hold now?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lint_fixtures_hooks.ledger import LOCK, PREPARED, TRANSACTION

if TYPE_CHECKING:
    from typing_extensions import LiteralString

APPLICATION = "lint-fixtures"

# what a transaction wrote stays locked until it ends, unless it was rolled back to a savepoint: the locks tell
_QUERY: LiteralString = """
with backend as materialized (
  select a.pid, a.backend_start::text as started, coalesce(a.query_start::text, '') as used,
    case when a.backend_xid is not null or a.state like 'idle in transaction%'
      then to_char(a.xact_start, 'HH24:MI:SS.US') else '' end as transaction,
    coalesce(a.state, '') as state,
    case when a.xact_start is not null then (select json_agg(distinct c.relname)
      from pg_locks l join pg_class c on c.oid = l.relation
      where l.pid = a.pid and c.relkind in ('r', 'p') and c.oid >= 16384 and l.granted
        and l.database = (select oid from pg_database where datname = current_database())
        and l.mode not in ('AccessShareLock', 'RowShareLock')) end as wrote,
    coalesce(substring(a.query from '(?i)^\\s*listen\\s+"?([^";]+)'), '') as listens
  from pg_stat_activity a where a.backend_type = 'client backend' and a.pid <> pg_backend_pid() {here}
    and a.application_name is distinct from '{application}')
select json_build_array({committed}, {settings},
  (select json_agg(json_build_array(pid, transaction, state, wrote)) from backend where transaction <> ''),
  (select json_agg(format('advisory lock %s of connection %s', case when l.objsubid = 1
      then ((l.classid::bigint << 32) | l.objid::bigint)::text
      else format('(%s, %s)', l.classid, l.objid) end, l.pid))
    from pg_locks l where l.locktype = 'advisory' and l.granted),
  (select json_agg(gid) from pg_prepared_xacts))::text,
  (select json_agg(json_build_array(pid, started, used, transaction, state, wrote, listens)) from backend)::text
"""


@dataclass(frozen=True)
class Backend:
    """One connection; `transaction` is when its open one began or empty, `wrote` the tables that it wrote to in it."""

    pid: int
    started: str
    used: str
    transaction: str
    state: str
    wrote: tuple[str, ...]
    listens: str


@dataclass(frozen=True)
class Signals:
    """`committed` moves with every commit that wrote, `settings` with every ALTER SYSTEM.

    `decisive` is all that a verdict on the database rests on, as the server wrote it: the same text, the same verdict.
    """

    decisive: str
    committed: str
    settings: str
    backends: tuple[Backend, ...]
    locks: tuple[str, ...]
    prepared: tuple[str, ...]

    def held(self, fixtures: Callable[[int], bool]) -> Mapping[tuple[str, str], str]:
        """(kind, name) to words; `fixtures` tells the connections that wider-scoped fixtures hold on purpose."""
        found: dict[tuple[str, str], str] = {}
        for backend in self.backends:
            if not backend.transaction:
                continue
            if fixtures(backend.pid):
                for table in backend.wrote:
                    found[TRANSACTION, f"uncommitted rows of {table}"] = _SHARED
            else:
                tables = f", holds locks on {', '.join(backend.wrote)}" if backend.wrote else ""
                name = f"connection {backend.pid}, begun {backend.transaction}"
                found[TRANSACTION, name] = backend.state + tables
        found.update({(LOCK, name): "held after the test" for name in self.locks})
        found.update({(PREPARED, name): "neither committed nor rolled back" for name in self.prepared})
        return found


_SHARED = "written on a connection that a wider-scoped fixture holds, where the next test sees them"


def committed(timestamps: bool) -> LiteralString:
    if timestamps:
        return "select coalesce((select xid::text from pg_last_committed_xact()), '')"
    return "select pg_current_snapshot()::text"


def query(timestamps: bool, cluster_wide: bool, everything: bool) -> LiteralString:
    here: LiteralString = "" if cluster_wide else "and a.datname = current_database()"
    settings: LiteralString = "''"
    if everything:
        settings = "(select concat(modification, size) from pg_stat_file('postgresql.auto.conf', true))"
    text = (
        _QUERY.replace("{committed}", f"({committed(timestamps)})")
        .replace("{here}", here)
        .replace("{settings}", settings)
    )
    return text.replace("{application}", APPLICATION)


def read(row: tuple[Any, ...]) -> Signals:
    decisive, census = row
    committed, settings, _, locks, prepared = json.loads(decisive)
    found = tuple(
        Backend(pid, started, used, transaction, state, tuple(wrote or ()), listens)
        for pid, started, used, transaction, state, wrote, listens in json.loads(census or "[]")
    )
    return Signals(decisive, committed or "", settings or "", found, tuple(locks or ()), tuple(prepared or ()))
