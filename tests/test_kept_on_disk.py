"""Kept violations: whatever happens to the cache, however flake8 starts its workers, and what a look-up loads."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lint_fixtures import kept
from lint_fixtures.cache import FactsCache, content_key
from tests.saved import OWN, PLAIN, lay_out, saved


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "project").parent.parent


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.mark.parametrize(
    "payload",
    [
        *(b"", b"\xff", b"[]", b"{}", b"null", b'{"key": 1}'),
        *(b'{"key": "%s", "asked": [], "rows": []}', b'{"key": "%s", "asked": {}, "rows": [[1]]}'),
        *(b'{"key": "%s", "asked": {"x": "y"}, "rows": []}', b'{"key": "%s", "asked": {"read": null}, "rows": []}'),
    ],
)
def test_whatever_else_is_written_under_an_answers_name_changes_nothing(
    project: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, payload: bytes
) -> None:
    path = project / "unit" / "test_user.py"
    expected = saved(path, cache)
    assert expected
    entry = payload.replace(b"%s", content_key(OWN.encode()).encode())
    monkeypatch.setattr(FactsCache, "get", lambda self, key: entry)
    monkeypatch.setattr(kept, "ourselves", lambda cache: "this version")
    assert saved(path, cache) == expected


def test_a_read_only_cache_changes_nothing(project: Path, cache: Path) -> None:
    path = project / "unit" / "test_user.py"
    expected = saved(path, cache)
    folders = [folder for folder in (cache, *cache.rglob("*")) if folder.is_dir()]
    for folder in folders:
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert saved(path, cache) == expected
        assert saved(path, cache, PLAIN) == []
        assert saved(path, cache) == expected
    finally:
        for folder in folders:
            folder.chmod(stat.S_IRWXU)


def test_a_file_has_one_entry_whatever_its_text(project: Path, cache: Path) -> None:
    path = project / "unit" / "test_user.py"
    saved(path, cache)
    before = sorted(cache.rglob("*"))
    for number in range(5):
        saved(path, cache, f"{OWN}# {number}\n")
    assert sorted(cache.rglob("*")) == before


LOADED = """
import sys
from flake8.main.cli import main
code = main(sys.argv[1:])
print(code, *sorted(name for name in sys.modules if name.startswith("lint_fixtures.")))
"""


def test_a_file_that_is_saved_again_loads_next_to_nothing(project: Path, cache: Path) -> None:
    command = (sys.executable, "-c", LOADED, "--isolated", "--select=LFX", f"--lfx-cache-dir={cache}")
    name = "unit/test_user.py"
    runs = [
        subprocess.run(
            (*command, "--stdin-display-name", name, "-"), cwd=project, input=OWN, text=True, capture_output=True
        ).stdout.splitlines()
        for _ in range(2)
    ]
    (violation, first), (same, second) = runs
    assert violation == same
    assert violation.startswith("unit/test_user.py:5:1: LFX101 ")
    assert "lint_fixtures.index" in first.split()
    at_every_start = ("flake8_plugin", "formats", "frozen", "settings")
    light = (*at_every_start, "answers", "cache", "files", "identity", "kept", "linter", "places", "root", "violation")
    assert second.split() == ["1", *(f"lint_fixtures.{name}" for name in sorted(light))]


START = """
import multiprocessing, sys
from flake8.main.cli import main

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    raise SystemExit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_workers_started_in_any_way_find_the_same(project: Path, cache: Path, tmp_path: Path, method: str) -> None:
    for number in range(6):
        (project / "unit" / f"test_{number}.py").write_text(OWN if number % 2 else PLAIN)
    script = tmp_path / "start.py"
    script.write_text(START)
    expected = [f"./unit/test_{name}.py:5:1: LFX101" for name in ("1", "3", "5", "user")]
    for directory in ("off", str(cache), str(cache)):  # nothing kept, nothing yet, all of it
        options = ("--isolated", "-j2", "--select=LFX", f"--lfx-cache-dir={directory}", ".")
        command = (sys.executable, str(script), method, *options)
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (1, "")
        assert sorted(" ".join(line.split()[:2]) for line in done.stdout.splitlines()) == expected
