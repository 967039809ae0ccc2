"""Tests beside a real Docker engine. Where none answers nothing is collected; `docker/with-engine` brings one."""

import subprocess
from pathlib import Path

import pytest

from tests.hooks import projects


def _engine_answers() -> bool:
    try:
        return subprocess.run(("docker", "compose", "ls"), capture_output=True, check=False, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


collect_ignore_glob = [] if _engine_answers() else ["test_*.py"]


@pytest.fixture
def project(tmp_path: Path) -> projects.Project:
    return projects.new(tmp_path / "project", tmp_path / "cache")
