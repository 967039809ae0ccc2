"""`verify-suite postgres ...`: what is cached and running is shown, a failed run's server can be kept and opened."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.postgres.server import ServerRequest
from tests.hooks import projects
from tests.hooks.projects import Project
from tests.repositories import git

LEAKING = """
from tests.conftest import execute
def test_leaks():
    execute("insert into jobs (title) values ('look at me')")
    assert False
"""
COUNT = "select count(*) from jobs where title = $$look at me$$"


@pytest.fixture
def own(project: Project, tmp_path: Path) -> Iterator[Project]:
    """With a cache of its own, which `clean` empties, and no kept server left behind."""
    found = Project(project.root, tmp_path / "cache")
    yield found
    assert found.ask("postgres", "clean").code == 0


def opened_by(command: str, query: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(f"{command} -Atc {query!r}", shell=True, env=environment, capture_output=True, text=True)
    return done.stdout.strip() + done.stderr


def test_a_failed_run_is_kept_until_clean(own: Project) -> None:
    own.commit(tests__test_it_py=LEAKING)
    answer = own.ask("--keep")
    assert answer.code == 1
    (line,) = [line for line in answer.out.splitlines() if line.startswith("KEPT  ")]
    command = line.removeprefix("KEPT  ")
    assert opened_by(command, COUNT) == "1"
    directory = Path(command.partition("passfile=")[2].strip("'")).parent
    assert [path.stat().st_mode & 0o777 for path in (directory, directory / "pgpass")] == [0o700, 0o600]
    shown = own.ask("postgres", "status")
    kept = [line for line in shown.out.splitlines() if line.startswith(f"kept     {directory.name}")]
    assert kept == [f"kept     {directory.name}  tests/test_it.py::test_leaks failed: {command}"]
    assert shown.out.startswith("cached ")
    running = r"; of all your projects (1 server|(?!1 )\d+ servers) running$"
    assert re.search(r"verify-suite: 1 data directory cached in .*clusters" + running, shown.out.rstrip())
    password = (directory / "pgpass").read_text().rsplit(":", 1)[1].strip()
    assert password not in answer.out + answer.error + shown.out
    cleaned = own.ask("postgres", "clean")
    assert (cleaned.code, "and 1 cached data directory (" in cleaned.out) == (0, True)
    assert not directory.exists()
    assert projects.running(str(directory)) == []
    assert "0 data directories cached in" in own.ask("postgres", "status").out


def test_a_green_run_is_not_kept(own: Project) -> None:
    own.commit(tests__test_it_py="def test_it(): ...\n")
    answer = own.ask("--keep")
    assert (answer.code, "KEPT" in answer.out) == (0, False)
    assert str(own.root) not in own.ask("postgres", "status").out


def test_a_server_with_the_schema_stays(own: Project) -> None:
    own.commit(
        make_py="""
            import os, psycopg
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
                connection.execute("create table made (id int)")
        """
    )
    answer = own.ask("postgres", "keep", "--setup", "python make.py")
    assert answer.code == 0, answer.error
    command = answer.out.splitlines()[0].removeprefix("verify-suite: ")
    assert opened_by(command, "select count(*) from made") == "0"


def test_one_server_is_ended_and_the_others_stay(own: Project) -> None:
    """All names are looked at before anything goes; the cached data directory goes by its name too."""
    own.commit()
    commands = [own.ask("postgres", "keep").out.splitlines()[0].removeprefix("verify-suite: ") for _ in range(2)]
    first, second = (Path(command.partition("passfile=")[2].strip("'")).parent for command in commands)
    refused = own.ask("postgres", "clean", first.name, "nowhere")
    said = "verify-suite: nothing here is called 'nowhere': `verify-suite postgres status` lists what there is\n"
    assert (refused.code, refused.error) == (2, said)
    assert opened_by(commands[0], "select 1") == "1"
    cleaned = own.ask("postgres", "clean", first.name)
    said = f"verify-suite: ended {first.name} (started by verify-suite postgres keep)\n"
    assert (cleaned.code, cleaned.out, first.exists()) == (0, said, False)
    assert opened_by(commands[1], "select 1") == "1"
    (key,) = [line.split()[1] for line in own.ask("postgres", "status").out.splitlines() if line.startswith("cached")]
    assert own.ask("postgres", "clean", key, second.name).code == 0
    assert "verify-suite: 0 data directories cached in" in own.ask("postgres", "status").out
    assert projects.running(str(second)) == []


def test_the_server_of_a_run_that_is_under_way_stays(own: Project, suite_cache: Path) -> None:
    own.commit()
    request = ServerRequest(None, None, None, suite_cache, "", tcp=False)
    with open_server(request) as server:
        name = Path(server.directory).name
        assert f"running  {name}" in own.ask("postgres", "status").out.splitlines()
        refused = own.ask("postgres", "clean", name)
        said = f"verify-suite: {name} serves a run that is under way: end that run, and its server goes with it\n"
        assert (refused.code, refused.error, projects.running(server.directory) == []) == (2, said, False)


def test_a_shell_on_a_fresh_server(own: Project, tmp_path: Path) -> None:
    """psql finds the password itself; when it ends, its server does too."""
    own.commit(tests__test_it_py="def test_it(): ...\n")
    process = subprocess.run(
        (sys.executable, "-c", projects.START, "postgres", "shell"),
        cwd=own.root,
        env={**os.environ, "LINT_FIXTURES_CACHE_DIR": str(own.cache)},
        input="select 'I am ' || current_database();\n",
        capture_output=True,
        text=True,
    )
    assert (process.returncode, "I am suite_test" in process.stdout) == (0, True), process.stderr
    directory = process.stdout.partition("passfile=")[2].partition("/pgpass")[0]
    assert not Path(directory).exists()


def test_a_shell_without_psql(own: Project, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "git").symlink_to("/usr/bin/git")
    answer = own.ask("postgres", "shell", PATH=str(tools))
    assert (answer.code, len(answer.error.splitlines())) == (3, 1)
    assert answer.error.startswith("verify-suite: psql is not on PATH: install it, or use another client with: host=")


@pytest.mark.parametrize("name", ["psycopg", "jinja2", "filelock"])
def test_without_the_extra(project: Project, name: str) -> None:
    """One line that says what to install, whichever of the libraries is missing."""
    start = f"import sys; sys.modules[{name!r}] = None; {projects.START}"
    done = subprocess.run((sys.executable, "-c", start, "--again"), cwd=project.root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        3,
        f"verify-suite: {name} is not installed: pip install 'lint-fixtures[suite]'\n",
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["postgres"], "the following arguments are required: action"),
        (["postgres", "dance"], "argument action: invalid choice: 'dance'"),
        (["postgres", "status", "--cleen"], "unknown flag '--cleen'"),
        (["postgres", "status", "3f"], "postgres status takes no '3f': only clean does"),
        (["merge"], "the following arguments are required: DIR"),
        (["bisect", "--sutep", "x"], "unknown flag '--sutep' (did you mean '--setup'?)"),
    ],
)
def test_a_wrong_command_is_named(project: Project, arguments: list[str], line: str) -> None:
    answer = project.ask(*arguments)
    assert (answer.code, line in answer.error, len(answer.error.splitlines())) == (2, True, 1), answer.error


def test_nothing_staged_and_no_commit(project: Project, tmp_path: Path) -> None:
    fresh = Project(tmp_path / "fresh", project.cache)
    fresh.root.mkdir()
    git(fresh.root, "init", "--quiet")
    answer = fresh.ask()
    assert (answer.code, answer.error) == (
        2,
        "verify-suite: the index is empty, so a commit would hold no test: `git add` what is to be verified\n",
    )
    assert fresh.ask("status").out.splitlines() == [
        "verify-suite: the index is empty: `git add` what is to be verified",
        "verify-suite: no commit yet, so there is no HEAD to look up",
    ]
