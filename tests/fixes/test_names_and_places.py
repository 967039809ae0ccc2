"""Repairs that need a name, an annotation or an import, and those of files that pytest loads as plugins."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixes.suites import APP, MODELS, PARENT, SESSION, SHARED, changed, repaired

FAKE = """\
from app import app, get_db


def override_get_db():
    yield None


app.dependency_overrides[get_db] = override_get_db


def test_x():
    assert app
"""


def test_fixture_of_an_override_takes_a_name_that_is_free(tmp_path: Path) -> None:
    after = repaired(tmp_path, {"app.py": APP, "test_x.py": FAKE}, "test_x.py", unsafe=True)
    assert changed(FAKE, after) == (
        ["app.dependency_overrides[get_db] = override_get_db"],
        [
            "import pytest",
            "@pytest.fixture(autouse=True)",
            "def overridden_get_db(monkeypatch):",
            "    monkeypatch.setitem(app.dependency_overrides, get_db, override_get_db)",
        ],
    )


@pytest.mark.parametrize(
    "taken", ["overridden_get_db = 1\n", '__all__ = ["overridden_get_db"]\n'], ids=["name", "text"]
)
def test_override_stays_where_no_name_is_free(tmp_path: Path, taken: str) -> None:
    test = FAKE + taken
    assert repaired(tmp_path, {"app.py": APP, "test_x.py": test}, "test_x.py", unsafe=True) == test


CONFTEST = f"{SHARED}\nfrom models import Organization\n{PARENT}"
ANNOTATED = """\
from sqlalchemy.orm import Session

{imports}


def test_x(db_session: Session) -> None:
    db_session.add(Campaign(id=1))
    db_session.flush()
"""


@pytest.mark.parametrize(
    ("imports", "after", "parameter"),
    [
        pytest.param(
            "from models import Campaign",
            "from models import Campaign, Organization",
            "organization: Organization",
            id="imported-from-where-the-child-comes-from",
        ),
        pytest.param(
            "from models import Campaign, Organization",
            "from models import Campaign, Organization",
            "organization: Organization",
            id="imported-already",
        ),
        pytest.param(
            "from models import Campaign\n\nOrganization = str",
            "from models import Campaign\n\nOrganization = str",
            "organization",
            id="the-name-means-something-else",
        ),
        pytest.param(
            "import models\n\nCampaign = models.Campaign",
            "import models\n\nCampaign = models.Campaign",
            "organization",
            id="the-child-is-not-imported-by-name",
        ),
    ],
)
def test_parent_is_annotated_where_its_class_can_be_named(
    tmp_path: Path, imports: str, after: str, parameter: str
) -> None:
    test = ANNOTATED.format(imports=imports)
    files = {"conftest.py": CONFTEST, "models.py": MODELS, "test_x.py": test}
    mended = ANNOTATED.format(imports=after).replace("Session) ->", f"Session, {parameter}) ->")
    assert repaired(tmp_path, files, "test_x.py", unsafe=True) == mended.replace(
        "Campaign(id=1)", "Campaign(id=1, organization=organization)"
    )


PLUGIN = f"""\
{SESSION}

@pytest.fixture(scope="session")
def db_session(engine):
    with Session(engine) as session:
        yield session
"""
TEST = "def test_x(db_session):\n    assert db_session\n"
PROJECT = {
    "conftest.py": 'pytest_plugins = ["fixtures.database"]\n',
    "fixtures/__init__.py": "",
    "fixtures/database.py": PLUGIN,
    "tests/test_x.py": TEST,
}


def test_scope_of_a_plugin_file_is_narrowed(tmp_path: Path) -> None:
    after = repaired(tmp_path, PROJECT, "fixtures/database.py", unsafe=True)
    head, _, rest = PLUGIN.rpartition('(scope="session")')
    assert after == head + rest


@pytest.mark.parametrize("where", ["tests/conftest.py", "other/test_y.py", "fixtures/rows.py"])
def test_scope_of_a_plugin_file_stays_where_a_wide_fixture_anywhere_needs_it(tmp_path: Path, where: str) -> None:
    wide = 'import pytest\n\n\n@pytest.fixture(scope="module")\ndef first(db_session):\n    return db_session.info\n'
    conftest = 'pytest_plugins = ["fixtures.database", "fixtures.rows"]\n'
    files = {**PROJECT, "conftest.py": conftest, "fixtures/rows.py": "", where: wide}
    assert repaired(tmp_path, files, "fixtures/database.py", unsafe=True) == PLUGIN
