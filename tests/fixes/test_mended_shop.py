"""The mended shop, broken once for nearly every repair, and mended by the command: silent again, and isolated."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.repositories import git

MENDED = Path(__file__).resolve().parent.parent.parent / "examples" / "shop" / "mended"
COMMANDS = Path(sysconfig.get_path("scripts"))
IMPORTS = "import pytest\nfrom sqlalchemy import select\n"
SHADOW = """\


@pytest.fixture
def db_session(connection: Connection) -> Iterator[Session]:
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session
"""
BREAKS = (  # file, what stands there, what takes its place
    ("conftest.py", ', join_transaction_mode="create_savepoint"', ""),
    ("conftest.py", "@pytest.fixture\ndef connection", '@pytest.fixture(scope="session")\ndef connection'),
    ("conftest.py", "@pytest.fixture\ndef db_session", '@pytest.fixture(scope="session")\ndef db_session'),
    ("api/test_paging.py", "    app.dependency_overrides.pop(page_size)\n", ""),
    ("jobs/test_jobs.py", "is_open(job: Job)", "is_open(job: Job = None)"),
    ("jobs/test_jobs.py", IMPORTS, IMPORTS.replace("import select", "import Connection, select")),
    ("jobs/test_jobs.py", "import pytest\n", "from collections.abc import Iterator\n\nimport pytest\n"),
    ("jobs/test_jobs.py", "import Campaign, Job, Organization\n", f"import Campaign, Job, Organization\n{SHADOW}"),
    ("jobs/test_schedule.py", "first_job(db_session: Session, campaign: Campaign)", "first_job(db_session: Session)"),
    ("jobs/test_schedule.py", 'Job(campaign=campaign, title="Book the hall")', 'Job(title="Book the hall")'),
)
WRITTEN_OTHERWISE = (
    ("test_paging.py", "pop(page_size)", "pop(page_size, None)"),
    (
        "test_schedule.py",
        'Job(campaign=campaign, title="Book the hall")',
        'Job(title="Book the hall", campaign=campaign)',
    ),
)
OPENED = """\
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from shop.models import Organization


@pytest.fixture
def other_session(engine: Engine) -> Session:
    return Session(engine)


def test_nothing_is_seen_outside_the_transaction(other_session: Session, organization: Organization) -> None:
    assert other_session.scalars(select(Organization)).all() == []
"""
CLOSED = """\
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from shop.models import Organization


@pytest.fixture
def other_session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session
"""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A committed copy of the shop with all breaks in it."""
    copy = shutil.copytree(MENDED, tmp_path / "shop", ignore=shutil.ignore_patterns(".*cache", "__pycache__"))
    for name, old, new in BREAKS:
        path = copy / "tests" / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
    (copy / "tests" / "api" / "test_outside.py").write_text(OPENED, encoding="utf-8")
    (copy / ".gitignore").write_text("__pycache__/\n.*cache/\n", encoding="utf-8")
    git(copy, "init", "--quiet")
    git(copy, "add", ".")
    git(copy, "commit", "--quiet", "--message", "a broken suite")
    return copy


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    program = (str(COMMANDS / command[0]), *command[1:])
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)


def codes(output: str) -> list[tuple[str, str]]:
    """(file below tests/, code) of each reported line."""
    lines = (line.split(":", 3) for line in output.splitlines())
    return sorted((path.rpartition("tests/")[2], rest.split()[0]) for path, _, _, rest in lines)


def test_broken_shop_is_mended(broken: Path) -> None:
    assert codes(run(broken, "lint-fixtures", "check", ".").stdout) == [
        ("api/test_outside.py", "LFX304"),
        ("api/test_paging.py", "LFX401"),
        ("conftest.py", "LFX201"),
        ("conftest.py", "LFX305"),
        ("jobs/test_jobs.py", "LFX101"),
        ("jobs/test_jobs.py", "LFX302"),
        ("jobs/test_schedule.py", "LFX501"),
    ]
    mended = run(broken, "lint-fixtures", "fix", "--unsafe", ".")
    assert (mended.returncode, mended.stderr) == (0, "lint-fixtures: 7 mended\n")
    for path in sorted((MENDED / "tests").rglob("*.py")):
        wanted = path.read_text(encoding="utf-8")
        for name, old, new in WRITTEN_OTHERWISE:
            wanted = wanted.replace(old, new) if path.name == name else wanted
        assert (broken / path.relative_to(MENDED)).read_text(encoding="utf-8") == wanted
    outside = (broken / "tests" / "api" / "test_outside.py").read_text(encoding="utf-8")
    assert outside == CLOSED + OPENED[OPENED.index("\n\ndef test_") :]

    checked = run(broken, "lint-fixtures", "check", ".")
    assert (checked.returncode, checked.stdout) == (0, "")
    git(broken, "commit", "--quiet", "--all", "--message", "a mended suite")
    verified = run(broken, "verify-suite", "--mode=prove", f"--python={sys.executable}")
    assert "verify-suite: verified: green, isolated, tree clean" in verified.stdout, verified.stdout + verified.stderr
    assert verified.returncode == 0
