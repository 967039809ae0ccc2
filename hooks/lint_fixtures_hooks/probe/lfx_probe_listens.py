"""Channels that connections of SQLAlchemy's pools listen to: nothing takes them back when a session is closed.

The statements are heard by events; whether they took effect is asked of the connection itself, when it lies unused.
"""

from __future__ import annotations

import weakref
from typing import Any

import lfx_probe_asking  # type: ignore[import-not-found]
import lfx_probe_pools  # type: ignore[import-not-found]

WORDS = ("LISTEN", "listen", "UNLISTEN", "unlisten")
ASK = "select pg_listening_channels()"


class Listens:
    def __init__(self) -> None:
        self.suspects: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()

    def channels(self) -> dict[str, str]:
        """Channel to words, of the connections on which somebody said LISTEN."""
        found = {}
        for driver in list(self.suspects.values()):
            pid, channels = _asked(driver)
            found.update({f"channel {channel}": f"connection {pid} still listens" for channel in channels})
        return found

    def cares(self, statement: str) -> bool:
        return statement.lstrip().startswith(WORDS)

    def heard(self, connection: Any, statement: str, parameters: Any) -> None:
        driver = connection.connection.driver_connection
        try:
            self.suspects[id(driver)] = driver
        except TypeError:
            return  # psycopg2's connections are weakly referable; another driver's may not be


def _asked(driver: Any) -> tuple[int, list[str]]:
    """The server's process and its channels; none while a transaction is open, which is a leak of its own."""
    listeners = getattr(driver, "_listeners", None)
    if isinstance(listeners, dict):  # asyncpg
        return driver.get_server_pid(), ([] if driver.is_closed() else sorted(listeners))
    channels = lfx_probe_asking.first_column(driver, ASK) or []
    return (lfx_probe_pools.server_pid(driver) or 0 if channels else 0), channels
