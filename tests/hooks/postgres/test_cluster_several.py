"""Several servers at once: each its own, all there together, and none left when one of them does not come."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from lint_fixtures_hooks.cluster import open_servers
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.postgres.server import Server
from tests.hooks.postgres.clients import request


def test_each_is_its_own(cache_dir: Path) -> None:
    made: list[Server] = []
    with open_servers([request(cache_dir, fingerprint="several")] * 3, made.append) as servers:
        for number, server in enumerate(servers):
            with psycopg.connect(server.url(), autocommit=True) as connection:
                connection.execute(f"create table only_{number} (id int)")
                found = connection.execute("select relname from pg_class where relname like 'only_%'").fetchall()
                assert found == [(f"only_{number}",)]
        directories = [Path(server.directory) for server in servers]
        assert len(set(directories)) == 3
    assert len(made) == 1  # the schema comes with the cached directory
    assert [directory for directory in directories if directory.exists()] == []


def test_none_is_left_when_one_does_not_come(cache_dir: Path) -> None:
    opened: list[str] = []

    def setup(server: Server) -> None:
        opened.append(server.directory)

    wrong = replace(request(cache_dir), provider="compose")
    requests = [request(cache_dir, fingerprint="one"), wrong]
    with pytest.raises(HookError, match="no compose file and service"), open_servers(requests, setup):
        raise AssertionError("it must not open")
    assert [directory for directory in opened if Path(directory).exists()] == []
