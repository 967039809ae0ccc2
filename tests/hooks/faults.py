"""Seeded faults: small suites in which every test leaves one thing behind, and what must be said of it."""

from __future__ import annotations

from textwrap import indent

from tests.hooks.fault_fixtures import TITLED

Found = tuple[str, str, str]  # node id, kind, object

SYNC = (
    *("psycopg", "psycopg2", "autocommit", "engine", "session"),
    *("api", "background_task", "async_api", "thread", "process"),
)
ASYNC = ("asyncpg", "async_psycopg", "async_session")
CHANGES = {
    "insert": "insert into {table} (title) values ('new'), ('newer')",
    "update": "update {table} set title = 'other' where id = 1",
    "delete": "delete from {table}",
}

HEAD = """
import os, signal, sys, threading
import asyncpg, psycopg, psycopg2, pytest, pytest_asyncio
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session
import ways
from ways import *

KEPT = []
STOP = threading.Event()

@pytest.fixture(scope="session", autouse=True)
def stopped():
    yield
    STOP.set()
    for thing in KEPT:
        if isinstance(thing, threading.Timer):
            thing.cancel()
"""


def row_tables() -> list[str]:
    return [f"{way}_{change}" for way in SYNC + ASYNC for change in CHANGES]


def rows_suite() -> tuple[str, set[Found]]:
    """Each change by each way, a clean test between them."""
    parts, found = [HEAD], set()
    for table in row_tables():
        way, change = table.rsplit("_", 1)
        statement = CHANGES[change].format(table=table)
        start = "async def" if way in ASYNC else "def"
        wait = "await " if way in ASYNC else ""
        parts.append(f'{start} test_{table}():\n    {wait}by_{way}("{statement}")\n')
        found.add((f"tests/test_rows.py::test_{table}", "rows", table))
    parts.append("def test_clean(): by_psycopg('select 1')\n")
    return "\n".join(parts), found


# name of the test: what it does, then (kind, object) of what it leaves
CATALOG = {
    "create_table": ('by_psycopg("create table extras (id int)")', "schema", "table extras"),
    "alter_table": ('by_engine("alter table plain add column done bool")', "schema", "table plain"),
    "create_index": ('by_psycopg2("create index titles on indexed (title)")', "schema", "table indexed"),
    "create_trigger": (
        'by_psycopg("create trigger t before update on triggered for each row execute function kept()")',
        *("schema", "table triggered"),
    ),
    "disable_triggers": ('by_psycopg("alter table switched disable trigger all")', "schema", "table switched"),
    "disable_foreign_key": ('by_psycopg("alter table referring disable trigger all")', "schema", "table referring"),
    "row_security": ('by_engine("alter table secured enable row level security")', "schema", "table secured"),
    "policy": ('by_psycopg("create policy own on policed using (id = 1)")', "schema", "table policed"),
    "grant": ('by_psycopg("grant select on granted to public")', "schema", "table granted"),
    "grant_column": (
        'by_session("grant select (title) on granted_too to public")',
        *("schema", "table granted_too"),
    ),
    "grant_schema": ('by_psycopg("grant usage on schema opened to public")', "schema", "schema opened"),
    "comment": ("by_psycopg2(\"comment on table remarked is 'x'\")", "schema", "table remarked"),
    "drop_table": ('by_api("drop table dropped")', "schema", "table dropped"),
    "create_view": ('by_psycopg("create view seen as select 1 as one")', "schema", "view seen"),
    "create_type": ("by_psycopg(\"create type mood as enum ('sad')\")", "schema", "type mood"),
    "add_enum_value": ("by_autocommit(\"alter type colour add value 'blue'\")", "schema", "type colour"),
    "create_function": (
        'by_thread("create function one() returns int language sql return 1")',
        *("schema", "function one()"),
    ),
    "create_schema": ('by_session("create schema tenant")', "schema", "schema tenant"),
    "create_sequence": ('by_psycopg("create sequence numbers")', "schema", "sequence numbers"),
    "sequence_set_back": ("by_engine(\"select setval('counted_id_seq', 1)\")", "sequence", "counted_id_seq"),
    "sequence_restarted": (
        'by_psycopg2("alter table recounted alter column id restart")',
        *("sequence", "recounted_id_seq"),
    ),
    "create_role": ('by_psycopg("create role reader")', "schema", "role reader"),
    "create_database": ('by_autocommit("create database tenant_two")', "schema", "database tenant_two"),
    "alter_role": (
        "by_psycopg(\"alter role current_user set work_mem = '5MB'\")",
        *("setting", "settings of suite"),
    ),
    "alter_database": (
        "by_psycopg(\"alter database suite_test set timezone = 'Asia/Tokyo'\")",
        *("setting", "settings of suite_test"),
    ),
    "alter_system": (
        "by_autocommit(\"alter system set work_mem = '6MB'\")",
        *("setting", "work_mem of the whole server"),
    ),
    "large_object": ('by_psycopg("select lo_create(4711)")', "large-object", "4711"),
    "large_object_written": ("by_psycopg(\"select lo_put(99, 0, 'changed')\")", "large-object", "99"),
    "prepare_transaction": (
        "by_autocommit(\"begin; insert into prepared values (7); prepare transaction 'p1'\")",
        *("prepared", "p1"),
    ),
}

HELD = {
    "open_psycopg": (
        'KEPT.append(psycopg.connect(URL)); KEPT[-1].execute("insert into held_1 values (1)")',
        *("transaction", "connection N"),
    ),
    "open_psycopg2": (
        'KEPT.append(psycopg2.connect(URL)); KEPT[-1].cursor().execute("update held_2 set id = 2")',
        *("transaction", "connection N"),
    ),
    "open_read": (
        'KEPT.append(psycopg.connect(URL)); KEPT[-1].execute("select * from held_3")',
        *("transaction", "connection N"),
    ),
    "open_session": (
        'KEPT.append(Session(ENGINE)); KEPT[-1].execute(text("insert into held_4 values (1)"))',
        *("transaction", "connection N"),
    ),
    "open_in_thread": (
        "def work():\n"
        '    KEPT.append(psycopg.connect(URL)); KEPT[-1].execute("insert into held_5 values (1)")\n'
        "thread = threading.Thread(target=work); thread.start(); thread.join()",
        *("transaction", "connection N"),
    ),
    "advisory_lock": (
        'KEPT.append(ENGINE.connect().execution_options(isolation_level="AUTOCOMMIT"))\n'
        'KEPT[-1].execute(text("select pg_advisory_lock(42)"))',
        *("lock", "advisory lock 42 of connection N"),
    ),
    "connection_psycopg": (
        'KEPT.append(psycopg.connect(URL, autocommit=True)); KEPT[-1].execute("select 1")',
        *("connection", "connection N"),
    ),
    "connection_psycopg2": ("KEPT.append(psycopg2.connect(URL))", "connection", "connection N"),
    "connection_engine": (
        'KEPT.append(create_engine(sqlalchemy_url("psycopg2"), poolclass=NullPool).connect()); KEPT[-1].rollback()',
        *("connection", "connection N"),
    ),
    "listen": (
        'KEPT.append(psycopg.connect(URL, autocommit=True)); KEPT[-1].execute("LISTEN jobs_done")',
        *("listen", "channel jobs_done"),
    ),
}
HELD["listen_in_a_pool"] = (
    'with ENGINE.begin() as connection:\n    connection.execute(text("LISTEN jobs_started"))',
    *("listen", "channel jobs_started"),
)
HELD["listen_in_a_pool_of_psycopg2"] = (
    'KEPT.append(create_engine(sqlalchemy_url("psycopg2")))\n'
    "with KEPT[-1].begin() as connection:\n"
    '    connection.execute(text("listen jobs_failed"))\n'
    "with KEPT[-1].connect() as connection:\n"
    '    connection.execute(text("select 1"))',
    *("listen", "channel jobs_failed"),
)
HELD_ASYNC = {
    "open_asyncpg": (
        "KEPT.append(await asyncpg.connect(URL))\n"
        'KEPT.append(KEPT[-1].transaction()); await KEPT[-1].start(); await KEPT[-2].execute("select 1")',
        *("transaction", "connection N"),
    ),
    "open_async_session": (
        'KEPT.append(AsyncSession(create_async_engine(sqlalchemy_url("asyncpg"))))\n'
        'await KEPT[-1].execute(text("insert into held_6 values (1)"))',
        *("transaction", "connection N"),
    ),
    "connection_asyncpg": (
        'KEPT.append(await asyncpg.connect(URL)); await KEPT[-1].execute("select 1")',
        *("connection", "connection N"),
    ),
}


def suite(faults: dict[str, tuple[str, str, str]], file: str, start: str = "def") -> tuple[str, set[Found]]:
    tests = [f"{start} test_{name}():\n{indent(body, '    ')}\n" for name, (body, _, _) in faults.items()]
    found = {(f"tests/{file}.py::test_{name}", kind, what) for name, (_, kind, what) in faults.items()}
    return "\n".join(tests), found


def schema() -> str:
    """A script: it runs once, as `setup`."""
    titled = [*TITLED, *row_tables()]
    statements = [
        "alter system set max_prepared_transactions = 5",
        *(f"create table {name} (id serial primary key, title text)" for name in titled),
        *(f"insert into {name} (title) values ('seed')" for name in titled),
        *(f"create table held_{number} (id int)" for number in range(1, 7)),
        "create table counted (id serial primary key)",
        "create table recounted (id int generated always as identity primary key)",
        *(f"insert into {name} select from generate_series(1, 5)" for name in ("counted", "recounted")),
        *("create table prepared (id int)", "create type colour as enum ('red')", "select lo_create(99)"),
        "create function kept() returns trigger language plpgsql as 'begin return new; end'",
        *("alter table policed enable row level security", "create schema opened"),
        "create trigger kept before update on switched for each row execute function kept()",
        "create table referring (id int references switched)",
    ]
    lines = "\n".join(f"    connection.execute({statement!r})" for statement in statements)
    return (
        "import os, psycopg\n"
        f'with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:\n{lines}\n'
    )
