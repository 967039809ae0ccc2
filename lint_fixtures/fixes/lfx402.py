"""Moves an override from import time into an autouse fixture of the same module."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from lint_fixtures.fixes.parameters import is_annotated
from lint_fixtures.fixes.problem import Problem
from lint_fixtures.fixes.source import Source
from lint_fixtures.fixes.walking import entry_set, only


def propose(problem: Problem) -> Iterator[cst.Module]:
    statement = problem.source.statement_at(problem.line)
    assigned = only(statement, cst.Assign) if statement else None
    if statement is None or assigned is None or all(each is not statement for each in problem.source.module.body):
        return
    if not problem.project.is_conftest(problem.path) and not problem.project.is_test_module(problem.path):
        return  # pytest may never load a fixture of this file
    entry = entry_set(assigned)
    if entry is not None:
        mapping, key, value = map(problem.source.module.code_for_node, (*entry, assigned.value))
        name = _free_name(problem.source, re.sub(r".*[.]", "", key))
        if name is not None:
            text = _FIXTURE.format(name=name, mapping=mapping, key=key, value=value, **_types(problem.source.module))
            yield problem.importing(_with_fixture(problem.source, statement, cst.parse_statement(text)), "pytest")


def _free_name(source: Source, key: str) -> str | None:
    names = (name for name in (f"override_{key}", f"overridden_{key}") if name.isidentifier())
    return next((name for name in names if name not in source.words), None)


def _types(module: cst.Module) -> dict[str, str]:
    """Annotations, where the other functions of the module have them."""
    functions = [each for each in module.body if isinstance(each, cst.FunctionDef)]
    if functions and all(is_annotated(each) and each.returns is not None for each in functions):
        return {"type": ": pytest.MonkeyPatch", "returns": " -> None"}
    return {"type": "", "returns": ""}


def _with_fixture(source: Source, statement: cst.SimpleStatementLine, fixture: cst.CSTNode) -> cst.Module:
    """Two blank lines around it, as around any function."""
    blank = [cst.EmptyLine(indent=False) for _ in range(2)]
    comments = [line for line in statement.leading_lines if line.comment is not None]
    pairs: list[tuple[cst.CSTNode, cst.CSTNode]] = [
        (statement, fixture.with_changes(leading_lines=[*blank, *comments]))
    ]
    body = source.module.body
    at = next(index for index, each in enumerate(body) if each is statement)
    for following in body[at + 1 : at + 2]:
        if isinstance(following, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            rest = list(following.leading_lines)
            while rest and rest[0].comment is None:
                del rest[0]
            pairs.append((following, following.with_changes(leading_lines=[*blank, *rest])))
    return source.replaced(*pairs)


_FIXTURE = """\
@pytest.fixture(autouse=True)
def {name}(monkeypatch{type}){returns}:
    monkeypatch.setitem({mapping}, {key}, {value})
"""
