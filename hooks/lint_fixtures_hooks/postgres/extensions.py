"""Extensions that the project makes, and those that a PostgreSQL lacks."""

import re
import subprocess
from collections.abc import Sequence

from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.git import Repo
from lint_fixtures_hooks.postgres.binaries import Binaries
from lint_fixtures_hooks.postgres.server import Server

# as git grep reads it: the name may be in quotes, and those be escaped in a string
MADE = r"create +extension +(if +not +exists +)?[\\\"']*[a-z_][a-z0-9_-]*"
UNAVAILABLE = re.compile(r'extension "([^"]+)" is not available')


def made(repo: Repo) -> tuple[str, ...]:
    """Names in the Python and SQL files of the index; a name that is put together at run time is not seen."""
    question = ("grep", "--cached", "-I", "-i", "-h", "-o", "-E", MADE, "--", "*.py", "*.sql")
    try:
        found = repo.git(*question).decode(errors="replace")
    except HookError:
        return ()  # git grep fails where nothing matches
    return tuple(sorted({re.split(r"[\s\\\"']", line)[-1].lower() for line in found.splitlines()}))


def lacking(binaries: Binaries, names: Sequence[str]) -> tuple[str, ...]:
    """Those of `names` that cannot be created there; none where it cannot be told."""
    command = (str(binaries.directory / "pg_config"), "--sharedir")
    try:
        share = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ()
    folder = binaries.directory.joinpath(share, "extension")
    if not (folder / "plpgsql.control").is_file():
        return ()
    return tuple(name for name in names if not (folder / f"{name}.control").is_file())


def advice(said: str, server: Server) -> str:
    """What to do when something failed for want of an extension; else empty."""
    match = UNAVAILABLE.search(said)
    if match is None:
        return ""
    return (
        f"PostgreSQL {server.version} ({server.provider}) has no extension {match[1]!r}: install it for the provider"
        " 'local', or give `compose` a service whose image has it"
    )
