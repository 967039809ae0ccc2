"""What the processes of a run can be read from: their variables, and what a crash leaves of their memory."""

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from lint_fixtures_hooks.postgres.connect import connect
from lint_fixtures_hooks.postgres.server import Server
from tests.hooks.projects import Project
from tests.security.test_environment import FAR, OF_PRODUCTION

SLEEPING = """
import time
from pathlib import Path

def test_it():
    Path("{sign}").touch()
    time.sleep(120)
"""
LIMITED = """
import os
import resource

def test_it():
    hook = os.getppid()
    limits = dict(line.split("  ", 1) for line in open(f"/proc/{hook}/limits"))
    assert limits["Max core file size"].split()[0] == "0"
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
"""


@pytest.fixture(autouse=True)
def cores_are_wanted() -> Iterator[None]:
    """As in a shell after `ulimit -c unlimited`; children take it over."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


@contextmanager
def running(project: Project, **variables: str) -> Iterator[psutil.Process]:
    """The hook, while its suite runs."""
    sign = project.root.parent / "sign"
    project.commit(tests__test_it_py=SLEEPING.format(sign=sign))
    process = project.start("--again", **variables)
    try:
        deadline = time.monotonic() + 120
        while not sign.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_no_child_has_a_variable_of_another_server(project: Project) -> None:
    with running(project, **OF_PRODUCTION) as hook:
        names = {child.pid: child.name() for child in hook.children(recursive=True)}
        environments = {pid: Path(f"/proc/{pid}/environ").read_bytes() for pid in names}
    assert {"postgres", "python"} <= {name.rstrip("0123456789.") for name in names.values()}
    assert [names[pid] for pid, environment in environments.items() if FAR.encode() in environment] == []


def test_the_given_password_is_the_suites_alone(project: Project, somebodys: Server) -> None:
    with running(project, LINT_FIXTURES_DATABASE_URL=somebodys.url()) as hook:
        children = [(child.cmdline(), Path(f"/proc/{child.pid}/environ").read_bytes()) for child in hook.children()]
    told = [command for command, environment in children if somebodys.password.encode() in environment]
    assert len(children) > 1
    assert ["pytest" in command for command in told] == [True]


def test_the_hook_and_the_suite_leave_no_core(project: Project) -> None:
    (project.root / "tests" / "conftest.py").unlink()
    project.commit(tests__test_it_py=LIMITED)
    answer = project.verify()
    assert (answer.code, answer.outcomes()) == (0, {"tests/test_it.py::test_it": "passed"}), answer.out


def test_a_hook_that_is_aborted_leaves_no_core(project: Project) -> None:
    with running(project) as hook:
        hook.send_signal(signal.SIGABRT)
        hook.wait(30)
    assert list(project.root.parent.rglob("*core*")) == []


def test_a_server_that_crashes_leaves_no_core(somebodys: Server) -> None:
    folder = Path(somebodys.directory)
    with connect(somebodys) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        postmaster = backend.parent()
        assert postmaster is not None
        supervisor = postmaster.parent()
        assert supervisor is not None
        limits = {process.pid: process.rlimit(psutil.RLIMIT_CORE) for process in (backend, postmaster, supervisor)}
        os.kill(backend.pid, signal.SIGSEGV)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT pg_sleep(10)")
    assert list(limits.values()) == [(0, 0)] * 3
    assert list(folder.rglob("core*")) == []
