"""The connection that is handed to the suite's process: it tells what the sidecar would see, until it is ended."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.postgres.server import Server, ServerRequest
from lint_fixtures_hooks.probe.lfx_probe_direct import Direct
from lint_fixtures_hooks.sidecar import open_sidecar
from lint_fixtures_hooks.watch import Watch


@pytest.fixture
def server(suite_cache: Path) -> Iterator[Server]:
    request = ServerRequest(provider=None, url=None, allow=None, cache_dir=suite_cache, fingerprint="", tcp=False)
    with open_server(request) as server:
        yield server


@pytest.fixture
def watch(server: Server) -> Iterator[Watch]:
    with Watch(server) as watch:
        yield watch


@pytest.fixture
def direct(watch: Watch) -> Iterator[Direct]:
    with watch.spare() as spare:
        assert spare is not None
        descriptor, statements = spare
        direct = Direct(os.dup(descriptor), statements)
        yield direct
        direct.answers.close()
        direct.socket.close()


def test_it_tells_what_the_watch_would_see(server: Server, watch: Watch, direct: Direct) -> None:
    with psycopg.connect(server.url()) as connection:
        connection.execute("create table jobs (id int)")
        connection.commit()
        connection.execute("insert into jobs values (1)")
        row = direct.row("signals")
        assert row is not None
        seen = watch.look_around()
        assert row[0] == seen.decisive
        assert watch.told(tuple(row)) == seen
        assert [backend.wrote for backend in seen.backends] == [("jobs",)]


def test_a_commit_and_an_open_transaction_change_what_decides(server: Server, direct: Direct) -> None:
    def decisive() -> str:
        row = direct.row("signals")
        assert row is not None
        assert row[0] is not None
        return row[0]

    with psycopg.connect(server.url()) as connection:
        clean = decisive()
        connection.execute("select 1")
        idle_in_transaction = decisive()
        connection.rollback()
        assert (idle_in_transaction != clean, decisive()) == (True, clean)
        before = direct.row("committed")
        connection.execute("create table jobs (id int)")
        connection.commit()
        assert decisive() != clean
        assert direct.row("committed") != before


def test_an_ended_connection_tells_nothing(server: Server, direct: Direct) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where query like 'prepare%'")
    assert direct.row("signals") is None


def test_its_descriptor_is_kept_from_the_programs_that_tests_start(direct: Direct) -> None:
    assert not os.get_inheritable(direct.socket.fileno())


@pytest.mark.parametrize("encrypted", [False, True])
def test_the_sidecar_hands_it_to_the_probe_unless_it_is_encrypted(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encrypted: bool
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "hooks" / "lint_fixtures_hooks" / "probe")
    from lfx_probe_wire import Wire  # type: ignore[import-not-found]

    monkeypatch.setattr("lint_fixtures_hooks.watch.encrypted", lambda connection: encrypted)
    with open_sidecar(server, tmp_path) as sidecar:
        wire = Wire(sidecar.address, sidecar.token)
        wire.ask("baseline", "", marks=[])
        assert (wire.direct is None) is encrypted
        wire.done("test_one", None)
        assert wire.judged == sidecar.observer.watch.decisive
        wire.done("test_two", None)
        wire.called("test_three")
        wire.ask("finish", "", marks=None, pooled=None)
        assert sidecar.observer.checks == ["test_one", "test_two"]
        wire.answers.close()
        wire.socket.close()
        if wire.direct is not None:
            wire.direct.answers.close()
            wire.direct.socket.close()
