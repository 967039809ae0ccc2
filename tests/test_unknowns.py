"""`lint-fixtures check --explain-unknown FILE`: each thing that could not be told, at its place, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint_fixtures.cli import main
from tests.real_pytest import lay_out

MODELS = """\
from elsewhere import Mixin, nullable
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Org(Base):
    __tablename__ = "orgs"
    id = Column(Integer, primary_key=True)


class Job(Base):
    __tablename__ = "jobs"
    id = Column(Integer, primary_key=True)
    org_id = Column(ForeignKey("orgs.id"), nullable=False)


class Own(Base):
    __tablename__ = "owns"
    id = Column(Integer, primary_key=True)
    org_id = Column(ForeignKey("orgs.id"), nullable=False)

    def __init__(self, org):
        self.org_id = org.id


class Mixed(Mixin, Base):
    __tablename__ = make()
    id = Column(Integer, primary_key=True)
    org_id = Column(ForeignKey(parent()), nullable=nullable)
"""
GUIDE = Path(__file__).parent.parent / "docs" / "guides" / "adoption.md"
OPEN = "positional or ** arguments, setattr, or a call that gets the object may fill more"
COMPUTED = "a name is computed: for getfixturevalue, usefixtures, parametrize or in pytest_generate_tests"
ABSENT = "no file that pytest loads here defines it: it is of an installed plugin, or missing"
UNFOLLOWED = "its value comes from a call, parameter or name that cannot be followed"
BRANCHED = "it stands under an if or try, or parametrization may take its place"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path, {"pyproject.toml": "", "shop/models.py": MODELS})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINT_FIXTURES_CACHE", "off")
    return tmp_path


def explained(project: Path, capsys: pytest.CaptureFixture[str], source: str, **files: str) -> list[str]:
    lay_out(project, {"tests/test_x.py": source} | {f"tests/{name}.py": text for name, text in files.items()})
    assert main(["check", "--explain-unknown", "tests/test_x.py"]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "def test_x(mocker, tmp_path, postgresql): pass",
            [f"1: fixture 'postgresql' - {ABSENT}"],
            id="fixture-of-a-plugin",
        ),
        pytest.param(
            "def test_x(request):\n    request.getfixturevalue(name())",
            [f"1: what is requested here - {COMPUTED}"],
            id="computed-request",
        ),
        pytest.param(
            """\
import pytest
@pytest.fixture(scope=scope(), autouse=flag())
def a(): pass
if sys:
    @pytest.fixture
    def b(): pass
def test_x(b): pass
""",
            [
                "3: the scope of fixture 'a' - it is computed",
                "3: whether fixture 'a' is autouse - it is computed",
                f"6: whether this definition of 'b' is used - {BRANCHED}",
            ],
            id="fixtures",
        ),
        pytest.param(
            """\
from shop.models import Job, Org, Own
def test_x(session, org, job):
    session.add(Job(**values()))
    session.add(Own(org))
    session.add(Org(**values()))
    session.add(Job(org_id=org.id))
    session.flush()
""",
            [
                *(f"2: fixture '{name}' - {ABSENT}" for name in ("job", "org", "session")),
                f"3: what this Job is given - {OPEN}",
                f"4: what this Own is given - {OPEN}",
                "4: what this Own is given - the class has an __init__ of its own",
            ],
            id="rows",
        ),
        pytest.param(
            """\
from shop.main import app, get_db
def test_x(dep, make):
    app.dependency_overrides[get_db] = lambda: None
    app.dependency_overrides[dep] = make()
    app.dependency_overrides.update(others)
""",
            [
                *(f"2: fixture '{name}' - {ABSENT}" for name in ("dep", "make")),
                f"4: what overrides the dependency - {UNFOLLOWED}",
                "4: which dependency is overridden - its name leads nowhere in the project",
                "5: this dependency override - its entries come from a mapping that is not written out here",
            ],
            id="overrides",
        ),
        pytest.param("import pytest\n@pytest.fixture\ndef row(): return 1\ndef test_x(row): pass", [], id="all-told"),
    ],
)
def test_what_cannot_be_told(
    project: Path, capsys: pytest.CaptureFixture[str], source: str, expected: list[str]
) -> None:
    assert explained(project, capsys, source) == [f"tests/test_x.py:{line}" for line in expected]


def test_other_files_are_named_where_the_reason_lies_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conftest = "import pytest\npytest_plugins = names()\n@pytest.fixture(scope=some())\ndef far(plug): pass\n"
    assert explained(project, capsys, "def test_x(far): pass\n", conftest=conftest) == [
        "tests/conftest.py:2: the plugins in pytest_plugins - they are not all written as plain text",
        f"tests/conftest.py:4: fixture 'plug' - {ABSENT}",
        "tests/conftest.py:4: the scope of fixture 'far' - it is computed",
    ]


def test_of_a_model_everything_that_is_computed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "from shop.models import Mixed\ndef test_x(db):\n    db.add(Mixed(id=1))\n    db.flush()\n"
    found = explained(project, capsys, source)
    assert [line.partition(" - ")[0] for line in found if line.startswith("shop/")] == [
        "shop/models.py:28: all columns of Mixed",
        "shop/models.py:28: the table of Mixed",
        "shop/models.py:28: which columns Mixed fills by itself",
        "shop/models.py:31: the nullability of Mixed.org_id",
        "shop/models.py:31: the parent table of Mixed.org_id",
    ]


def test_nothing_unknown_and_no_file_are_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay_out(project, {"tests/test_x.py": "def test_x(): pass\n", "tests/test_y.py": "def test_y(:\n"})
    assert main(["check", "--explain-unknown", "tests/test_x.py"]) == 0
    assert capsys.readouterr() == ("", "tests/test_x.py: nothing that the rules look at is unknown\n")
    assert main(["check", "--explain-unknown", "tests/test_y.py"]) == 0
    assert capsys.readouterr().out == "tests/test_y.py:1: the file - it cannot be read or parsed\n"
    assert main(["check", "--explain-unknown", "tests/gone.py"]) == 2
    assert capsys.readouterr() == ("", "lint-fixtures: no such file: tests/gone.py\n")


def test_the_guide_shows_what_is_printed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conftest = "import pytest\n@pytest.fixture(scope=some())\ndef engine(): pass\n"
    body = "def test_x(db, postgresql, engine):\n    db.add(Job(**values()))\n    db.flush()\n"
    source = f"from shop.models import Job\n\n\n{body}"
    lay_out(
        project, {"tests/conftest.py": f"{conftest}@pytest.fixture\ndef db(): pass\n", "tests/test_jobs.py": source}
    )
    assert main(["check", "--explain-unknown", "tests/test_jobs.py"]) == 0
    shown = GUIDE.read_text(encoding="utf-8").partition("```text\n")[2].partition("```")[0]
    assert capsys.readouterr().out == shown
