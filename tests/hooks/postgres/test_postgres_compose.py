"""The compose provider: the project's service in a project of ours; a stand-in plays the engine, PostgreSQL is real."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.postgres.choice import choose
from lint_fixtures_hooks.postgres.compose import override
from lint_fixtures_hooks.postgres.server import ComposeSettings, Server, ServerRequest
from tests.hooks.postgres import clients

FILE = Path("docker-compose.yml")
SERVICE = ComposeSettings(FILE, "db")


def request(settings: ComposeSettings = SERVICE) -> ServerRequest:
    return ServerRequest("compose", None, None, Path("unused"), "any", tcp=False, compose=settings)


def docker(directory: Path, script: str) -> None:
    """Put a program called docker into `directory`."""
    program = directory / "docker"
    program.write_text(f"#!{sys.executable}\nimport sys\narguments = sys.argv[1:]\n{script}\n")
    program.chmod(0o755)


@pytest.fixture
def only_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only directory on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_without_docker(only_directory: Path) -> None:
    with pytest.raises(HookError, match=r"\(compose: docker is not installed\)"):
        choose(request())


def test_without_an_engine(only_directory: Path) -> None:
    docker(only_directory, "sys.exit('Cannot connect to the Docker daemon')")
    with pytest.raises(HookError, match=r"\(compose: Cannot connect to the Docker daemon\)"):
        choose(request())


def test_without_such_a_service(only_directory: Path) -> None:
    docker(only_directory, 'print(\'{"services": {"app": {}, "db": {}}}\')')
    with pytest.raises(HookError, match=r"docker-compose.yml: no service 'base', only app, db"):
        open_server(request(ComposeSettings(FILE, "base"))).__enter__()


@pytest.fixture
def engine(cache_dir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An engine whose one container is a server of ours; returns the file where it writes what it was told."""
    calls = tmp_path / "calls"
    with open_server(clients.request(cache_dir, tcp=True)) as container:
        with psycopg.connect(container.url().replace("/suite_test", "/postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE suite_test")
        login = {"POSTGRES_USER": container.user, "POSTGRES_PASSWORD": container.password}
        config = json.dumps({"services": {"db": {"environment": login}}})
        docker(
            tmp_path,
            f"open({str(calls)!r}, 'a').write(' '.join(arguments) + '\\n')\n"
            f"print({config!r} if 'config' in arguments else '127.0.0.1:{container.port}')",
        )
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        yield calls


def test_service_runs_in_a_project_of_ours_that_ends_with_us(engine: Path) -> None:
    seen: list[Server] = []
    with open_server(request(), seen.append) as server:
        assert seen == [replace(server, reason="")]
        assert (server.provider, server.embedded, server.dbname) == ("compose", False, "suite_test")
        assert server.reason == "service db of docker-compose.yml"
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("suite_test",)
    told = [line.split() for line in engine.read_text().splitlines()]
    ours = next(line[line.index("-p") + 1] for line in told if "up" in line)
    assert ours.startswith("lint-fixtures-")
    assert told[-1] == ["compose", "-p", ours, "down", "--volumes", "--timeout", "0"]
    named = [line[line.index("-p") + 1] for line in told if {"up", "down", "port"} & set(line)]
    assert named == [ours, ours, ours]


def test_a_database_that_the_service_makes_itself(engine: Path) -> None:
    """By POSTGRES_DB; or by us, when the server was started again before it could answer."""
    for _ in range(2):
        with open_server(request()) as server, psycopg.connect(server.url()) as connection:
            connection.execute("create table if not exists made_by_init (id int)")
    with open_server(request()) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("select count(*) from made_by_init").fetchone() == (0,)


def test_override_shares_nothing_with_the_projects_service() -> None:
    service = {
        "command": ["postgres", "-c", "max_connections=200"],
        "volumes": [
            {"type": "volume", "source": "pgdata", "target": "/var/lib/postgresql/data"},
            {"type": "bind", "source": "/init", "target": "/docker-entrypoint-initdb.d"},
        ],
    }
    lines = override(SERVICE, service).splitlines()
    assert lines[:6] == [
        "services:",
        '  "db":',
        "    container_name: !reset null",
        "    networks: !reset null",
        '    restart: "no"',
        '    ports: !override ["127.0.0.1::5432"]',
    ]
    assert lines[6] == (
        '    volumes: !override [{"type": "bind", "source": "/init", '
        '"target": "/docker-entrypoint-initdb.d", "read_only": true}]'
    )
    assert lines[7].startswith('    command: !override ["postgres", "-c", "max_connections=200", "-c", "fsync=off"')
