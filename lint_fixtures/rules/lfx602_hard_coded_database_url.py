"""A database URL with a password, or on another host, that is written into a conftest, fixture or test helper.

The suite runs against that server and no other: CI, a colleague and `verify-suite` cannot point it elsewhere without an
edit, and who copies the line, or changes one word of it, runs fixtures that drop tables on a database that is in use.

A database with "test" in its name on this machine is fine, and so is a default that the environment replaces, as long
as it stays on this machine or on a host of the compose network. A test that hands a URL to the code that it tests is
left alone: nothing is opened there for the other tests.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.opened_urls import Opened, handed_urls, opened_urls
from lint_fixtures.index.test_code import is_test_code
from lint_fixtures.index.urls import HOLE, Url
from lint_fixtures.rule import Rule

_RESERVED = ("example", "example.com", "example.org", "example.net", "test", "invalid", "host")  # nobody's machines


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    module = project.module(path)
    if module is None or not is_test_code(project, path):
        return
    tests = {test.function.qualname for test in project.tests(path) if test.module is module}
    found = list(opened_urls(project, module))
    if not tests:
        found += [each for each in handed_urls(project, module) if not each.url.is_local or each.function is None]
    seen: set[int] = set()
    for opened in sorted(found, key=lambda each: each.line):
        why = _why(opened.url)
        if why is not None and opened.line not in seen and not _in_test(opened, tests):
            seen.add(opened.line)
            yield Location(path, opened.line, opened.col), f"{why}: neither CI nor verify-suite can run it elsewhere"


def _in_test(opened: Opened, tests: set[str]) -> bool:
    qualname = opened.function.qualname if opened.function else ""
    return any(qualname == test or qualname.startswith(f"{test}.") for test in tests)


def _why(url: Url) -> str | None:
    if url.is_sqlite or "://" not in url.text:
        return None
    if not url.is_local:
        is_reserved = url.host.rpartition(".")[2] in _RESERVED or url.host.endswith(_RESERVED[1:4])
        is_default = url.configurable and "." not in url.host  # a service of the compose network
        return None if is_reserved or is_default else f"this URL binds the suite to the host '{url.host}'"
    told = url.password and url.database and HOLE not in url.password + url.host + url.database
    if not told or url.configurable or "test" in url.database.lower():
        return None
    return f"this URL and its password bind the suite to the database '{url.database}'"


RULE = Rule(
    code="LFX602",
    name="hard-coded-database-url",
    why=__doc__ or "",
    check=check,
    mend="""Read it from the environment, with a test database on this machine as the default:
`os.environ.get("TEST_DATABASE_URL", "postgresql://localhost/shop_test")`.""",
    bad="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine

DATABASE_URL = "postgresql://shop:s3cret@db.shop.internal:5432/shop"  # LFX602


@pytest.fixture(scope="session")
def engine():
    return create_engine(DATABASE_URL)
# file: tests/test_reports.py
import pytest
from sqlalchemy import create_engine


@pytest.fixture
def reporting_engine():
    return create_engine("postgresql://postgres:postgres@localhost/shop")  # LFX602
""",
    good="""
# file: tests/conftest.py
import os

import pytest
from sqlalchemy import create_engine

DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "postgresql://shop:shop@localhost:5432/shop")


@pytest.fixture(scope="session")
def engine():
    return create_engine(DATABASE_URL)
# file: tests/test_reports.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url


@pytest.fixture
def reporting_engine():
    return create_engine("postgresql://postgres:postgres@localhost/shop_test")


def test_the_password_is_hidden():
    url = make_url("postgresql://shop:s3cret@db.shop.internal/shop")
    assert "s3cret" not in repr(create_engine(url))
""",
)
