"""Which extensions a project makes, which server lacks them, and what is said and done about it."""

import json
import sys
from pathlib import Path

import pytest

from lint_fixtures_hooks import git
from lint_fixtures_hooks.postgres.binaries import Binaries
from lint_fixtures_hooks.postgres.choice import choose
from lint_fixtures_hooks.postgres.extensions import lacking, made
from lint_fixtures_hooks.postgres.local import local_binaries
from lint_fixtures_hooks.postgres.server import ComposeSettings, ServerRequest
from lint_fixtures_hooks.postgres.wheel import wheel_binaries
from tests.hooks import projects

MIGRATION = """
op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
op.execute("create extension \\"uuid-ossp\\"")
op.execute('CREATE  EXTENSION "timescaledb" CASCADE')
"""


def binaries() -> Binaries:
    found = next(local_binaries(), None) or wheel_binaries()
    assert found is not None
    return found


def request(compose: ComposeSettings | None, *extensions: str, provider: str | None = None) -> ServerRequest:
    return ServerRequest(provider, None, None, Path("unused"), "any", tcp=False, compose=compose, extensions=extensions)


def test_what_the_project_makes(tmp_path: Path) -> None:
    project = projects.new(tmp_path / "project", tmp_path / "cache")
    project.commit(
        migrations__one_py=MIGRATION, schema_sql="create extension hstore;\n", notes_txt="create extension a"
    )
    assert made(git.discover(project.root)) == ("hstore", "postgis", "timescaledb", "uuid-ossp")
    project.commit(migrations__one_py="", schema_sql="")
    assert made(git.discover(project.root)) == ()


def test_what_a_server_lacks() -> None:
    assert lacking(binaries(), ("plpgsql", "no_such_extension")) == ("no_such_extension",)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ComposeSettings:
    """An engine that answers, and no server is started on it."""
    program = tmp_path / "docker"
    program.write_text(f"#!{sys.executable}\nprint({json.dumps({})!r})\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return ComposeSettings(Path("docker-compose.yml"), "db")


def test_the_service_is_taken_for_what_others_lack(engine: ComposeSettings) -> None:
    first = choose(request(None)).provider
    taken = choose(request(engine, "no_such_extension"))
    assert (taken.provider, taken.reason) == (
        "compose",
        f"service db of docker-compose.yml, as {first} has no extension no_such_extension",
    )
    assert choose(request(engine, "plpgsql")).provider == first
    assert choose(request(engine, "no_such_extension", provider=first)).provider == first
    assert choose(request(None, "no_such_extension")).provider == first


def test_a_failure_says_which_and_what_to_do(tmp_path: Path, cache_dir: Path) -> None:
    project = projects.new(tmp_path / "project", cache_dir)
    making = "from tests.conftest import execute\ndef test_it(): execute('create extension no_such_extension')\n"
    script = "from tests.conftest import execute\nexecute('create extension no_such_extension')\n"
    project.commit(tests__test_it_py=making, make_py=script)
    words = "has no extension 'no_such_extension': install it for the provider 'local', or give `compose` a service"
    answer = project.verify()
    assert (answer.code, [line for line in answer.out.splitlines() if words in line and "SERVER" in line] != []) == (
        1,
        True,
    )
    answer = project.verify("--setup", f"PYTHONPATH=. {sys.executable} make.py")
    assert (answer.code, words in answer.error.splitlines()[-1]) == (3, True), answer.error
