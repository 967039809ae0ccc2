"""The linter's settings, however they are given: flake8's options, its configuration files, or the command line."""

from __future__ import annotations

from lint_fixtures.frozen import frozen

SESSION_NAMES = ("db", "session", "db_session", "dbsession", "async_session", "database_session", "sql_session")
EXTENDED = ("LFX404", "LFX405")  # rules that are off until they are selected by their whole code


@frozen
class Settings:
    """``cache_dir`` is '' for the default place and 'off' for none; ``session_names`` are names that mean a session.

    ``extended`` are the codes of :data:`EXTENDED` that are on.
    """

    cache_dir: str = ""
    session_names: tuple[str, ...] = SESSION_NAMES
    extended: tuple[str, ...] = ()
