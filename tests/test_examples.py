"""The shop of examples/: one application, two suites, and a table that says what is reported where."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHOP = ROOT / "examples" / "shop"
ROW = re.compile(r"\| (?P<code>LFX\d{3}) \| `(?P<path>[^`]+)` \| `(?P<line>[^`]+)`(?P<last> \(the last\))? \|")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
CODES = {
    *("LFX101", "LFX103", "LFX106", "LFX107", "LFX201", "LFX202", "LFX301", "LFX302", "LFX303"),
    *("LFX401", "LFX402", "LFX501", "LFX502"),
}


@dataclass(frozen=True, order=True)
class Reported:
    path: str
    line: int
    code: str


def readme() -> str:
    return (SHOP / "README.md").read_text(encoding="utf-8")


def lines_of(path: str) -> list[str]:
    return (SHOP / "broken" / path).read_text(encoding="utf-8").splitlines()


def table() -> Iterator[Reported]:
    for row in ROW.finditer(readme()):
        anchor = row["line"].replace(r"\|", "|")
        found = [number for number, text in enumerate(lines_of(row["path"]), 1) if text.strip() == anchor]
        assert len(found) == (2 if row["last"] else 1), row.group()
        yield Reported(row["path"], found[-1], row["code"])


def application(name: str) -> dict[str, bytes]:
    root = SHOP / name / "shop"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.py"))}


def linted(name: str, folder: Path) -> list[Reported]:
    project = shutil.copytree(SHOP / name, folder / name, ignore=shutil.ignore_patterns(".*cache", "__pycache__"))
    command = (sys.executable, "-m", "flake8", "--select=LFX", "--format=%(path)s %(row)d %(code)s", ".")
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    rows = [line.rsplit(" ", 2) for line in done.stdout.splitlines()]
    return sorted(Reported(Path(path).as_posix(), int(line), code) for path, line, code in rows)


def test_both_suites_test_the_same_application() -> None:
    assert application("broken") == application("mended")
    assert "routes.py" in application("mended")


def test_the_table_shows_every_code() -> None:
    assert {reported.code for reported in table()} == CODES


@pytest.mark.parametrize("reported", sorted(table()), ids=lambda reported: f"{reported.code}-{reported.line}")
def test_every_reported_line_is_explained_above_it(reported: Reported) -> None:
    above = lines_of(reported.path)[: reported.line - 1]
    while above[-1].startswith("@"):
        above.pop()
    assert above[-1].strip().startswith("# ")


def test_every_test_in_the_readme_exists() -> None:
    named = TEST.findall(readme())
    assert "test_no_organizations_at_first" in {test for _, test in named}
    assert [test for path, test in named if not any(line.startswith(f"def {test}(") for line in lines_of(path))] == []


def test_the_linter_reports_exactly_the_table(tmp_path: Path) -> None:
    assert linted("broken", tmp_path) == sorted(table())


def test_the_mended_suite_is_silent(tmp_path: Path) -> None:
    assert linted("mended", tmp_path) == []
