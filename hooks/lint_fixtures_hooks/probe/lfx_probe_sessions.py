"""What unused connections of SQLAlchemy's pools keep for the next test: committed SETs, temporary tables.

The statements are heard by events; whether they took effect is asked of the connection itself, once it is back.
"""

from __future__ import annotations

import re
import weakref
from typing import Any

import lfx_probe_asking  # type: ignore[import-not-found]

# settings that end with their transaction are none of a session's
HEARD = re.compile(
    r"""\s*(?:
    set\s+(?:session\s+)?(?!(?:local|transaction|constraints|session)\b)(?P<name>[\w.]+)
    | select\s+(?:pg_catalog\.)?set_config\s*\(\s*(?:'(?P<config>[\w.]+)'|(?P<bound>[%:$]))
    | (?P<temporary>create\s+(?:(?:global|local|or\s+replace)\s+)*temp)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
NAME = re.compile(r"[a-zA-Z_]\w*(\.[a-zA-Z_]\w*)?", re.ASCII)
ALIASES = {"time": "timezone", "names": "client_encoding", "schema": "search_path"}
# the suite's own statement_timeout may be too short for the question, so it is put aside first
ASK = """
select set_config('lint_fixtures.timeout', current_setting('statement_timeout'), true);
select set_config('statement_timeout', null, true);
select lower(name) || ' = ' || setting from pg_settings
  where source = 'session' and setting is distinct from reset_val and lower(name) = any('{names}')
  and name <> 'statement_timeout'
union all select 'statement_timeout = ' || current_setting('lint_fixtures.timeout')
  where current_setting('lint_fixtures.timeout') <> current_setting('statement_timeout')
union all select name || ' = ' || current_setting(name, true) from unnest('{names}'::text[]) name
  where name like '%.%' and current_setting(name, true) <> ''
union all select 'role = ' || current_user where 'role' = any('{names}') and current_user <> session_user
union all select 'temporary table ' || relname from pg_class
  where relnamespace = pg_my_temp_schema() and relkind in ('r', 'p', 'v')
"""


class Sessions:
    def __init__(self) -> None:
        self.suspects: weakref.WeakKeyDictionary[Any, set[str]] = weakref.WeakKeyDictionary()
        self.answers: weakref.WeakKeyDictionary[Any, dict[str, str]] = weakref.WeakKeyDictionary()

    def kept(self) -> dict[str, str]:
        """What to words, of the connections in a pool on which somebody said SET or made a temporary table."""
        found = {}
        for record, names in list(self.suspects.items()):
            found.update(self._answer(record, names))
        return found

    def _answer(self, record: Any, names: set[str]) -> dict[str, str]:
        """While a wider-scoped fixture has it, it keeps what it was seen to keep; then it is asked again."""
        driver = getattr(record, "driver_connection", None)
        if not record.in_use:
            query = ASK.replace("{names}", "{" + ",".join(sorted(filter(None, names))) + "}")
            answer = lfx_probe_asking.first_column(driver, query)
            if answer:
                self.answers[record] = dict.fromkeys(answer, "kept by a connection in SQLAlchemy's pool")
            elif answer is not None or getattr(driver, "closed", True):
                self.suspects.pop(record, None)
                self.answers.pop(record, None)
        return self.answers.get(record, {})

    def cares(self, statement: str) -> bool:
        return any(map(HEARD.match, statement.split(";")))

    def heard(self, connection: Any, statement: str, parameters: Any) -> None:
        for heard in filter(None, map(HEARD.match, statement.split(";"))):
            record = getattr(connection.connection, "_connection_record", None)
            if record is not None:  # else it was taken out of its pool
                name = (heard["name"] or heard["config"] or "").lower()
                names = self.suspects.setdefault(record, set())
                names.update(_names_in(parameters) if heard["bound"] else [ALIASES.get(name, name)])


def _names_in(parameters: Any) -> list[str]:
    """Of what is bound to a call of set_config whatever may be a setting's name: the server knows which is one."""
    values = parameters.values() if isinstance(parameters, dict) else parameters
    return [value.lower() for value in values if isinstance(value, str) and NAME.fullmatch(value)]
