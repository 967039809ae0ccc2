"""Passwords stay where they must be: not in arguments, logs, reports, stamps or files that others can read."""

import re
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.postgres.server import Server, ServerRequest
from tests.hooks.projects import Project

SECRET = "s3cr3t-word"
FAILING = """
import os

def test_it():
    print(os.environ["DATABASE_URL"])
    raise ValueError(os.environ["PGPASSWORD"])
"""


@contextmanager
def arguments_of_all_processes() -> Iterator[set[str]]:
    """What anybody on the machine can read of every process while the context lasts."""
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            seen.update(" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def written_below(*folders: Path) -> str:
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return "\n".join(path.read_text(errors="replace") for path in files)


def test_a_given_password_is_nowhere(project: Project, somebodys: Server) -> None:
    project.commit(tests__test_it_py=FAILING)
    password = somebodys.password
    with arguments_of_all_processes() as seen:
        answer = project.verify(LINT_FIXTURES_DATABASE_URL=somebodys.url())
    assert (answer.code, answer.report["verdict"]) == (1, "not-verified"), answer.error
    assert any("pytest" in command for command in seen)
    assert [command for command in seen if password in command] == []
    assert password not in answer.out + answer.error + str(answer.report)
    assert password not in written_below(project.root / ".git", project.root.parent / "report")
    assert f"{somebodys.user}:****@" in answer.out


def test_what_the_url_says_wrongly_is_not_repeated(project: Project) -> None:
    answer = project.ask(
        "--again", LINT_FIXTURES_DATABASE_URL=f"postgresql://shop:{SECRET}@localhost:99999999/shop_test"
    )
    assert answer.code in (2, 3)
    assert SECRET not in answer.out + answer.error


def request(cache: Path, fingerprint: str) -> ServerRequest:
    return ServerRequest(provider=None, url=None, allow=None, cache_dir=cache, fingerprint=fingerprint, tcp=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path, set[str]]]:
    """A server from an empty cache, the cache, and every command line meanwhile."""
    cache = tmp_path_factory.mktemp("parent") / "cache"
    with arguments_of_all_processes() as seen, open_server(request(cache, "secrets")) as server:
        yield server, cache, seen


def test_our_own_password_is_in_no_arguments(built: tuple[Server, Path, set[str]]) -> None:
    server, _, seen = built
    assert len(server.password) >= 24
    assert any("initdb" in command for command in seen)
    assert [command for command in seen if server.password in command] == []


def test_our_own_password_is_no_representation(built: tuple[Server, Path, set[str]]) -> None:
    server, cache, _ = built
    assert server.password not in repr(server)
    assert SECRET not in repr(ServerRequest("url", f"postgresql://u:{SECRET}@h/d", None, cache, "", tcp=False))


def test_the_run_is_closed_to_others(built: tuple[Server, Path, set[str]]) -> None:
    server, _, _ = built
    folder = Path(server.directory)
    assert mode(folder) == 0o700
    assert mode(folder / "data") == 0o700
    assert mode(folder / f".s.PGSQL.{server.port}") == 0o700
    assert mode(folder.with_suffix(".lease")) == 0o600
    assert mode(folder.parent) & 0o066 == 0  # passed through, listed by nobody
    assert not (folder / "password").exists()
    assert server.password not in (folder / "server.log").read_text()


def test_the_cache_is_closed_to_others(built: tuple[Server, Path, set[str]]) -> None:
    _, cache, _ = built
    (entry,) = (path for path in (cache / "clusters").iterdir() if path.is_dir())
    assert mode(cache / "clusters") == mode(entry) == 0o700
    assert mode(entry / "template.json") == 0o600
    assert {mode(path) for path in (cache / "clusters").glob("*.lock")} == {0o600}
    assert {mode(path) & 0o077 for path in (entry / "data").rglob("*")} == {0}


def test_only_the_password_opens_it(built: tuple[Server, Path, set[str]]) -> None:
    """Over TCP as over the socket: another account of this machine may reach the port."""
    server, _, _ = built
    lines = (Path(server.directory) / "data" / "pg_hba.conf").read_text().splitlines()
    rules = [line.split() for line in lines if line and not line.startswith("#")]
    assert {rule[-1] for rule in rules} == {"scram-sha-256"}


HOSTILE = """
import pytest

@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "'><img src=x onerror=alert(2)>", "{{ 7 * 7 }}", "]]>"])
def test_hostile(name):
    print("</pre><script>alert(3)</script>")
    assert name == "<svg onload=alert(4)>"
"""


def test_no_name_or_message_becomes_a_part_of_the_page(project: Project) -> None:
    project.commit(tests__test_it_py=HOSTILE)
    folder = project.root.parent / "report"
    answer = project.verify()
    assert answer.code == 1, answer.error
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<(script|img|svg|iframe|object|embed|base|link|form)\b|[\s\"']on\w+\s*=\s*[\"']", page) == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "49" not in re.findall(r"test_hostile\[(.*?)\]", page)
