"""What must hold before anything is written to a database that we did not make."""

import ipaddress
import re
import socket
from dataclasses import replace

import psycopg
from psycopg import sql

from lint_fixtures_hooks.errors import HookError, UsageError
from lint_fixtures_hooks.postgres.connect import Connection, connect, server_version
from lint_fixtures_hooks.postgres.server import Server
from lint_fixtures_hooks.postgres.target import Target

MARK = "made for tests: verify-suite may change and delete everything in this database"
TEST_WORDS = frozenset(
    ("test", "tests", "testing", "tester", "testdb", "testdatabase", "testsuite", "pytest", "unittest", "unittests")
)

_CONTENT = """
SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND c.relkind IN ('r', 'p', 'm', 'v', 'S', 'f', 'c')
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                          AND d.deptype = 'e'))
     + (SELECT count(*) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND t.typtype IN ('d', 'e', 'r')
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid
                          AND d.deptype = 'e'))
     + (SELECT count(*) FROM pg_namespace n
        WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public')
          AND NOT EXISTS (SELECT FROM pg_extension e WHERE e.extnamespace = n.oid)
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid
                          AND d.deptype = 'e'))
     + (SELECT count(*) FROM pg_largeobject_metadata)
     + (SELECT count(*) FROM pg_foreign_server) + (SELECT count(*) FROM pg_publication)
     + (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                          AND d.deptype = 'e'))
"""
_OWNED = """
SELECT datname FROM pg_database
WHERE datdba = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND datname <> current_database()
  AND NOT datistemplate AND shobj_description(oid, 'pg_database') IS DISTINCT FROM %s ORDER BY datname
"""


def check_target(target: Target, allow: str | None, compose_service: str | None) -> None:
    """Host and name, before any connection is made; `allow` naming exactly this host/dbname overrides both.

    Raises UsageError with the reason.
    """
    if allow == str(target):
        return
    how = f"; if it is meant, allow exactly {str(target)!r} in the settings"
    if not (is_local(target.host) or target.host == compose_service):
        raise UsageError(f"{target}: the host is neither this machine nor a compose service{how}")
    if not names_a_test(target.dbname):
        raise UsageError(f"{target}: the database's name does not carry 'test'{how}")


def check_connection(server: Server, allow: str | None, compose_service: str | None = None) -> str:
    """The same on the live connection, then that the content is nobody's; marks an empty database.

    Returns the server's version. Raises UsageError with the reason, HookError when the server does not answer.
    """
    where = f"{server.host}/{server.dbname}"
    try:
        with connect(server) as connection:
            if allow != where:
                near = server.host != compose_service and not server.host.startswith(("/", "@"))
                _check_address(connection, where, near=near)
            _check_place(connection, server, where)
            marked = _check_content(connection, where)
            for name in _owned_by_role(connection):
                if _has_content(server, name):
                    raise UsageError(
                        f"{where}: role {server.user!r} also owns database {name!r}, which has data:"
                        f" give the tests a role of their own"
                    )
            if not marked:
                mark(connection, server.dbname)
            return server_version(connection)
    except psycopg.Error as error:
        raise HookError(f"{where}: {str(error).strip().splitlines()[0]}") from error


def mark(connection: Connection, dbname: str) -> None:
    """Declare a database ours; later runs may use it although it is no longer empty."""
    comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
    connection.execute(comment.format(sql.Identifier(dbname), sql.Literal(MARK)))


def is_local(host: str) -> bool:
    """A socket directory, or a name or address all of whose addresses are loopback."""
    if host.startswith(("/", "@")):
        return True
    try:
        answers = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(answer[4][0]).split("%")[0]).is_loopback for answer in answers)


def names_a_test(dbname: str) -> bool:
    """Whether a word of the name is a test's: app_test, test-db and testing are, latest and testimonials are not."""
    return not TEST_WORDS.isdisjoint(re.split(r"[^a-z]+", dbname.lower()))


def _check_address(connection: Connection, where: str, *, near: bool) -> None:
    """`near`: the host was this machine when its name was looked up, but who connects looks it up again."""
    (address,) = connection.execute("SELECT host(inet_server_addr())").fetchone() or (None,)
    # not "is loopback": a container's own address is private, and its port is forwarded from loopback
    if address is not None and not ipaddress.ip_address(address).is_private:
        raise UsageError(f"{where}: the connection leads to {address}, a public address")
    reached = connection.info.hostaddr
    if near and reached and not ipaddress.ip_address(reached).is_loopback:
        raise UsageError(f"{where}: the connection leads to {reached}, not to this machine")


def _check_place(connection: Connection, server: Server, where: str) -> None:
    row = connection.execute("SELECT current_database(), pg_is_in_recovery()").fetchone()
    dbname, standby = row or (None, True)
    if dbname != server.dbname:
        raise UsageError(f"{where}: the connection leads to database {dbname!r}")
    if standby:
        raise UsageError(f"{where}: the server is a standby of another one")


def _check_content(connection: Connection, where: str) -> bool:
    """True for a marked database, False for an empty one."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    if connection.execute(query).fetchone() == (MARK,):
        return True
    if connection.execute(_CONTENT).fetchone() != (0,):
        raise UsageError(f"{where}: the database is not empty and was not made by verify-suite: give it an empty one")
    return False


def _owned_by_role(connection: Connection) -> list[str]:
    return [str(name) for (name,) in connection.execute(_OWNED, [MARK])]


def _has_content(server: Server, dbname: str) -> bool:
    try:
        with connect(replace(server, dbname=dbname)) as connection:
            return connection.execute(_CONTENT).fetchone() != (0,)
    except psycopg.OperationalError:
        # what cannot be looked into may hold anything
        return True
