"""What an external url really names: one user, one host, one port, one database, or a refusal."""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from lint_fixtures_hooks.errors import UsageError

READ_OPTIONS = {"host", "port", "user", "password", "dbname", "sslmode", "connect_timeout", "application_name"}
DIVERTING_VARIABLES = ("PGHOSTADDR", "PGSERVICE")


@dataclass(frozen=True)
class Target:
    """`host` is a name, an address or a socket directory."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    dbname: str

    def __str__(self) -> str:
        return f"{self.host}/{self.dbname}"


def masked(url: str) -> str:
    """`url` without its password, whatever its form; rather too much hidden than too little."""
    scheme, separator, rest = url.partition("://")
    if separator:
        login, at, place = rest.rpartition("@")
        user, colon, _ = login.partition(":")
        url = f"{scheme}://{user}:***@{place}" if colon else f"{scheme}://{login}{at}{place}"
    return re.sub(r"(?i)(password\s*=\s*)('(?:[^'\\]|\\.)*'?|[^&\s]*)", r"\1***", url)


def read_target(url: str) -> Target:
    """The one place that libpq and SQLAlchemy alike would connect to.

    Raises UsageError when the url is unreadable, leaves a thing to the environment or a file, or says it twice.
    """
    if not url.isprintable():  # C reads up to a NUL, and a line end would split our own messages
        raise UsageError("the url holds a NUL, a line end or another character that no name of a place has")
    options = _libpq_options(url)
    if not "".join(options.values()).isprintable():
        raise UsageError(_unreadable(url))
    for name in sorted(options.keys() - READ_OPTIONS):
        raise UsageError(f"{masked(url)}: option {name!r} may lead elsewhere: name host, port and database only")
    for name in ("host", "user", "dbname"):
        if not options.get(name):
            raise UsageError(f"{masked(url)}: no {name} in the url, so the environment would decide: add it")
    if "," in options["host"] or "," in options.get("port", ""):
        raise UsageError(_several(url))
    for name in DIVERTING_VARIABLES:
        if os.environ.get(name):
            raise UsageError(f"{name} is set and would send connections elsewhere than {masked(url)}: unset it")
    port = options.get("port") or "5432"
    if not port.isdecimal():
        raise UsageError(_unreadable(url))
    return Target(options["host"], int(port), options["user"], options.get("password", ""), options["dbname"])


def _libpq_options(url: str) -> dict[str, str]:
    scheme, separator, rest = url.partition("://")
    plain = f"postgresql://{rest}" if separator else url
    if separator and scheme.split("+")[0] not in ("postgresql", "postgres"):
        raise UsageError(f"{masked(url)}: not a PostgreSQL url")
    try:
        if separator:
            _refuse_doubles(url, plain)
        options = conninfo_to_dict(plain)
    except (psycopg.Error, ValueError):
        # the parser's own words may quote a part of the password
        raise UsageError(_unreadable(url)) from None
    return {name: str(value) for name, value in options.items()}


def _refuse_doubles(url: str, plain: str) -> None:
    parts = urlsplit(plain)
    if "," in parts.netloc.rpartition("@")[2]:
        raise UsageError(_several(url))
    said = {"host": parts.hostname, "port": parts.port, "user": parts.username, "dbname": parts.path.strip("/")}
    query = parse_qs(parts.query, keep_blank_values=True)
    for name, values in query.items():
        if len(values) > 1 or said.get(name) or (name == "password" and parts.password):
            raise UsageError(f"{masked(url)}: {name} is given twice: name it once")


def _several(url: str) -> str:
    return f"{masked(url)}: more than one host: name the one to use"


def _unreadable(url: str) -> str:
    return f"{masked(url)}: cannot be read as a PostgreSQL url (special characters must be %-coded)"
