"""``lint-fixtures check --explain-unknown FILE``: where the rules are silent about a file, and why."""

from __future__ import annotations

import os
import sys

from lint_fixtures.graph.targets import open_project


def explain_unknown(path: str) -> int:
    """Prints a line for each; returns 0, or 2 when there is no such file."""
    from lint_fixtures.index.unknowns import unknowns

    if not os.path.isfile(path):  # noqa: PTH113
        print(f"lint-fixtures: no such file: {path}", file=sys.stderr)
        return 2
    found = unknowns(open_project(path), os.path.abspath(path))  # noqa: PTH100
    for each in found:
        place = os.path.relpath(each.location.path)
        print(f"{place}:{each.location.line}: {each.what} - {each.why}")
    if not found:
        print(f"{path}: nothing that the rules look at is unknown", file=sys.stderr)
    return 0
