"""Each repair: what it writes, that the violation is gone, that nothing else has changed, and where it holds back."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from lint_fixtures.examples import read_example
from lint_fixtures.facts import Violation
from lint_fixtures.fixes import load_repairs
from lint_fixtures.fixes.run import check_content, repair
from lint_fixtures.rule import load_rules
from lint_fixtures.settings import Settings

OFF = Settings(cache_dir="off")
SESSION = """\
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture(scope="session")
def engine():
    return create_engine("postgresql:///shop_test")
"""
SHARED = f"""\
{SESSION}

@pytest.fixture
def db_session(engine):
    with Session(engine) as session:
        yield session
        session.rollback()
"""
SHADOW = f"""\
import pytest
from sqlalchemy.orm import Session


{SHARED.split(chr(10) * 3)[-1]}"""
APP = """\
from fastapi import FastAPI

app = FastAPI()


def get_db():
    raise NotImplementedError
"""
MODELS = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Organization(Base):
    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    organization: Mapped[Organization] = relationship()
"""
PARENT = """\


@pytest.fixture
def organization(db_session):
    organization = Organization()
    db_session.add(organization)
    db_session.flush()
    return organization
"""


def every(violations: Sequence[Violation], lines: list[str]) -> list[Violation]:
    return list(violations)


def repaired(folder: Path, files: dict[str, str], path: str, unsafe: bool = False) -> str:
    """The text of one file after its repair; a second repair changes nothing."""
    for name, text in {"pytest.ini": "[pytest]\n", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    target = folder / path
    once = repair(str(target), target.read_bytes(), OFF, every, unsafe)
    target.write_bytes(once.content)
    assert repair(str(target), once.content, OFF, every, unsafe).done == ()
    return once.content.decode()


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_default_goes_and_the_parameter_moves_in_front(tmp_path: Path) -> None:
    body = "):\n    assert db_session\n"
    test = f"def test_x(\n    size=1,  # of a page\n    db_session=None,\n    *,\n    tmp_path = None,\n{body}"
    after = repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py")
    assert after == f"def test_x(\n    db_session,\n    size=1,  # of a page\n    *,\n    tmp_path,\n{body}"


def test_line_ends_encoding_and_tabs_stay(tmp_path: Path) -> None:
    test = '\ufeff# "é"\r\ndef test_x(db_session=None):\r\n\tassert db_session, "\N{PARTY POPPER}"\r\n'
    after = repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py")
    assert after == test.replace("=None", "")


def test_shadow_that_repeats_the_shared_fixture_goes_with_its_imports(tmp_path: Path) -> None:
    head = "import json\n\nimport pytest\nfrom sqlalchemy.orm import Session\n\n\n# Everything below is about jobs.\n\n"
    shadow = SHARED.split("\n\n\n")[-1]
    rest = "\n\ndef test_x(db_session):\n    assert json.loads(db_session)\n"
    test = f"{head}# The session.\n{shadow}{rest}"
    after = repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py")
    assert after == f"import json\n\n\n# Everything below is about jobs.\n\n{rest}"


def test_import_that_something_else_needs_stays(tmp_path: Path) -> None:
    shadow = SHARED.split("\n\n\n")[-1]
    head = "import pytest\nfrom sqlalchemy.orm import Query, Session, joinedload\n"
    rest = "\n\n@pytest.mark.slow\ndef test_x(db_session):\n    assert Query and joinedload\n"
    files = {"conftest.py": SHARED, "test_x.py": f"{head}\n\n{shadow}{rest}"}
    assert repaired(tmp_path, files, "test_x.py") == f"{head.replace(' Session,', '')}{rest}"


@pytest.mark.parametrize(
    "other",
    [
        SHADOW.replace("session.rollback()", "session.close()"),
        SHADOW.replace("from sqlalchemy.orm import Session", "from sqlmodel import Session"),
    ],
    ids=["another body", "another meaning of a name"],
)
def test_shadow_that_does_something_else_stays(tmp_path: Path, other: str) -> None:
    test = f"{other}\n\ndef test_x(db_session):\n    assert db_session\n"
    assert repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py") == test


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "def db_session(engine):\n    return Session(engine)\n",
            "def db_session(engine):\n    with Session(engine) as session:\n        yield session\n",
        ),
        (
            "def db_session(engine) -> Session:\n    db = Session(engine)\n    # one\n    db.add(1)\n    return db\n",
            "def db_session(engine) -> Iterator[Session]:\n    with Session(engine) as db:\n        # one\n"
            "        db.add(1)\n        yield db\n",
        ),
        (
            "def db_session(engine):\n    db = Session(engine)\n    yield db\n    print(db)\n",
            "def db_session(engine):\n    with Session(engine) as db:\n        yield db\n        print(db)\n",
        ),
    ],
    ids=["returned", "annotated", "yielded"],
)
def test_session_is_closed(tmp_path: Path, before: str, after: str) -> None:
    files = {"conftest.py": f"{SESSION}\n\n@pytest.fixture\n{before}"}
    text = repaired(tmp_path, files, "conftest.py")
    assert text.endswith(f"\n\n@pytest.fixture\n{after}")
    assert ("from collections.abc import Iterator" in text) == ("Iterator" in after)


def test_session_joins_by_savepoints(tmp_path: Path) -> None:
    conftest = f"""\
{SESSION}
from models import Base


@pytest.fixture
def db_session(engine):
    connection = engine.connect()
    transaction = connection.begin()
    session = Session(
        connection,
        expire_on_commit=False,  # cheaper
    )
    yield session
    session.close()
    transaction.rollback()
    connection.close()
"""
    files = {
        "conftest.py": conftest,
        "models.py": MODELS,
        "test_x.py": "def test_x(db_session):\n    assert db_session\n",
    }
    gone, came = changed(conftest, repaired(tmp_path, files, "conftest.py"))
    assert (gone, came) == ([], ['        join_transaction_mode="create_savepoint",'])


def test_override_of_a_generator_is_taken_out(tmp_path: Path) -> None:
    conftest = f"""\
{SHARED}
from app import app, get_db


@pytest.fixture
def client(db_session):
    app.dependency_overrides[get_db] = lambda: db_session
    yield app
    print("done")
"""
    gone, came = changed(conftest, repaired(tmp_path, {"app.py": APP, "conftest.py": conftest}, "conftest.py"))
    assert (gone, came) == ([], ["    app.dependency_overrides.pop(get_db, None)"])


def test_override_of_a_test_is_left_to_monkeypatch(tmp_path: Path) -> None:
    test = """\
from app import app, get_db


def test_x(db_session, size=3):
    # Its own session.
    app.dependency_overrides[get_db] = lambda: db_session
    assert app
"""
    after = repaired(tmp_path, {"app.py": APP, "conftest.py": SHARED, "test_x.py": test}, "test_x.py")
    assert changed(test, after) == (
        ["def test_x(db_session, size=3):", "    app.dependency_overrides[get_db] = lambda: db_session"],
        [
            "def test_x(db_session, monkeypatch, size=3):",
            "    monkeypatch.setitem(app.dependency_overrides, get_db, lambda: db_session)",
        ],
    )


def test_generator_inside_a_fixture_is_not_its_yield_and_monkeypatch_is_annotated(tmp_path: Path) -> None:
    test = """\
from sqlalchemy.orm import Session

from app import app, get_db


def test_x(db_session: Session) -> None:
    def provide():
        yield db_session

    app.dependency_overrides[get_db] = provide
    assert app
"""
    after = repaired(tmp_path, {"app.py": APP, "conftest.py": SHARED, "test_x.py": test}, "test_x.py")
    assert after == test.replace("    app.dependency_overrides[get_db] = provide", "    {}").replace(
        "{}", "monkeypatch.setitem(app.dependency_overrides, get_db, provide)"
    ).replace("Session) ->", "Session, monkeypatch: pytest.MonkeyPatch) ->").replace(
        "from sql", "import pytest\nfrom sql"
    )


def test_default_that_is_meant_stays(tmp_path: Path) -> None:
    test = "def test_x(db_session: object | None = None):\n    assert db_session\n"
    assert repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py") == test


def test_scope_stays_where_rows_are_committed(tmp_path: Path) -> None:
    conftest = WIDE.replace("        yield session\n", "        session.commit()\n        yield session\n")
    test = "def test_x(db_session):\n    assert db_session\n"
    assert repaired(tmp_path, {"conftest.py": conftest, "test_x.py": test}, "conftest.py", unsafe=True) == conftest


def test_override_at_import_becomes_a_fixture(tmp_path: Path) -> None:
    test = """\
from app import app, get_db

# No database here.
app.dependency_overrides[get_db] = lambda: None


def test_x():
    assert app
"""
    files = {"app.py": APP, "test_x.py": test}
    assert repaired(tmp_path, files, "test_x.py") == test
    assert (
        repaired(tmp_path, files, "test_x.py", unsafe=True)
        == """\
import pytest

from app import app, get_db


# No database here.
@pytest.fixture(autouse=True)
def override_get_db(monkeypatch):
    monkeypatch.setitem(app.dependency_overrides, get_db, lambda: None)


def test_x():
    assert app
"""
    )


WIDE = f"""\
{SESSION}

@pytest.fixture(scope="session")
def db_session(engine):
    with Session(engine) as session:
        yield session


@pytest.fixture(autouse=True, scope="module")
def settings(db_session):
    return db_session.info
"""


def test_scope_is_narrowed_with_all_that_stands_on_it(tmp_path: Path) -> None:
    test = "def test_x(db_session):\n    assert db_session\n"
    after = repaired(tmp_path, {"conftest.py": WIDE, "test_x.py": test}, "conftest.py", unsafe=True)
    engine, _, rest = WIDE.rpartition('@pytest.fixture(scope="session")')
    assert after == f"{engine}@pytest.fixture{rest}".replace(', scope="module"', "")


def test_scope_stays_where_another_file_needs_it(tmp_path: Path) -> None:
    test = """\
import pytest


@pytest.fixture(scope="module")
def first(db_session):
    return db_session.info


def test_x(db_session, first):
    assert db_session
"""
    assert repaired(tmp_path, {"conftest.py": WIDE, "test_x.py": test}, "conftest.py", unsafe=True) == WIDE


CHILD = """\
from models import Campaign


def test_x(db_session):
    db_session.add(Campaign(id=1))
    db_session.flush()
"""


def test_row_gets_the_parent_of_the_only_fixture_that_makes_one(tmp_path: Path) -> None:
    conftest = f"{SHARED}\nfrom models import Organization\n{PARENT}"
    files = {"conftest.py": conftest, "models.py": MODELS, "test_x.py": CHILD}
    assert repaired(tmp_path, files, "test_x.py") == CHILD
    after = repaired(tmp_path, files, "test_x.py", unsafe=True)
    assert changed(CHILD, after) == (
        ["def test_x(db_session):", "    db_session.add(Campaign(id=1))"],
        ["def test_x(db_session, organization):", "    db_session.add(Campaign(id=1, organization=organization))"],
    )


def test_row_gets_no_parent_where_two_fixtures_make_one(tmp_path: Path) -> None:
    conftest = f"{SHARED}\nfrom models import Organization\n{PARENT}{PARENT.replace('organization(', 'other(')}"
    files = {"conftest.py": conftest, "models.py": MODELS, "test_x.py": CHILD}
    assert repaired(tmp_path, files, "test_x.py", unsafe=True) == CHILD


EXAMPLES = [rule for rule in load_rules() if rule.code in load_repairs()]


@pytest.mark.parametrize("rule", EXAMPLES, ids=lambda rule: rule.code)
def test_examples_of_the_rule_are_never_made_worse(rule: object, tmp_path: Path) -> None:
    """Every file of the bad example: what is repaired parses, and no other violation has come."""
    bad = read_example(next(each.bad for each in EXAMPLES if each is rule))
    for path, text in bad.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    for path in bad.files:
        target = tmp_path / path
        before = check_content(str(target), target.read_bytes(), OFF)
        outcome = repair(str(target), target.read_bytes(), OFF, every, unsafe=True)
        after = check_content(str(target), outcome.content, OFF)
        assert before is not None
        assert after is not None
        gone = sorted(each.code for each in before.violations)
        for each in after.violations:
            gone.remove(each.code)
        assert len(gone) >= len(outcome.done)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "lint_fixtures.cli", "fix", *arguments)
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text(SHARED, encoding="utf-8")
    (tmp_path / "test_a.py").write_text("def test_x(db_session=None):\n    assert db_session\n", encoding="utf-8")
    silenced = "def test_y(db_session=None):  # noqa: LFX302\n    assert db_session\n"
    (tmp_path / "test_b.py").write_text(silenced, encoding="utf-8")
    return tmp_path


def test_command_shows_then_writes_then_has_nothing_to_do(suite: Path) -> None:
    shown = run(suite, "--diff")
    assert shown.returncode == 1
    assert [line for line in shown.stdout.splitlines() if line[:1] in "+-"] == [
        "--- a/test_a.py",
        "+++ b/test_a.py",
        "-def test_x(db_session=None):",
        "+def test_x(db_session):",
    ]
    (suite / "test_a.py").chmod(0o640)
    done = run(suite)
    line = "test_a.py:1: LFX302 dropped the default, so that pytest passes the fixture\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, line, "lint-fixtures: 1 mended\n")
    assert (suite / "test_a.py").read_text(encoding="utf-8") == "def test_x(db_session):\n    assert db_session\n"
    assert (suite / "test_a.py").stat().st_mode & 0o777 == 0o640
    assert "=None" in (suite / "test_b.py").read_text(encoding="utf-8")
    again = run(suite)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "lint-fixtures: 0 mended\n")


def test_command_keeps_to_what_is_selected(suite: Path) -> None:
    assert run(suite, "--select=LFX1", ".").stderr == "lint-fixtures: 0 mended\n"
    assert run(suite, "--extend-exclude=test_a.py").stderr == "lint-fixtures: 0 mended\n"


def test_command_names_what_it_cannot_do(suite: Path) -> None:
    wrong = run(suite, "nowhere.py")
    assert (wrong.returncode, wrong.stderr) == (2, "lint-fixtures: no such file or folder: nowhere.py\n")
    (suite / "test_c.py").write_bytes(b"def broken(:\n")
    assert run(suite, "--diff", "test_c.py").returncode == 0


def test_link_stays_a_link(suite: Path) -> None:
    os.rename(suite / "test_a.py", suite / "real.txt")  # noqa: PTH104
    (suite / "test_a.py").symlink_to("real.txt")
    run(suite)
    assert (suite / "test_a.py").is_symlink()
    assert "=None" not in (suite / "real.txt").read_text(encoding="utf-8")


ASYNC = """\
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

maker = async_sessionmaker(create_async_engine("postgresql+asyncpg:///shop_test"))


@pytest.fixture
async def db_session():
    session = maker()
    yield session
"""


def test_asynchronous_session_is_entered_asynchronously(tmp_path: Path) -> None:
    after = repaired(tmp_path, {"conftest.py": ASYNC}, "conftest.py")
    assert changed(ASYNC, after)[1] == ["    async with maker() as session:", "        yield session"]


def test_method_of_a_test_case_gets_no_fixture(tmp_path: Path) -> None:
    test = """\
import unittest

from app import app, get_db


class TestApp(unittest.TestCase):
    def test_x(self):
        app.dependency_overrides[get_db] = lambda: 1
"""
    assert repaired(tmp_path, {"app.py": APP, "test_x.py": test}, "test_x.py") == test


def test_default_of_a_test_that_is_called_stays(tmp_path: Path) -> None:
    test = "def test_x(db_session=None):\n    assert not db_session\n\n\ndef test_y():\n    test_x()\n"
    assert repaired(tmp_path, {"conftest.py": SHARED, "test_x.py": test}, "test_x.py") == test
