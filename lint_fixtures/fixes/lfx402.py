"""Moves an override from import time into an autouse fixture of the same module."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from lint_fixtures.fixes.problem import Problem
from lint_fixtures.fixes.source import importing
from lint_fixtures.fixes.walking import only


def propose(problem: Problem) -> Iterator[cst.Module]:
    statement = problem.source.statement_at(problem.line)
    assigned = only(statement, cst.Assign) if statement else None
    if statement is None or assigned is None or all(each is not statement for each in problem.source.module.body):
        return
    target = assigned.targets[0].target
    if len(assigned.targets) != 1 or not isinstance(target, cst.Subscript) or len(target.slice) != 1:
        return
    entry = target.slice[0].slice
    if isinstance(entry, cst.Index):
        code = problem.source.module.code_for_node
        mapping, key, value = code(target.value), code(entry.value), code(assigned.value)
        name = f"override_{re.sub(r'.*[.]', '', key)}"
        if name.isidentifier():
            fixture = cst.parse_statement(_FIXTURE.format(name=name, mapping=mapping, key=key, value=value))
            spaced = [*(cst.EmptyLine(indent=False) for _ in range(2)), *_comments(statement)]
            fixture = fixture.with_changes(leading_lines=spaced)
            yield importing(problem.source.replaced((statement, fixture)), "pytest")


_FIXTURE = """\
@pytest.fixture(autouse=True)
def {name}(monkeypatch):
    monkeypatch.setitem({mapping}, {key}, {value})
"""


def _comments(statement: cst.SimpleStatementLine) -> list[cst.EmptyLine]:
    return [line for line in statement.leading_lines if line.comment is not None]
