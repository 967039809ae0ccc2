"""Mechanical repairs, one file per code: LibCST rewrites, so comments and formatting stay.

A repair only proposes. What it proposes is linted, many proposals at once, and taken when the violations are gone and
no other has come.
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
    """``does`` says what it does, as it follows "`lint-fixtures fix` "; ``done`` what it did, as it follows "LFX302 ".

    A repair is safe when the tests keep their meaning: it then needs no person to look at it. It is ``alone`` when what
    it proposes depends on the rest of the file, such as the names still used there: it shares its lint with no other.
    """

    code: str
    safe: bool
    done: str
    does: str
    alone: bool = False

    def propose(self, problem: Problem) -> Iterator[cst.Module]:
        """Whole modules, the best first."""
        modules: Iterator[cst.Module] = import_module(f"{__name__}.{self.code.lower()}").propose(problem)
        return modules


_REPAIRS = (
    Repair(
        "LFX101",
        safe=True,
        done="removed the fixture: it says what the shared one says",
        does="removes the local fixture when it says word for word what the shared one says",
        alone=True,
    ),
    Repair(
        "LFX102",
        safe=True,
        done="removed the fixture: it says what the outer one says",
        does="removes the inner fixture when it says word for word what the outer one says",
        alone=True,
    ),
    Repair(
        "LFX201",
        safe=False,
        done="narrowed it to function scope: each test gets a session of its own",
        does="narrows the fixture to function scope, and with it the wider fixtures of the same file that get it",
        alone=True,
    ),
    Repair(
        "LFX302",
        safe=True,
        done="dropped the default, so that pytest passes the fixture",
        does="drops the default",
    ),
    Repair(
        "LFX304",
        safe=True,
        done="opened it in a `with` block, so that it is closed after the test",
        does="opens the session in a `with` block around the `yield`",
    ),
    Repair(
        "LFX305",
        safe=True,
        done='joined the outer transaction with join_transaction_mode="create_savepoint"',
        does='adds `join_transaction_mode="create_savepoint"`',
    ),
    Repair(
        "LFX401",
        safe=True,
        done="took the dependency override out on the way out",
        does="takes the override out after the `yield`; without a `yield` it sets it by `monkeypatch.setitem`",
    ),
    Repair(
        "LFX402",
        safe=False,
        done="moved the override into a fixture that the tests of this module get",
        does="moves the override into an autouse fixture of the same module",
        alone=True,
    ),
    Repair(
        "LFX501",
        safe=False,
        done="gave the row its parent, from the one fixture that makes such",
        does="gives the row its parent when exactly one fixture that it can reach makes such a row",
    ),
)


def load_repairs() -> dict[str, Repair]:
    """By code."""
    return {repair.code: repair for repair in _REPAIRS}
