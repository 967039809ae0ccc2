"""Whether a suite connected to its server at all: one that reads its database's address elsewhere runs elsewhere."""

import contextlib
from typing import Any

import psycopg

from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.git import Repo

_SINCE = 150000  # what PostgreSQL 15 can write down at once; before, the counts come late
_COUNT = "select coalesce(sum(sessions), 0)::bigint from pg_stat_database"
_DRIVERS = r"sqlalchemy|sqlmodel|psycopg|asyncpg|pg8000"


class Visits:
    """Counts the sessions of all databases of a server; `own` are those that the watching opens itself."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection
        self.own = 0
        self.met = False  # a connection was there at some look
        self.before = self._count()

    def none(self) -> bool:
        """Whether nobody came; False where it cannot be told."""
        now = None
        with contextlib.suppress(psycopg.Error):
            now = self._count()
        return not self.met and self.before is not None and now is not None and now - self.before <= self.own

    def _count(self) -> int | None:
        if self.connection.info.server_version < _SINCE:
            return None
        self.connection.execute("select pg_stat_force_next_flush()")  # of this very session
        row = self.connection.execute(_COUNT).fetchone()
        return int(row[0]) if row else None


def speaks_of_databases(repo: Repo) -> bool:
    """Whether a Python file of the tree names a library that connects to PostgreSQL."""
    try:
        return bool(repo.git("grep", "--cached", "-lIE", _DRIVERS, "--", "*.py"))
    except HookError:  # git's way of saying: none
        return False
