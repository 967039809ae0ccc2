"""Parameters with a default in fixtures that a function makes."""

from __future__ import annotations

from tests.rules.marked import marked, reported

CODE = "LFX302"
PROJECT = """
# file: tests/conftest.py
import pytest
@pytest.fixture
def engine():
    return object()
# file: tests/helpers.py
import pytest
def make_fixture(model, engine):
"""


def test_reports_a_fixture_that_a_function_makes() -> None:
    source = f"""{PROJECT}
    @pytest.fixture
    def rows(model=model, engine=None):  # LFX302
        yield engine
    return rows
"""
    assert reported(source, CODE) == marked(source) != set()


def test_a_default_that_hands_in_what_stands_around_it_is_meant() -> None:
    source = f"""{PROJECT}
    @pytest.fixture
    def rows(engine=engine):
        yield engine
    return rows
"""
    assert reported(source, CODE) == set()


def test_a_plain_function_inside_another_is_no_fixture() -> None:
    source = f"""{PROJECT}
    def rows(engine=None):
        return engine
    return rows
"""
    assert reported(source, CODE) == set()
