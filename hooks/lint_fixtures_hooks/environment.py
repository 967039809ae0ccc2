"""The variables of the suite: ours for PostgreSQL, none that could lead to another database or to the repository."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from lint_fixtures_hooks.errors import UsageError
from lint_fixtures_hooks.interpreter import Interpreter
from lint_fixtures_hooks.postgres.server import Server
from lint_fixtures_hooks.settings import Settings

FOREIGN = re.compile(
    r"PG[A-Z]+|.*DATABASE_UR[LI].*|.*_DSN|POSTGRES(QL)?_.*|GIT_.*|PYTEST_.*|LINT_FIXTURES_.*"
    r"|(.*_)?(DB|DATABASE|PG|PGSQL|PSQL|RDS)_{0,2}"
    r"(HOST|HOSTNAME|ADDR|ADDRESS|SERVER|PORT|USER|USERNAME|PASS|PASSWD|PASSWORD|NAME|URL|URI|SOCKET)",
    re.IGNORECASE,  # so do settings classes read them
)
DATABASE = re.compile(r"\s*((jdbc:)?postgres(ql)?|postgis|psql|cockroachdb|redshift)(\+\w+)?://", re.IGNORECASE)
LIBPQ = re.compile(r"PG[A-Z]+")
PROBE = Path(__file__).parent / "probe"
DEFAULT = {"DATABASE_URL": "{url}"}
OWN_URL = "LINT_FIXTURES_DATABASE_URL"


class Url(str):
    """In a template `{url}` is the plain one and `{url:asyncpg}` the one for a driver of SQLAlchemy."""

    server: Server

    def __new__(cls, server: Server) -> "Url":
        text = super().__new__(cls, server.url())
        text.server = server
        return text

    def __format__(self, driver: str) -> str:
        return self.server.url(driver)


def of_server(settings: Settings, server: Server) -> dict[str, str]:
    """libpq's variables and the project's own names; raises UsageError for a template that cannot be filled."""
    values = {
        "url": Url(server),
        "host": server.host,
        "port": server.port,
        "user": server.user,
        "password": server.password,
        "dbname": server.dbname,
    }
    return server.env() | {
        name: _filled(name, template, values) for name, template in (settings.env or DEFAULT).items()
    }


def _filled(name: str, template: str, values: Mapping[str, object]) -> str:
    try:
        filled = template.format_map(values)
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        known = " ".join(f"{{{value}}}" for value in values)
        raise UsageError(f"env.{name}: {template!r} cannot be filled ({error}): it may say {known}") from error
    if DATABASE.match(filled) and filled == template:
        raise UsageError(
            f"env.{name}: names a database of its own: let it say {{url}}, the server that is made for the run"
        )
    return filled


def wants_tcp(settings: Settings) -> bool:
    if settings.tcp is not None:
        return settings.tcp
    return any("{host" in template or "{port" in template for template in settings.env.values())


def base(interpreter: Interpreter, top: Path, home: Path, folder: Path) -> dict[str, str]:
    """`top` is the tree that runs, `home` the user's own: a checkout elsewhere shadows what is installed from home.

    Temporary files go below `folder`, and compiled ones nowhere: the tree stays as it is.
    """
    variables = without_servers()
    paths = [str(PROBE), *_shadowing(interpreter, top, home), *variables.get("PYTHONPATH", "").split(os.pathsep)]
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    binaries = str(interpreter.executable.parent)
    return variables | {
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": binaries + os.pathsep + variables.get("PATH", os.defpath),
        "VIRTUAL_ENV": str(interpreter.prefix),
        "TMPDIR": str(temporary),
        "GIT_CEILING_DIRECTORIES": str(temporary),
    }


def leads_elsewhere(name: str, value: str) -> bool:
    """Whether a variable speaks of a database or a repository, by its name or by what it holds."""
    return bool(FOREIGN.fullmatch(name) or DATABASE.match(value))


def forget_servers() -> None:
    """The hook's own connections name everything; a PGSERVICE or PGOPTIONS around it must not add to that.

    The settings are read by now, so that the url in its own variable concerns no child of it any more.
    """
    for name in [name for name in os.environ if LIBPQ.fullmatch(name) or name == OWN_URL]:
        del os.environ[name]


def without_servers() -> dict[str, str]:
    """The hook's own variables but for those that speak of a database or a repository."""
    return {name: value for name, value in os.environ.items() if not leads_elsewhere(name, value)}


def _shadowing(interpreter: Interpreter, top: Path, home: Path) -> list[str]:
    """Editable installs put the user's work tree on the path; a checkout puts its own copy before it."""
    if top == home:
        return []
    inside = [path for path in map(Path, interpreter.path) if path.is_relative_to(home)]
    copies = [top / path.relative_to(home) for path in inside]
    return [str(copy) for copy in copies if copy.is_dir()]
