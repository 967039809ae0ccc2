"""A hook that is killed with -9 leaves no suite that goes on for ever, and no folder that nobody removes."""

import tempfile
import time
from pathlib import Path

import pytest
from filelock import FileLock

from lint_fixtures_hooks import scratch
from tests.hooks.projects import Project, running

SLEEPING = """
import os, pathlib, time

def test_sleeps():
    pathlib.Path(os.environ["HERE"]).touch()
    time.sleep(600)
"""


def wait_for(seconds: float, what: str, path: Path) -> None:
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def test_a_test_that_waits_for_ever_ends_with_the_hook(project: Project, tmp_path: Path) -> None:
    project.commit(tests__test_it_py=SLEEPING)
    hook = project.start("--again", HERE=str(tmp_path / "here"))
    wait_for(120, "the test did not start", tmp_path / "here")
    hook.kill()
    hook.communicate()
    deadline = time.monotonic() + 30
    while running(f"HERE={tmp_path}") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running(f"HERE={tmp_path}") == []


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_a_killed_run_left_goes_and_what_is_used_stays(temporary: Path) -> None:
    left, used, other = (temporary / f"{scratch.PREFIX}{name}" for name in ("left", "used", "other"))
    for folder in (left, used, other):
        folder.mkdir()
    (left / scratch.LOCK).touch()
    with FileLock(used / scratch.LOCK), scratch.scratch() as own:
        assert sorted(temporary.iterdir()) == sorted((used, other, own))
    assert sorted(temporary.iterdir()) == sorted((used, other))
