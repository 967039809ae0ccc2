"""A question to the server on a driver's own connection: no event loop is needed, and no new connection."""

from __future__ import annotations

import sys
from typing import Any

# libpq's numbers: of a connection's transaction, of a result
IDLE = 0
TUPLES_OK = 2


def first_column(driver: Any, query: str) -> list[str] | None:
    """None while a transaction is open, and of drivers that cannot be asked: asyncpg needs its event loop."""
    if getattr(driver, "closed", True):
        return None
    wire = getattr(driver, "pgconn", None)
    if wire is not None:  # psycopg 3, of either kind
        if wire.transaction_status != IDLE:
            return None
        rows = wire.exec_(query.encode())
        if rows.status != TUPLES_OK:
            return None
        return [rows.get_value(row, 0).decode() for row in range(rows.ntuples)]
    if not hasattr(driver, "get_transaction_status") or driver.get_transaction_status() != IDLE:
        return None
    return _of_psycopg2(driver, query)


def _of_psycopg2(driver: Any, query: str) -> list[str] | None:
    try:
        with driver.cursor() as cursor:
            cursor.execute(query)
            return [row[0] for row in cursor.fetchall()]
    except sys.modules["psycopg2"].Error:  # a statement_timeout that the suite set
        return None
    finally:
        if not driver.closed and not driver.autocommit:
            driver.rollback()
