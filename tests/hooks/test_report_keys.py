"""docs/report.md says what every key of report.json is, and no other."""

import re
from pathlib import Path

from lint_fixtures_hooks import report
from tests.hooks import reports

PAGE = Path(__file__).resolve().parents[2] / "docs" / "report.md"


def documented(table: str) -> list[str]:
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def test_every_key_is_documented() -> None:
    whole, _, of_run = PAGE.read_text(encoding="utf-8").partition("Each of `runs`")
    assert documented(whole) == list(report.EMPTY)
    assert documented(of_run) == list(reports.run("given", None, {}))
