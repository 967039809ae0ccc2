"""Servers that outlive their run because somebody wants to look into them; `verify-suite postgres clean` ends them.

A file in the run's directory says so. The supervisor stays as long as that file does, and nothing else is needed.
"""

import json
import os
import shlex
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from lint_fixtures_hooks.postgres.lease import run_roots
from lint_fixtures_hooks.postgres.server import Server
from lint_fixtures_hooks.supervisor import KEPT

PASSWORDS = "pgpass"
END_SECONDS = 60


@dataclass(frozen=True)
class Kept:
    """`why` is what it was kept for, `cache` whose it is; `since` in seconds since the epoch.

    The password is in a file, which libpq reads.
    """

    directory: str
    version: str
    host: str
    port: int
    user: str
    dbname: str
    why: str
    cache: str
    since: float

    @property
    def id(self) -> str:
        return Path(self.directory).name

    @property
    def conninfo(self) -> str:
        passwords = Path(self.directory) / PASSWORDS
        return f"host={self.host} port={self.port} user={self.user} dbname={self.dbname} passfile={passwords}"

    @property
    def command(self) -> str:
        return f"psql {shlex.quote(self.conninfo)}"


def keep(server: Server, why: str, cache: Path) -> Kept | None:
    """None for a server that is not ours to keep: one at a url stays anyway."""
    kept = describe(server, why, cache)
    if kept is not None:
        _write(Path(kept.directory) / KEPT, json.dumps(asdict(kept)))
    return kept


def describe(server: Server, why: str, cache: Path) -> Kept | None:
    """How to open it; libpq finds the password in a file, so it is in no argument and no output."""
    if not server.directory:
        return None
    place = (server.directory, server.version, server.host, server.port, server.user, server.dbname)
    kept = Kept(*place, why, str(cache), time.time())
    login = ":".join(part.replace("\\", "\\\\").replace(":", "\\:") for part in (server.user, server.password))
    _write(Path(kept.directory) / PASSWORDS, f"*:*:*:{login}\n")
    return kept


def _write(path: Path, text: str) -> None:
    """Anew and through no link: the directory is the server's account's."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def kept_servers(cache: Path | None = None) -> list[Kept]:
    """Those of the runs with this cache, else of all runs of this user, newest first."""
    found = [kept for root in run_roots() for file in _files(root) if (kept := _read(file)) is not None]
    mine = (kept for kept in found if cache is None or kept.cache == str(cache))
    return sorted(mine, key=lambda kept: kept.since, reverse=True)


def _files(root: Path) -> Iterator[Path]:
    try:
        if root.lstat().st_uid == os.geteuid():
            yield from root.glob(f"*/{KEPT}")
    except OSError:
        return


def _read(file: Path) -> Kept | None:
    try:
        return Kept(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def release(kept: Kept) -> bool:
    """Let its supervisor end it; True when its directory is gone."""
    directory = Path(kept.directory)
    (directory / KEPT).unlink(missing_ok=True)
    deadline = time.monotonic() + END_SECONDS
    while directory.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not directory.exists()
