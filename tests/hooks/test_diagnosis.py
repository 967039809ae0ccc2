"""Failures of the known classes carry the code of the rule that is about them, and its line."""

from tests.hooks.projects import Project

BROKEN = """
import pytest
from tests.conftest import execute

db_session = None

@pytest.fixture
def empty_session():
    return None

@pytest.fixture
def first(second): ...

@pytest.fixture
def second(first): ...

@pytest.fixture(scope="module")
def wide(connect): ...

@pytest.fixture
def silent():
    if False:
        yield

@pytest.fixture(autouse=True, scope="module")
def tables():
    execute("create table parents (id int primary key)",
            "create table children (parent_id int not null references parents)")

def test_foreign_key():
    execute("insert into children values (1)")

def test_not_null():
    execute("insert into children values (null)")

def test_none_session():
    db_session.query(1)

def test_yields_none(empty_session):
    empty_session.query(1)

def test_other_none(empty_session):
    empty_session.title

def test_not_found(nowhere): ...

def test_mismatch(wide): ...

def test_recursive(first): ...

def test_silent(silent): ...
"""


def test_known_failures_carry_code_and_line(project: Project) -> None:
    project.commit(tests__test_it_py=BROKEN)
    numbers = {line: number for number, line in enumerate(BROKEN.splitlines(), start=1)}
    answer = project.verify()
    found = {
        (item["nodeid"].rpartition("::")[2], item["code"], item["path"], item["line"])
        for item in answer.report["diagnoses"]
    }
    path, conftest = "tests/test_it.py", "tests/conftest.py"
    assert {item for item in found if item[2] == conftest} == {
        ("test_foreign_key", "LFX502", conftest, 13),
        ("test_not_null", "LFX501", conftest, 13),
    }
    assert {item for item in found if item[2] == path} == {
        ("test_none_session", "LFX301", path, numbers["    db_session.query(1)"]),
        ("test_yields_none", "LFX303", path, numbers["    empty_session.query(1)"]),
        ("test_not_found", "LFX107", path, numbers["def test_not_found(nowhere): ..."]),
        ("test_mismatch", "LFX202", path, numbers["def wide(connect): ..."]),
        ("test_recursive", "LFX106", path, numbers["def second(first): ..."]),
        ("test_silent", "LFX303", path, numbers["def silent():"]),
    }
    not_seen = {item["nodeid"].rpartition("::")[2] for item in answer.report["not_seen_statically"]}
    # rows in SQL of a helper, a name that no file defines, a fixture without a role: no rule speaks of these
    unsaid = ("foreign_key", "not_null", "not_found", "yields_none")
    assert not_seen == {f"test_{name}" for name in unsaid}
    after = answer.out.splitlines().index(f"{conftest}:13: LFX502 made tests/test_it.py::test_foreign_key fail")
    assert answer.out.splitlines()[after + 2] == "    not seen statically: lint-fixtures reports nothing of it"
