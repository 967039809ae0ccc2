"""Mechanical repairs, one file per code: LibCST rewrites, so comments and formatting stay.

A repair only proposes. What it proposes is linted, and taken when the violation is gone and no other has come.
The list stands here, without LibCST: the rule pages tell of it where LibCST is not installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from lint_fixtures.frozen import frozen

if TYPE_CHECKING:
    import libcst as cst

    from lint_fixtures.fixes.problem import Problem


@frozen
class Repair:
    """``done`` says what was done, as it follows "LFX302: ".

    A repair is safe when the tests keep their meaning: it then needs no person to look at it.
    """

    code: str
    done: str
    safe: bool

    def propose(self, problem: Problem) -> Iterator[cst.Module]:
        """Whole modules, the best first."""
        modules: Iterator[cst.Module] = import_module(f"{__name__}.{self.code.lower()}").propose(problem)
        return modules


_REPAIRS = (
    Repair("LFX101", "removed the fixture: it says what the shared one says", True),
    Repair("LFX102", "removed the fixture: it says what the outer one says", True),
    Repair("LFX201", "narrowed it to function scope: each test gets a session of its own", False),
    Repair("LFX302", "dropped the default, so that pytest passes the fixture", True),
    Repair("LFX304", "opened it in a `with` block, so that it is closed after the test", True),
    Repair("LFX305", 'joined the outer transaction with join_transaction_mode="create_savepoint"', True),
    Repair("LFX401", "took the dependency override out on the way out", True),
    Repair("LFX402", "moved the override into a fixture that the tests of this module get", False),
    Repair("LFX501", "gave the row its parent, from the one fixture that makes such", False),
)


def load_repairs() -> dict[str, Repair]:
    """By code."""
    return {repair.code: repair for repair in _REPAIRS}
