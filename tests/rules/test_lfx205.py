"""Async fixtures and engines against the loops of the tests that use them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint_fixtures.cache import FactsCache
from lint_fixtures.engine import check_file
from lint_fixtures.examples import read_example
from lint_fixtures.index import Project
from lint_fixtures.rule import load_rules
from tests.real_pytest import lay_out
from tests.rules.marked import marked, reported

CODE = "LFX205"
URL = "postgresql+asyncpg:///shop_test"
CONFTEST = """
# file: tests/conftest.py
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool
from shop.settings import settings
"""
TEST = """
# file: tests/test_orders.py
import pytest
@pytest.mark.asyncio
async def test_it(engine):
    assert engine
"""
WIDE = f"""
@pytest_asyncio.fixture(scope="session")
async def engine():  # LFX205
    return create_async_engine("{URL}")
"""
PLAIN = """
@pytest.fixture
async def engine():  # LFX205
    yield 1
"""


def ini(*lines: str) -> str:
    return "\n".join(("# file: pytest.ini", "[pytest]", *lines, ""))


def case(decorator: str, head: str = "", params: str = "engine") -> str:
    imports = "# file: tests/test_orders.py\nimport pytest\n"
    return f"\n{imports}{head}\n{decorator}\nasync def test_it({params}):\n    assert engine\n"


BAD = {
    "async-engine": WIDE + TEST,
    "sync-engine": WIDE.replace("async def", "def").replace("pytest_asyncio.", "pytest.") + TEST,
    "module-scope": WIDE.replace("session", "module") + TEST,
    "fixture-loop-wide-tests-narrow": ini("asyncio_default_fixture_loop_scope = session") + CONFTEST + WIDE + TEST,
    "tests-in-module-loops": WIDE + case('@pytest.mark.asyncio(loop_scope="module")'),
    "pytestmark": WIDE + case("", "pytestmark = [pytest.mark.asyncio]"),
    "auto-mode": ini("asyncio_mode = auto") + CONFTEST + WIDE + case(""),
    "through-a-session": WIDE
    + "@pytest_asyncio.fixture\nasync def db_session(engine):\n    yield AsyncSession(engine)\n"
    + case("@pytest.mark.asyncio", params="db_session"),
    "anyio-and-a-sync-engine": WIDE.replace("async def", "def").replace("pytest_asyncio.", "pytest.")
    + case("@pytest.mark.anyio"),
    "url-by-name": CONFTEST + f'ADDRESS = "{URL}"\n' + WIDE.replace(f'"{URL}"', "ADDRESS") + TEST,
    "url-with-another-driver-put-in": WIDE.replace(f'"{URL}"', 'settings.url.replace("pg://", "postgresql+asyncpg://")')
    + TEST,
    "plain-generator": PLAIN + TEST,
    "plain-coroutine": PLAIN.replace("yield", "return") + TEST,
    "plain-in-strict-mode": ini("asyncio_mode = strict") + CONFTEST + PLAIN + TEST,
}
GOOD = {
    "function-scope": WIDE.replace('(scope="session")', "") + TEST,
    "null-pool": WIDE.replace(f'"{URL}"', f'"{URL}", poolclass=NullPool') + TEST,
    "sqlite": WIDE.replace(URL, "sqlite+aiosqlite://") + TEST,
    "psycopg": WIDE.replace("asyncpg", "psycopg") + TEST,
    "unknown-url": WIDE.replace(f'"{URL}"', "settings.url") + TEST,
    "unknown-options": WIDE.replace(f'"{URL}"', f'"{URL}", **settings.engine') + TEST,
    "test-in-the-same-loop": WIDE + case('@pytest.mark.asyncio(loop_scope="session")'),
    "older-name-of-loop-scope": WIDE + case('@pytest.mark.asyncio(scope="session")'),
    "settings-for-both": ini(
        "asyncio_default_fixture_loop_scope = session", "asyncio_default_test_loop_scope = session"
    )
    + CONFTEST
    + WIDE
    + TEST,
    "marks-by-a-hook": WIDE + "def pytest_collection_modifyitems(items):\n    pass\n" + TEST,
    "loop-replaced": WIDE + '@pytest.fixture(scope="session")\ndef event_loop():\n    yield 1\n' + TEST,
    "disposed-of-for-each-test": WIDE
    + "@pytest_asyncio.fixture(autouse=True)\nasync def clean(engine):\n    yield\n    await engine.dispose()\n"
    + TEST,
    "sync-test": WIDE + "\n# file: tests/test_orders.py\ndef test_it(engine):\n    assert engine\n",
    "no-test-uses-it": WIDE + case("@pytest.mark.asyncio", params=""),
    "anyio-keeps-its-loop": '@pytest.fixture(scope="session")\ndef anyio_backend():\n    return "asyncio"\n'
    + WIDE.replace("pytest_asyncio.", "pytest.")
    + case("@pytest.mark.anyio"),
    "anyio-cannot-set-it-up": '@pytest.fixture\ndef anyio_backend():\n    return "asyncio"\n'  # LFX202 says so
    + WIDE.replace("pytest_asyncio.", "pytest.")
    + case("@pytest.mark.anyio"),
    "loop-scope-unknown": WIDE + case("@pytest.mark.asyncio(loop_scope=SCOPE)", "from shop import SCOPE"),
    "plain-in-auto-mode": ini("asyncio_mode = auto") + CONFTEST + PLAIN + case(""),
    "settings-that-name-no-scope": ini("asyncio_default_test_loop_scope = sessio") + CONFTEST + WIDE + TEST,
    "plain-in-auto-mode-by-option": ini("addopts = --asyncio-mode=auto") + CONFTEST + PLAIN + TEST,
    "plain-for-anyio": PLAIN + case("@pytest.mark.anyio"),
    "plain-with-an-anyio-backend": PLAIN + case("@pytest.mark.asyncio", params="engine, anyio_backend"),
    "plain-in-anyio-auto-mode": ini("anyio_mode = auto") + CONFTEST + PLAIN + TEST,
    "plain-for-a-sync-test": PLAIN + "\n# file: tests/test_orders.py\ndef test_it(engine):\n    assert engine\n",
    "decorated-for-asyncio": PLAIN.replace("pytest.", "pytest_asyncio.") + TEST,
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in BAD.items()])
def test_reports_a_fixture_in_another_loop_or_in_none(source: str) -> None:
    text = source if CONFTEST in source else CONFTEST + source
    assert reported(text, CODE) == marked(text) != set()


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(source: str) -> None:
    assert reported(source if CONFTEST in source else CONFTEST + source, CODE) == set()


UNTOLD = WIDE.replace(f'"{URL}"', "settings.url")


@pytest.mark.parametrize(
    ("requirement", "source", "expected"),
    [
        pytest.param("asyncpg==0.30", UNTOLD, True, id="driver-that-minds"),
        pytest.param("asyncpg\naiosqlite", UNTOLD, False, id="one-of-two-drivers"),
        pytest.param("psycopg", UNTOLD, False, id="driver-that-does-not-mind"),
        pytest.param("pytest-asyncio==0.23.3", PLAIN, True, id="plain-in-a-modern-plugin"),
        pytest.param("pytest-asyncio>=1.0", PLAIN, True, id="plain-in-a-new-plugin"),
        pytest.param("pytest-asyncio==0.15.1", PLAIN, False, id="plain-in-an-old-plugin"),
        pytest.param("pytest-trio", PLAIN, False, id="plain-beside-another-plugin"),
    ],
)
def test_asks_the_requirements(requirement: str, source: str, expected: bool, tmp_path: Path) -> None:
    files = read_example(CONFTEST + source + TEST).files
    lay_out(tmp_path, files | {"requirements.txt": f"{requirement}\n"})
    rule = next(rule for rule in load_rules() if rule.code == CODE)
    found = check_file(Project(str(tmp_path), FactsCache(None)), str(tmp_path / "tests" / "conftest.py"), [rule])
    lines = {line for _, line, _ in marked(CONFTEST + source)}
    assert {each.location.line for each in found} == (lines if expected else set())


@pytest.mark.parametrize("load", ['pytest_plugins = "tests.engines"', "from tests.engines import engine"])
def test_a_module_of_fixtures_is_judged_by_the_tests_below_its_conftest(load: str) -> None:
    module = CONFTEST.replace("conftest", "engines") + WIDE
    text = f"{module}# file: tests/conftest.py\n{load}\n{TEST}"
    assert reported(text, CODE) == marked(module)
