"""Mechanical repairs, one file per code: LibCST rewrites, so comments and formatting stay.

A repair only proposes. What it proposes is linted, and taken when the violation is gone and no other has come.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from lint_fixtures.fixes.repair import Repair


@lru_cache(maxsize=1)
def load_repairs() -> dict[str, Repair]:
    """By code."""
    names = sorted(found.name for found in iter_modules(__path__) if found.name.startswith("lfx"))
    repairs: list[Repair] = [import_module(f"{__name__}.{name}").REPAIR for name in names]
    return {repair.code: repair for repair in repairs}
