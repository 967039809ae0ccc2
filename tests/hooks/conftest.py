"""One cache of data directories for all of these tests: the first builds it, the rest copy."""

from pathlib import Path

import pytest

from tests.hooks import browser, projects

collect_ignore = [] if browser.BINARY else ["test_html_browser.py"]


@pytest.fixture(scope="session")
def suite_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("suite-cache")


@pytest.fixture
def project(tmp_path: Path, suite_cache: Path) -> projects.Project:
    return projects.new(tmp_path / "project", suite_cache)
