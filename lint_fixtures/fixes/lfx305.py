"""``Session(connection)`` -> ``Session(connection, join_transaction_mode="create_savepoint")``."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lint_fixtures.fixes.parameters import with_keyword
from lint_fixtures.fixes.problem import Problem
from lint_fixtures.fixes.walking import dotted, nodes


def propose(problem: Problem) -> Iterator[cst.Module]:
    function = problem.source.function_at(problem.line)
    if function is None or _has_own_savepoint(function):
        return  # the savepoint and its listener would have to go: a person decides
    for call in nodes(function.body, cst.Call):
        name = dotted(call.func).rpartition(".")[2]
        if name.endswith(("Session", "sessionmaker")) and call.args:
            yield problem.source.replaced((call, with_keyword(call, "join_transaction_mode", '"create_savepoint"')))


def _has_own_savepoint(function: cst.FunctionDef) -> bool:
    return any(each.attr.value == "begin_nested" for each in nodes(function.body, cst.Attribute))
