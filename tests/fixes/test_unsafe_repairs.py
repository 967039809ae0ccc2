"""Repairs that a person looks at: scopes, parents, overrides at import; none makes an example of its rule worse."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint_fixtures.examples import read_example
from lint_fixtures.fixes import load_repairs
from lint_fixtures.fixes.checked import check_content
from lint_fixtures.fixes.run import repair
from lint_fixtures.rule import load_rules
from tests.fixes.suites import APP, MODELS, OFF, PARENT, SESSION, SHARED, changed, every, repaired


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
