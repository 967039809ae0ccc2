"""A small project with a real suite, somebody else's server beside it, and what must hold after every mishap."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.postgres.server import Server, ServerRequest
from tests.chaos.trail import Trail
from tests.hooks import projects
from tests.repositories import git, git_environment

START = Path(__file__).with_name("start.py")
END_SECONDS = 180
TESTS = """
import pytest, time
from tests.conftest import execute

@pytest.mark.parametrize("number", range(4))
def test_rows(number, connect):
    with connect() as connection, connection.transaction(force_rollback=True):
        connection.execute("insert into jobs (title) select 'x' from generate_series(1, 500)")
        time.sleep(0.05)
"""
CALM = ("--workers", "0")


@dataclass
class Scene:
    """`folder` is short, as sockets want it; its path is in the environment of all that the hook starts."""

    folder: Path
    project: projects.Project
    bystander: Server
    chance: random.Random
    usual: float = 0.0  # seconds that an undisturbed run takes
    problems: list[str] = field(default_factory=list)

    def start(self, *arguments: str, fault: str = "none", prefix: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
        environment = {name: value for name, value in git_environment().items() if name != "VIRTUAL_ENV"}
        own = {"LINT_FIXTURES_CACHE_DIR": str(self.project.cache), "TMPDIR": str(self.folder / "tmp")}
        return subprocess.Popen(
            (*prefix, sys.executable, str(START), fault, *arguments),
            cwd=self.project.root,
            env=environment | own | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ended(self, hook: "subprocess.Popen[str]") -> int:
        """Its exit code. A killed hook may stay silent; any other says what happened, and not by a traceback."""
        said, _ = hook.communicate(timeout=END_SECONDS)
        if START.name in said:
            self.problems.append(f"a traceback: {said[-1500:]}")
        if hook.returncode not in (0, 1, 3, 130) and hook.returncode >= 0:
            self.problems.append(f"exit code {hook.returncode}: {said[-1500:]}")
        if hook.returncode == 0 and "verified" not in said:
            self.problems.append(f"exit code 0 without a word: {said[-1500:]}")
        return hook.returncode

    def moment(self) -> None:
        time.sleep(self.chance.uniform(0.0, self.usual * 1.1))

    def new_tree(self) -> None:
        self.project.commit(number_txt=f"{self.chance.random()}\n")

    def aftermath(self, code: int, trail: Trail) -> list[str]:
        """What does not hold after a mishap with this exit code, in words."""
        verified = git(self.project.root, "status", "--porcelain", "--untracked-files=all")
        if verified:
            self.problems.append(f"the tree was changed: {verified}")
        # one that is killed may have proved it all just before
        if code > 0 and self._answer("status", "--require", "HEAD") == 0:
            self.problems.append(f"a stamp from a run with exit code {code}")
        if (again := self._answer(*CALM, "--again")) != 0:
            self.problems.append(f"the next run ended with exit code {again}")
        self.problems += [f"left: {words}" for words in trail.left()]
        self.problems += [f"left: {path.name}" for path in (self.folder / "tmp").iterdir()]
        self.problems += self._bystander_lost()
        found, self.problems = self.problems, []
        return found

    def _answer(self, *arguments: str) -> int:
        hook = self.start(*arguments)
        said, _ = hook.communicate(timeout=END_SECONDS)
        if arguments[0] != "status" and hook.returncode:
            self.problems.append(said[-1500:])
        return hook.returncode

    def _bystander_lost(self) -> list[str]:
        try:
            with psycopg.connect(self.bystander.url()) as connection:
                found = connection.execute("select count(*) from treasure").fetchone()
        except psycopg.Error as error:
            return [f"the other server is gone: {error}"]
        return [] if found == (3,) else [f"the other server's rows are gone: {found}"]


@contextmanager
def scene(seed: int) -> Iterator[Scene]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-"))).resolve()
        (folder / "tmp").mkdir()
        request = ServerRequest(None, None, None, folder / "other", "treasure", tcp=False)
        bystander = stack.enter_context(open_server(request))
        with psycopg.connect(bystander.url(), autocommit=True) as connection:
            connection.execute("create table treasure as select generate_series(1, 3) as id")
        project = projects.new(folder / "project", folder / "cache")
        project.commit(tests__test_rows_py=TESTS)
        found = Scene(folder, project, bystander, random.Random(seed))
        if found._answer(*CALM, "--again"):
            raise AssertionError(found.problems)
        started = time.monotonic()
        found._answer(*CALM, "--again")
        found.usual = time.monotonic() - started
        yield found


def forget_cache(found: Scene) -> None:
    shutil.rmtree(found.project.cache, ignore_errors=True)
