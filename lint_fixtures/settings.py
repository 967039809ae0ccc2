"""The linter's settings, however they are given: flake8's options, its configuration files, or the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lint_fixtures.frozen import frozen

if TYPE_CHECKING:
    import argparse

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


def settings_of(options: argparse.Namespace) -> Settings:
    """What flake8's options say, wherever they were given.

    An extended rule is on when it is selected by its whole code: `--select LFX` means what is on by default.
    """
    chosen = {*(options.select or ()), *(options.extend_select or ())}
    extended = tuple(code for code in EXTENDED if code in chosen)
    return Settings(options.lfx_cache_dir, tuple(options.lfx_session_names), extended)
