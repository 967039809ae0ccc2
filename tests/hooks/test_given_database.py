"""A database that is given by url is watched like our own, and never printed with its password."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.postgres.server import Server, ServerRequest
from tests.hooks.projects import Project


@pytest.fixture
def given(suite_cache: Path) -> Iterator[Server]:
    request = ServerRequest(provider=None, url=None, allow=None, cache_dir=suite_cache, fingerprint="", tcp=True)
    with open_server(request) as server:
        yield server


def test_leaks_in_a_given_database_are_named(project: Project, given: Server) -> None:
    leaking = 'from tests.conftest import execute\ndef test_leaks(): execute("delete from jobs where id = 1")\n'
    project.commit(tests__test_it_py=leaking)
    answer = project.verify(LINT_FIXTURES_DATABASE_URL=given.url())
    assert answer.report["postgres"]["provider"] == "url", answer.error
    assert (answer.code, answer.leaks()) == (1, [("tests/test_it.py::test_leaks", "rows", "jobs", 1)])


def test_workers_need_servers_of_their_own(project: Project, given: Server) -> None:
    answer = project.verify("--url", given.url(), "--workers", "2")
    assert (answer.code, answer.error) == (
        2,
        "verify-suite: workers = 2 would share one server, whose locks and settings are no single test's: leave "
        "out `url` (and LINT_FIXTURES_DATABASE_URL), and each worker gets a server of its own, or set workers = 0\n",
    )


def test_a_password_is_never_shown(project: Project, given: Server) -> None:
    project.commit(
        tests__test_it_py="import os\ndef test_it():\n    print(os.environ['DATABASE_URL'])\n    assert False\n"
    )
    secret = "s3cr3t-word"
    login = given.url().replace(f"{given.user}@", f"{given.user}:{secret}@", 1)
    answer = project.verify("--url", login)
    assert (answer.code, answer.report["verdict"]) == (1, "not-verified"), answer.error
    written = "".join(path.read_text() for path in (project.root.parent / "report").iterdir())
    stored = "".join(path.read_text() for path in (project.root / ".git").rglob("*.json"))
    assert f"{given.user}:****@" in answer.out
    assert secret not in answer.out + answer.error + written + stored + str(answer.report)
