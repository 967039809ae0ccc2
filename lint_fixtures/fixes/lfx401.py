"""Takes a dependency override out after the ``yield``; without one, monkeypatch sets it and takes it back."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lint_fixtures.fixes.parameters import is_annotated, with_parameter
from lint_fixtures.fixes.problem import Problem
from lint_fixtures.fixes.walking import entry_set, only, own_nodes


def propose(problem: Problem) -> Iterator[cst.Module]:
    statement = problem.source.statement_at(problem.line)
    assigned = only(statement, cst.Assign) if statement else None
    function = problem.source.function_around(statement) if statement else None
    entry = entry_set(assigned) if assigned else None
    if statement is None or assigned is None or function is None or entry is None:
        return
    mapping, key = map(_code, entry)
    yielding = [each for each in own_nodes(function.body, cst.SimpleStatementLine) if any(own_nodes(each, cst.Yield))]
    if len(yielding) == 1:
        taken = cst.parse_statement(f"{mapping}.pop({key}, None)")
        yield problem.source.replaced((yielding[0], [yielding[0], taken]))
    elif not yielding and problem.gets_fixtures(function):
        patched = cst.parse_statement(f"monkeypatch.setitem({mapping}, {key}, {_code(assigned.value)})")
        patched = patched.with_changes(leading_lines=statement.leading_lines)
        yield _with_monkeypatch(problem, function, statement, patched)


def _with_monkeypatch(
    problem: Problem, function: cst.FunctionDef, statement: cst.SimpleStatementLine, patched: cst.CSTNode
) -> cst.Module:
    body = function.body.deep_replace(statement, patched)
    changed = with_parameter(function, "monkeypatch", "pytest.MonkeyPatch").with_changes(body=body)
    module = problem.source.replaced((function, changed))
    return problem.importing(module, "pytest") if is_annotated(function) else module


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)
