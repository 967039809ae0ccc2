"""What is asked of a provider, and what it gives back."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

SUPERUSER = "suite"
DBNAME = "suite_test"


@dataclass(frozen=True)
class ComposeSettings:
    """The project's own compose file, the service in it that is PostgreSQL, and the port inside its container."""

    file: Path
    service: str
    port: int = 5432


@dataclass(frozen=True)
class ServerRequest:
    """One server, please.

    `provider` pins one by name; None chooses among url, local, wheel, compose. `allow` is an explicit "host/dbname"
    that overrides the guard for exactly that external url. `fingerprint` stands for migrations, models and setup in
    the key of the cached data directory, `extensions` are those that the project makes. `tcp` asks for 127.0.0.1 and
    a free port besides the socket.
    """

    provider: str | None
    url: str | None = field(repr=False)
    allow: str | None
    cache_dir: Path
    fingerprint: str
    tcp: bool
    major: int | None = None
    compose: ComposeSettings | None = None
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Server:
    """A server that answers queries; `host` is an address or a socket directory, `embedded` means ours alone.

    `directory` is the run's own, empty where somebody else runs the server.
    """

    provider: str
    version: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    dbname: str
    embedded: bool
    reason: str = ""
    directory: str = ""

    def url(self, driver: str = "") -> str:
        """postgresql[+driver]://...; a socket directory travels as ?host=, which psycopg2, psycopg and asyncpg read."""
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        login = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        name = quote(self.dbname, safe="")
        if self.host.startswith("/"):
            query = urlencode({"host": self.host, "port": self.port}, safe="/")
            return f"{scheme}://{login}@/{name}?{query}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{login}@{host}:{self.port}/{name}"

    def env(self) -> dict[str, str]:
        """libpq's variables; no PGPASSWORD when the server asks for none."""
        given = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user, "PGDATABASE": self.dbname}
        return given | ({"PGPASSWORD": self.password} if self.password else {})
