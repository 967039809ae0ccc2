"""What SQLAlchemy's engines execute, told to those who care: a suite says the same few things again and again."""

from __future__ import annotations

import sys
from typing import Any, Protocol

KEPT = 1000
LONGEST = 10_000  # characters: a longer one is hardly said twice


class Hearer(Protocol):
    def cares(self, statement: str) -> bool: ...
    def heard(self, connection: Any, statement: str, parameters: Any) -> None: ...


class Statements:
    """Each statement is judged once, for all that hear it; that nobody cares for one is remembered."""

    def __init__(self, *hearers: Hearer) -> None:
        self.hearers = hearers
        self.watching = False
        self.dull: set[str] = set()

    def watch(self) -> None:
        """Asked again until the suite has imported SQLAlchemy."""
        if self.watching or "sqlalchemy.engine" not in sys.modules or "sqlalchemy.event" not in sys.modules:
            return
        self.watching = True
        engine, listen = sys.modules["sqlalchemy.engine"].Engine, sys.modules["sqlalchemy.event"].listen
        dull = self.dull

        def executed(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if statement not in dull:
                self._judge(connection, statement, parameters)

        listen(engine, "after_cursor_execute", executed)

    def _judge(self, connection: Any, statement: str, parameters: Any) -> None:
        caring = [hearer for hearer in self.hearers if hearer.cares(statement)]
        for hearer in caring:
            hearer.heard(connection, statement, parameters)
        if not caring and len(statement) < LONGEST:
            if len(self.dull) >= KEPT:
                self.dull.clear()
            self.dull.add(statement)
