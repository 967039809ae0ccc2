"""The database service of the project's own compose file, in a compose project of ours: its own never notice."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.guards import is_local, mark
from lint_fixtures_hooks.postgres.connect import connect, server_version
from lint_fixtures_hooks.postgres.engine import Service, docker
from lint_fixtures_hooks.postgres.provider import Choice, Refusal, Setup
from lint_fixtures_hooks.postgres.server import DBNAME, ComposeSettings, Server, ServerRequest

READY_SECONDS = 60
DATA = "/var/lib/postgresql"
LOGIN = ("POSTGRES_USER", "POSTGRES_PASSWORD")
FAST = ("fsync=off", "full_page_writes=off", "autovacuum=off", "track_commit_timestamp=on", "jit=off")


def compose(request: ServerRequest) -> Choice | Refusal:
    if request.compose is None:
        return Refusal("compose", "no compose file and service in the settings")
    try:
        docker("version", "--format", "{{.Server.Version}}")
        docker("compose", "version")
    except HookError as error:
        return Refusal("compose", str(error))
    if elsewhere := _engine_elsewhere():
        return Refusal("compose", f"the engine is at {elsewhere}: its ports are not this machine's")
    return Choice("compose", f"service {request.compose.service} of {request.compose.file.name}", _open)


@contextmanager
def _open(request: ServerRequest, setup: Setup | None) -> Iterator[Server]:
    # here, because the lease needs flock, which Windows has not
    from lint_fixtures_hooks.postgres.identity import Identity
    from lint_fixtures_hooks.postgres.run import open_run
    from lint_fixtures_hooks.postgres.sweep import sweep

    settings = request.compose
    assert settings is not None
    sweep()
    service = read_service(settings)
    with open_run(2**20, Identity()) as run:
        project = f"lint-fixtures-{run.lease.token}"
        extra = run.directory / "override.yaml"
        extra.write_text(override(settings, service))
        run.at_end(("docker", "compose", "-p", project, "down", "--volumes", "--timeout", "0"))
        running = Service(("-p", project, "-f", str(settings.file), "-f", str(extra)), settings.service)
        running.up()
        variables = _variables(service, running)
        server = _server(variables, running.published(settings.port), run.directory)
        server = _prepared(server, running)
        if request.major is not None and int(server.version.split(".")[0]) != request.major:
            raise HookError(f"service {settings.service} is PostgreSQL {server.version}, not {request.major}")
        if setup is not None:
            setup(server)
        yield server


def _engine_elsewhere() -> str:
    """Where another machine's engine is, else empty: behind the same port here may be somebody's server."""
    try:
        endpoint = docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}").strip()
    except HookError:
        return ""  # podman's docker knows no contexts; it works here
    parts = urlsplit(endpoint)
    remote = parts.scheme in ("tcp", "ssh", "http", "https") and not is_local(parts.hostname or "")
    return endpoint if remote else ""


def read_service(settings: ComposeSettings) -> dict[str, Any]:
    """The service as compose itself reads the file; raises HookError when there is none of that name."""
    command = ("compose", "-f", str(settings.file), "config", "--format", "json")
    services = json.loads(docker(*command)).get("services", {})
    if settings.service not in services:
        raise HookError(f"{settings.file}: no service {settings.service!r}, only {', '.join(sorted(services))}")
    service: dict[str, Any] = services[settings.service]
    return service


def override(settings: ComposeSettings, service: dict[str, Any]) -> str:
    """A compose file on top: no name, port, network or data of the project's own service is shared."""
    volumes = service.get("volumes") or []
    # memory is shared with nobody; of the rest the data stays away, and nothing can be changed
    kept = [volume for volume in volumes if volume.get("type") == "tmpfs"]
    kept += [volume | {"read_only": True} for volume in volumes if volume not in kept and not _holds_data(volume)]
    command = service.get("command") or ["postgres"]
    if command[0] == "postgres":
        command = [*command, *(part for setting in FAST for part in ("-c", setting))]
    return "\n".join(
        (
            "services:",
            f"  {json.dumps(settings.service)}:",
            "    container_name: !reset null",
            "    networks: !reset null",
            '    restart: "no"',
            f'    ports: !override ["127.0.0.1::{settings.port}"]',
            f"    volumes: !override {json.dumps(kept)}",
            f"    command: !override {json.dumps(command)}",
            "    volumes_from: !reset null",
            "    network_mode: !reset null",
            "",
        )
    )


def _holds_data(volume: dict[str, Any]) -> bool:
    target = Path(str(volume.get("target", "/")))
    return target.is_relative_to(DATA) or Path(DATA).is_relative_to(target)


def _variables(service: dict[str, Any], running: Service) -> dict[str, str]:
    """The service's variables; NAME_FILE names a file in the container that holds the value, such as a secret."""
    variables = dict(service.get("environment") or {})
    for name in LOGIN:
        if path := variables.get(f"{name}_FILE"):
            variables[name] = running.read(path).rstrip("\r\n")
    return variables


def _server(variables: Mapping[str, str], place: tuple[str, int], directory: Path) -> Server:
    user = variables.get("POSTGRES_USER") or "postgres"
    password = variables.get("POSTGRES_PASSWORD") or ""
    return Server("compose", "", *place, user, password, DBNAME, embedded=False, directory=str(directory))


def _prepared(server: Server, running: Service) -> Server:
    """Wait for an answer, make the tests' own database and read the version."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        version, problem = _try_prepare(server)
        if not problem:
            return replace(server, version=version)
        running.check()
        if time.monotonic() > deadline:
            raise HookError(f"the compose service did not answer in {READY_SECONDS} s: {problem}")
        time.sleep(0.1)


def _try_prepare(server: Server) -> tuple[str, str]:
    try:
        with connect(server, "postgres") as connection:
            # it may be there: made by the service, or by us before an image's first server gave way to its second
            with suppress(psycopg.errors.DuplicateDatabase):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DBNAME)))
            mark(connection, DBNAME)
            return server_version(connection), ""
    except psycopg.OperationalError as error:
        return "", str(error).strip().splitlines()[0]
    except psycopg.Error as error:
        raise HookError(f"the compose service refuses a test database: {str(error).splitlines()[0]}") from error
