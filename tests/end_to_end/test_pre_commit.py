"""Real pre-commit, real git, in throw-away repositories."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.repositories import Repository, git

CONFTEST = """\
import pytest


@pytest.fixture
def db_session():
    yield object()
"""
BAD = "def test_stored(db_session=None):\n    assert db_session\n"
GOOD = "def test_stored(db_session):\n    assert db_session\n"
VIOLATION = (
    "tests/test_jobs.py:1:1: LFX302 'db_session' has a default, so pytest never passes the fixture of "
    "tests/conftest.py:5: this runs with None"
)
LEAKING = "tests/api/test_campaigns.py::test_campaign_is_created"
DIRTY = "tests/api/latest_report.csv"


def configuration(tool: Path, hook: str) -> str:
    revision = git(tool, "rev-parse", "HEAD").strip()
    return f"repos:\n  - repo: {tool}\n    rev: {revision}\n    hooks:\n      - id: {hook}\n"


def reported(output: str) -> list[str]:
    return [line for line in output.splitlines() if " LFX" in line]


def test_try_repo_reports_the_violation(repository: Repository, tool: Path) -> None:
    repository.write({"tests/conftest.py": CONFTEST, "tests/test_jobs.py": BAD})
    repository.commit_all("A suite with a fixture that is never injected")
    result = repository.run("pre-commit", "try-repo", str(tool), "lint-fixtures", "--all-files")
    assert reported(result.stdout) == [VIOLATION]
    assert result.returncode == 1


def test_commit_is_refused_then_accepted_once_mended(repository: Repository, tool: Path) -> None:
    repository.write({".pre-commit-config.yaml": configuration(tool, "lint-fixtures"), "tests/conftest.py": CONFTEST})
    repository.commit_all("A suite without tests")
    assert repository.run("pre-commit", "install").returncode == 0
    repository.write({"tests/test_jobs.py": BAD})
    repository.git("add", "tests")

    refused = repository.run("git", "commit", "--message=Test jobs")
    assert (refused.returncode, reported(refused.stdout)) == (1, [VIOLATION])
    assert repository.git("log", "--format=%s").splitlines() == ["A suite without tests"]

    repository.write({"tests/test_jobs.py": GOOD})
    repository.git("add", "tests")
    accepted = repository.run("git", "commit", "--message=Test jobs")
    assert (accepted.returncode, reported(accepted.stdout)) == (0, [])
    assert repository.git("log", "--format=%s").splitlines() == ["Test jobs", "A suite without tests"]
    assert repository.git("status", "--porcelain") == ""


def test_a_changed_test_is_checked_against_a_conftest_that_is_not_in_the_commit(
    repository: Repository, tool: Path
) -> None:
    repository.write({".pre-commit-config.yaml": configuration(tool, "lint-fixtures"), "tests/conftest.py": CONFTEST})
    repository.commit_all("A suite without tests")
    repository.write({"tests/test_jobs.py": BAD})
    repository.git("add", "tests")
    result = repository.run("pre-commit", "run")
    assert (result.returncode, reported(result.stdout)) == (1, [VIOLATION])


def test_fix_mends_the_changed_file_and_the_second_commit_is_accepted(repository: Repository, tool: Path) -> None:
    hook = configuration(tool, "lint-fixtures-fix")
    repository.write({".pre-commit-config.yaml": hook, "tests/conftest.py": CONFTEST})
    repository.commit_all("A suite without tests")
    assert repository.run("pre-commit", "install").returncode == 0
    repository.write({"tests/test_jobs.py": BAD})
    repository.git("add", "tests")

    stopped = repository.run("git", "commit", "--message=Test jobs")
    done = "tests/test_jobs.py:1: LFX302 dropped the default, so that pytest passes the fixture"
    assert (stopped.returncode, reported(stopped.stdout)) == (1, [done])
    assert "- files were modified by this hook" in stopped.stdout.splitlines()
    assert (repository.path / "tests" / "test_jobs.py").read_text(encoding="utf-8") == GOOD

    repository.git("add", "tests")
    accepted = repository.run("git", "commit", "--message=Test jobs")
    assert (accepted.returncode, reported(accepted.stdout)) == (0, [])


def test_flake8_says_the_same_of_files_and_of_standard_input(repository: Repository) -> None:
    repository.write({"tests/conftest.py": CONFTEST, "tests/test_jobs.py": BAD})
    from_files = repository.run("flake8", "--select=LFX", "tests")
    command = "flake8 --select=LFX --stdin-display-name=tests/test_jobs.py - < tests/test_jobs.py"
    from_input = repository.run("sh", "-c", command)
    assert (from_files.returncode, from_files.stdout.splitlines()) == (1, [VIOLATION])
    assert (from_input.returncode, from_input.stdout.splitlines()) == (1, [VIOLATION])


@pytest.fixture
def shop(repository: Repository, tool: Path, request: pytest.FixtureRequest) -> Repository:
    """The example that the test names, with `verify-suite` configured and this environment as the project's own."""
    shutil.copytree(tool / "examples" / "shop" / request.param, repository.path, dirs_exist_ok=True)
    repository.write({".pre-commit-config.yaml": configuration(tool, "verify-suite")})
    (repository.path / ".git" / "info" / "exclude").write_text(".venv\n", encoding="utf-8")
    (repository.path / ".venv").symlink_to(sys.prefix)
    repository.commit_all("The shop")
    return repository


@pytest.mark.parametrize("shop", ["mended"], indirect=True)
def test_verify_suite_passes_the_mended_shop_and_leaves_no_trace(shop: Repository) -> None:
    result = shop.run("pre-commit", "run", "verify-suite", "--all-files")
    assert result.returncode == 0, result.stdout
    assert result.stdout.splitlines()[-1].endswith("Passed")
    assert shop.git("status", "--porcelain") == ""


@pytest.mark.parametrize("shop", ["broken"], indirect=True)
def test_verify_suite_refuses_the_broken_shop_and_names_test_and_file(shop: Repository) -> None:
    result = shop.run("pre-commit", "run", "verify-suite", "--all-files")
    assert result.returncode == 1, result.stdout
    assert "- exit code: 1" in result.stdout.splitlines()
    assert LEAKING in result.stdout
    assert DIRTY in result.stdout


@pytest.mark.parametrize("shop", ["mended"], indirect=True)
def test_commit_in_the_mended_shop_is_verified_and_its_tree_stays_so(shop: Repository) -> None:
    assert shop.run("pre-commit", "install").returncode == 0
    shop.write({"NOTES.md": "Jobs belong to campaigns.\n"})
    shop.git("add", "NOTES.md")
    committed = shop.run("git", "commit", "--message=Notes")
    assert committed.returncode == 0, committed.stdout
    assert shop.git("log", "--format=%s").splitlines() == ["Notes", "The shop"]
    required = shop.run("verify-suite", "status", "--require", "HEAD")
    assert required.returncode == 0, required.stdout
    assert shop.git("status", "--porcelain") == ""
