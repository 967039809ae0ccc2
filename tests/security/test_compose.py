"""The compose provider reaches the container of its own project, and no other server and no other data."""

import json
import sys
from pathlib import Path

import pytest

from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.postgres.compose import compose, override
from lint_fixtures_hooks.postgres.connect import connect
from lint_fixtures_hooks.postgres.provider import Choice
from lint_fixtures_hooks.postgres.server import ComposeSettings, Server, ServerRequest

SERVICE = ComposeSettings(Path("docker-compose.yml"), "db")
FAR_ENGINES = ("ssh://me@builder.example.invalid", "tcp://192.0.2.1:2375", "tcp://docker:2376", "https://192.0.2.1")
NEAR_ENGINES = ("unix:///var/run/docker.sock", "npipe:////./pipe/docker_engine", "tcp://127.0.0.1:2375")


def engine(folder: Path, endpoint: str, port: int, login: dict[str, str]) -> None:
    """A docker whose container seems to be at `port` of this machine, where in truth a server of somebody else is."""
    config = json.dumps({"services": {"db": {"environment": login}}})
    program = folder / "docker"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"if 'inspect' in sys.argv: print({endpoint!r})\n"
        f"elif 'config' in sys.argv: print({config!r})\n"
        f"else: print('127.0.0.1:{port}')\n"
    )
    program.chmod(0o755)


def request() -> ServerRequest:
    return ServerRequest("compose", None, None, Path("unused"), "any", tcp=False, compose=SERVICE)


def databases(server: Server) -> list[str]:
    with connect(server, "postgres") as connection:
        return [name for (name,) in connection.execute("SELECT datname FROM pg_database ORDER BY datname")]


@pytest.mark.parametrize("endpoint", FAR_ENGINES)
def test_an_engine_elsewhere_is_not_used(
    somebodys: Server, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = {"POSTGRES_USER": somebodys.user, "POSTGRES_PASSWORD": somebodys.password}
    engine(tmp_path, endpoint, somebodys.port, login)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    before = databases(somebodys)
    with pytest.raises(HookError) as caught, open_server(request()):
        pass
    assert f"compose: the engine is at {endpoint}: its ports are not this machine's" in str(caught.value)
    assert databases(somebodys) == before


@pytest.mark.parametrize("endpoint", NEAR_ENGINES)
def test_an_engine_here_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    engine(tmp_path, endpoint, 5432, {})
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert isinstance(compose(request()), Choice)


def test_no_other_containers_data_and_no_network_of_the_machine() -> None:
    """Data of `container:shop-db` would come along by `volumes_from`; the machine's network has its own 5432."""
    lines = override(SERVICE, {"volumes_from": ["container:shop-db"], "network_mode": "host"}).splitlines()
    assert "    volumes_from: !reset null" in lines
    assert "    network_mode: !reset null" in lines
