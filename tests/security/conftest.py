"""One server that plays the one of somebody else, for all of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.postgres.server import Server, ServerRequest
from tests.hooks import projects


@pytest.fixture(scope="session")
def suite_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("suite-cache")


@pytest.fixture(scope="module")
def somebodys(suite_cache: Path) -> Iterator[Server]:
    request = ServerRequest(provider=None, url=None, allow=None, cache_dir=suite_cache, fingerprint="plain", tcp=True)
    with open_server(request) as server:
        yield server


@pytest.fixture
def project(tmp_path: Path, suite_cache: Path) -> projects.Project:
    return projects.new(tmp_path / "project", suite_cache)
