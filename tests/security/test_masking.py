"""What is said of a password, by whomever and in whatever spelling, does not say it."""

import html
import json
from pathlib import Path
from urllib.parse import quote_plus

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

from lint_fixtures_hooks import stamp
from lint_fixtures_hooks.errors import HookError, UsageError
from lint_fixtures_hooks.interpreter import Interpreter
from lint_fixtures_hooks.masking import masked
from lint_fixtures_hooks.postgres.connect import connect
from lint_fixtures_hooks.postgres.server import Server
from lint_fixtures_hooks.settings import Settings
from tests.hooks.projects import Project

AWKWARD = "p+w d/x@'y\\z\"&<é"
SERVER = Server("url", "15", "localhost", 5432, "shop", AWKWARD, "shop_test", embedded=False)
SPELLINGS = {
    "as it is": AWKWARD,
    "in our url": SERVER.url(),
    "in SQLAlchemy's url": URL.create("postgresql", "shop", AWKWARD, "localhost").render_as_string(hide_password=False),
    "in libpq's string": make_conninfo(user="shop", password=AWKWARD),
    "in a form": f"password={quote_plus(AWKWARD)}",
    "as Python shows it": repr({"password": AWKWARD}),
    "in JSON": json.dumps({"password": AWKWARD}),
    "in JSON, readable": json.dumps({"password": AWKWARD}, ensure_ascii=False),
    "in HTML": html.escape(AWKWARD),
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_is_masked(text: str) -> None:
    said = masked(f"before {text} after", (AWKWARD,))
    assert "****" in said
    assert [part for part in ("p+w", "p%2Bw", "y\\z", "y%5Cz", "d/x", "d%2Fx") if part in said] == []
    assert said.startswith("before ")
    assert said.endswith(" after")


def test_a_word_that_is_a_password_stays_a_part_of_other_words() -> None:
    """Many a compose file says `test` or `postgres`; a log without these syllables cannot be read."""
    text = "tests/test_it.py::test_a postgresql://test:test@localhost/test_test PGPASSWORD=test"
    assert masked(text, ("test",)) == (
        "tests/test_it.py::test_a postgresql://****:****@localhost/test_test PGPASSWORD=****"
    )


MESSAGES = {
    "a url": "unknown argument 'postgresql://shop:s3cr3t@localhost/shop'",
    "a url in a list": "'url' must be a text, not ['postgresql+asyncpg://shop:s3cr3t@localhost/shop']",
    "an @ in it": "unknown argument 'postgresql://shop:s3@cr3t@localhost/shop'",
    "a conninfo string": "'url' must be a text, not ['host=localhost password=s3cr3t dbname=shop']",
    "a quoted one": "unknown argument \"host=localhost password='s3cr3t s3cr3t' dbname=shop\"",
}


@pytest.mark.parametrize("kind", [HookError, UsageError])
@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_no_message_of_ours_holds_a_password(message: str, kind: type[HookError]) -> None:
    said = str(kind(message))
    assert "s3" not in said
    assert "cr3t" not in said
    assert "localhost" in said


def test_a_message_that_hides_it_already_is_left_as_it_is() -> None:
    said = "postgresql://shop:***@localhost/shop: not a test; postgresql://shop:****@localhost/shop; a::b[c@d]"
    assert str(HookError(said)) == said


WRONGLY_GIVEN = {
    "an argument": ("postgresql://shop:s3cr3t@localhost/shop_test",),
    "a variable without a name": ("--env", "=postgresql://shop:s3cr3t@localhost/shop_test"),
    "a template": ("--env", "URL=postgresql://shop:s3cr3t@{hots}/shop_test"),
}


@pytest.mark.parametrize("words", WRONGLY_GIVEN.values(), ids=WRONGLY_GIVEN)
def test_what_is_given_wrongly_is_not_repeated(project: Project, words: tuple[str, ...]) -> None:
    project.commit(tests__test_it_py="def test_it(): ...\n")
    answer = project.ask("--again", *words)
    assert (answer.code, answer.out) == (2, "")
    assert "s3cr3t" not in answer.error
    assert "localhost" in answer.error or "hots" in answer.error


def test_a_setting_of_the_wrong_kind_is_not_repeated(project: Project) -> None:
    table = '[tool.lint_fixtures.suite]\nurl = ["postgresql://shop:s3cr3t@localhost/shop_test"]\n'
    project.commit(pyproject_toml=table)
    answer = project.ask()
    assert answer.error == (
        "verify-suite: pyproject.toml: [tool.lint_fixtures.suite]: 'url' must be a string,"
        " not ['postgresql://shop:***@localhost/shop_test']\n"
    )


NAMED_BY_IT = """
import os
import pytest

@pytest.mark.parametrize("url", [os.environ["DATABASE_URL"]])
def test_it(url):
    assert url == os.environ["PGPASSWORD"]
"""


def test_a_test_whose_name_holds_the_url(project: Project, somebodys: Server) -> None:
    project.commit(tests__test_it_py=NAMED_BY_IT)
    answer = project.verify(LINT_FIXTURES_DATABASE_URL=somebodys.url())
    assert answer.code == 1, answer.error
    assert somebodys.password not in answer.out + answer.error + json.dumps(answer.report)
    written = [project.root / ".git" / "lint-fixtures", project.root.parent / "report"]
    files = [path for folder in written for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"last.json", "junit.xml", "index.html", "pytest.log"}
    assert [path.name for path in files if somebodys.password in path.read_text(errors="replace")] == []


def test_a_stamp_knows_nothing_of_the_password(tmp_path: Path) -> None:
    """Its key may travel as a git note, and a short word can be found from its hash."""
    interpreter = Interpreter(tmp_path, "3.12", tmp_path, (), True, True, "f")

    def key(url: str) -> str:
        return stamp.key("tree", ".", tmp_path, interpreter, Settings(url=url), "1")

    assert key("postgresql://shop:one@localhost/shop_test") == key("postgresql://shop:two@localhost/shop_test")
    assert key("postgresql://shop:one@localhost/shop_test") != key("postgresql://shop:one@localhost/other_test")


def test_the_servers_own_refusal_does_not_say_it(somebodys: Server) -> None:
    wrong = Server("url", "", somebodys.host, somebodys.port, "suite", AWKWARD, "shop_test", embedded=False)
    with pytest.raises(psycopg.OperationalError) as caught:
        connect(wrong)
    assert "y\\z" not in str(caught.value)
