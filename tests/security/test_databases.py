"""A database with anything of somebody else's in it is refused, whatever its name says, and left as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import sql

from lint_fixtures_hooks import guards
from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.errors import HookError, UsageError
from lint_fixtures_hooks.postgres import postmaster
from lint_fixtures_hooks.postgres.connect import connect
from lint_fixtures_hooks.postgres.lease import Lease
from lint_fixtures_hooks.postgres.run import Run
from lint_fixtures_hooks.postgres.server import Server, ServerRequest

SHOP = """
CREATE TABLE customer (id serial PRIMARY KEY, email text NOT NULL);
CREATE TABLE purchase (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, paid numeric);
INSERT INTO customer (email) SELECT format('%s@example.invalid', n) FROM generate_series(1, 500) n;
INSERT INTO purchase (customer_id, paid) SELECT id, 10 FROM customer;
"""
CONTENTS = {
    "a shop with customers": SHOP,
    "tables without rows": "CREATE TABLE customer ()",
    "another schema": "CREATE SCHEMA sales; CREATE TABLE sales.customer ()",
    "a partitioned table": "CREATE TABLE customer (id int) PARTITION BY RANGE (id)",
    "a materialized view": "CREATE MATERIALIZED VIEW customer AS SELECT 1",
    "a view": "CREATE VIEW customer AS SELECT 1",
    "a sequence": "CREATE SEQUENCE customer",
    "a type": "CREATE TYPE paid AS ENUM ('yes', 'no')",
    "a composite type": "CREATE TYPE price AS (amount numeric, currency text)",
    "a domain": "CREATE DOMAIN email AS text CHECK (value LIKE '%@%')",
    "an empty schema": "CREATE SCHEMA sales",
    "a large object": "SELECT lo_create(0)",
    "a function": "CREATE FUNCTION paid() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a publication": "CREATE PUBLICATION replicas FOR ALL TABLES",
    "a comment that is nearly the mark": "COMMENT ON DATABASE shop_test IS 'made for tests'; CREATE TABLE customer ()",
}
FULL = "the database is not empty and was not made by verify-suite: give it an empty one"


@contextmanager
def somebodys_database(server: Server, name: str, content: str) -> Iterator[Server]:
    made = sql.Identifier(name)
    with connect(server) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(made))
        there = replace(server, dbname=name, embedded=False)
        with connect(there) as inside:
            inside.execute(sql.SQL(content))
        try:
            yield there
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(made))


def never(server: Server) -> None:
    pytest.fail(f"the schema was set up in {server.dbname}")


def refusal(server: Server, url: str | None = None, allow: str | None = None) -> str:
    request = ServerRequest("url", url or server.url(), allow, Path("unused"), "any", tcp=False)
    with pytest.raises(UsageError) as caught, open_server(request, never):
        pass
    return str(caught.value)


def everything(server: Server) -> list[tuple[object, ...]]:
    """Objects, owners, comments and how much was ever written."""
    with connect(server) as connection:
        queries = (
            "SELECT relname, relkind, relowner, relacl::text FROM pg_class WHERE oid > 16383 ORDER BY oid",
            "SELECT oid, lomowner FROM pg_largeobject_metadata ORDER BY oid",
            "SELECT proname, proowner FROM pg_proc WHERE oid > 16383 ORDER BY oid",
            "SELECT datname, datdba, datacl::text, shobj_description(oid, 'pg_database') FROM pg_database ORDER BY oid",
            "SELECT rolname, rolsuper, rolcanlogin FROM pg_roles ORDER BY oid",
        )
        return [tuple(connection.execute(query).fetchall()) for query in queries]


def rows(server: Server) -> int:
    with connect(server) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM customer) + (SELECT sum(paid) FROM purchase)"
        ).fetchone()
        return int(found[0]) if found else 0


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_it_is_refused_and_left_as_it_was(somebodys: Server, content: str) -> None:
    with somebodys_database(somebodys, "shop_test", content) as given:
        before = everything(given)
        assert refusal(given) == f"127.0.0.1/shop_test: {FULL}"
        assert refusal(given, allow="127.0.0.1/shop_test") == f"127.0.0.1/shop_test: {FULL}"
        assert everything(given) == before


def test_no_row_of_a_shop_is_touched(somebodys: Server) -> None:
    with somebodys_database(somebodys, "shop_test", SHOP) as given:
        before = rows(given)
        refusal(given)
        assert rows(given) == before == 5500


@pytest.mark.parametrize("name", ["shop_test_backup", "not-a-test", "tests_of_customers_2019"])
def test_a_name_alone_proves_nothing(somebodys: Server, name: str) -> None:
    with somebodys_database(somebodys, name, SHOP) as given:
        assert refusal(given) == f"127.0.0.1/{name}: {FULL}"


def test_the_mark_of_one_database_says_nothing_about_another(somebodys: Server) -> None:
    with somebodys_database(somebodys, "shop_test", ""), somebodys_database(somebodys, "orders_test", SHOP) as given:
        with connect(somebodys) as admin:
            guards.mark(admin, "shop_test")
        assert refusal(given) == f"127.0.0.1/orders_test: {FULL}"


def test_a_linked_socket_folder_is_looked_into_like_any_other(somebodys: Server, tmp_path: Path) -> None:
    (tmp_path / "sockets").symlink_to(somebodys.directory)
    with somebodys_database(somebodys, "shop_test", SHOP) as given:
        socket = replace(given, host=str(tmp_path / "sockets"))
        assert refusal(socket) == f"{tmp_path}/sockets/shop_test: {FULL}"


@pytest.mark.parametrize(
    "variable",
    ["PGDATABASE", "PGHOST", "PGPORT", "PGUSER", "PGOPTIONS", "PGSERVICEFILE", "PGPASSFILE", "PGSYSCONFDIR", "PGROLE"],
)
def test_libpqs_variables_lead_no_connection_of_ours_astray(
    somebodys: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    values = {"PGPORT": "1", "PGOPTIONS": "-c search_path=elsewhere", "PGHOST": "192.0.2.1"}
    monkeypatch.setenv(variable, values.get(variable, str(tmp_path / "elsewhere")))
    with connect(somebodys) as connection:
        found = connection.execute("SELECT current_database(), current_user, current_setting('search_path')").fetchone()
    assert found == (somebodys.dbname, somebodys.user, '"$user", public')


def test_a_service_file_at_home_leads_nowhere(
    somebodys: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".pg_service.conf").write_text("[production]\nhost=192.0.2.1\ndbname=shop\n")
    (tmp_path / ".pgpass").write_text("*:*:*:*:other-password\n")
    (tmp_path / ".pgpass").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PGSERVICE", "production")
    with connect(somebodys) as connection:
        assert connection.info.dbname == somebodys.dbname


def test_another_server_behind_our_socket_is_not_taken_for_ours(somebodys: Server, tmp_path: Path) -> None:
    """Whoever wins the race for a port or a socket answers with another cluster's name and directory."""
    run = Run.__new__(Run)
    run.lease = Lease("0123456789ab", tmp_path, tmp_path / "lease", 0)
    with connect(somebodys) as connection, pytest.raises(HookError, match="runs with other settings than asked for"):
        postmaster._assert_ours(connection, run)
