"""``lint-fixtures check --explain-unknown FILE``: where the rules are silent about a file, and why."""

from __future__ import annotations

import os
import sys

from lint_fixtures.cache import FactsCache, default_directory
from lint_fixtures.index import Project
from lint_fixtures.sources import find_root


def explain_unknown(path: str) -> int:
    """Prints a line for each; returns 0, or 2 when there is no such file."""
    from lint_fixtures.index.unknowns import unknowns

    if not os.path.isfile(path):  # noqa: PTH113
        print(f"lint-fixtures: no such file: {path}", file=sys.stderr)
        return 2
    absolute = os.path.abspath(path)  # noqa: PTH100
    root = find_root(absolute)
    project = Project(root, FactsCache(default_directory(root)))
    found = unknowns(project, absolute)
    for each in found:
        place = os.path.relpath(each.location.path)
        print(f"{place}:{each.location.line}: {each.what} - {each.why}")
    if not found:
        print(f"{path}: nothing that the rules look at is unknown", file=sys.stderr)
    return 0
