"""``lint-fixtures check --explain-unknown FILE``: where the rules are silent about a file, and why."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from lint_fixtures.graph.targets import open_project


def explain_unknown(path: str, arguments: Sequence[str] = ()) -> int:
    """Prints a line for each; returns 0, or 2 when there is no such file. ``arguments`` are flake8's."""
    from lint_fixtures.index.unknowns import unknowns

    if not os.path.isfile(path):  # noqa: PTH113
        print(f"lint-fixtures: no such file: {path}", file=sys.stderr)
        return 2
    found = unknowns(open_project(path, arguments), os.path.abspath(path))  # noqa: PTH100
    for each in found:
        place = os.path.relpath(each.location.path)
        print(f"{place}:{each.location.line}: {each.what} - {each.why}")
    if _has_unread_statements(path):
        needs = "literal INSERT statements are read with the extra `sql`: pip install 'lint-fixtures[sql]'"
        print(f"lint-fixtures: {needs}", file=sys.stderr)
    if not found:
        print(f"{path}: nothing that the rules look at is unknown", file=sys.stderr)
    return 0


def _has_unread_statements(path: str) -> bool:
    return find_spec("sqlglot") is None and b"insert into" in Path(path).read_bytes().lower()
