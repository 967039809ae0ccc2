"""``return Session(engine)`` -> ``with Session(engine) as session: yield session``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from lint_fixtures.body import Await, Call, Name
from lint_fixtures.fixes.problem import Problem
from lint_fixtures.fixes.source import as_generator, statements_of
from lint_fixtures.fixes.walking import only, own_nodes
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.names import External, ValueRef
from lint_fixtures.index.opened import opened
from lint_fixtures.index.values import outcomes


def propose(problem: Problem) -> Iterator[cst.Module]:
    found = problem.fixture()
    function = problem.source.function_at(problem.line)
    call = opened(problem.project, *found) if found else None
    if found is None or function is None or call is None:
        return
    awaited = any(isinstance(value, Await) for value in outcomes(found[0].function))
    statements = list(statements_of(function))
    opening = next((at for at, each in enumerate(statements) if problem.source.line(each) == call.line), None)
    asynchronous = _is_asynchronous(problem, call, found[0])
    if awaited or opening is None or asynchronous is None or (asynchronous and function.asynchronous is None):
        return
    rewritten = _entered(function, statements, opening, asynchronous)
    if rewritten is not None:
        module = problem.source.replaced((function, rewritten))
        if function.returns is not None and _yields_now(function):
            module = problem.importing(
                module, "collections.abc", "AsyncIterator" if function.asynchronous else "Iterator"
            )
        yield module


def _is_asynchronous(problem: Problem, call: Call, fixture: Fixture) -> bool | None:
    """Whether what the call opens is entered by ``async with``; None where its maker is not seen."""
    target = problem.project.names.resolve_expr(fixture.module, call.func, fixture.function)
    maker = target.value if isinstance(target, ValueRef) else None
    if isinstance(target, ValueRef) and isinstance(maker, Call):
        target = problem.project.names.resolve_expr(target.module, maker.func)
    if not isinstance(target, External):
        return None
    chosen = maker.keyword("class_") if isinstance(maker, Call) else None
    named = f"{target.dotted} {chosen.dotted if isinstance(chosen, Name) else ''}"
    return "async" in named.lower()


def _entered(
    function: cst.FunctionDef, statements: Sequence[cst.BaseStatement], opening: int, asynchronous: bool
) -> cst.FunctionDef | None:
    """The function with all from the opening on inside a ``with``; None where its last statement hands out no name."""
    first, rest = statements[opening], list(statements[opening + 1 :])
    returned, assigned = only(first, cst.Return), only(first, cst.Assign)
    if returned is not None and returned.value is not None and not rest:
        name, value = "session", returned.value
        inner: list[cst.BaseStatement] = [_yielding(cst.Name(name))]
    elif assigned is not None and len(assigned.targets) == 1 and isinstance(assigned.targets[0].target, cst.Name):
        name, value = assigned.targets[0].target.value, assigned.value
        handed = _handed_out(rest, name)
        if handed is None:
            return None
        inner = handed
    else:
        return None
    item = cst.WithItem(value, cst.AsName(cst.Name(name)))
    marker = cst.Asynchronous() if asynchronous else None
    leading = first.leading_lines if isinstance(first, cst.SimpleStatementLine) else ()
    block = cst.With([item], cst.IndentedBlock(inner), asynchronous=marker, leading_lines=leading)
    assert isinstance(function.body, cst.IndentedBlock)
    body = function.body.with_changes(body=[*statements[:opening], block])
    changed = function.with_changes(body=body)
    return as_generator(changed) if _yields_now(function) else changed


def _handed_out(rest: list[cst.BaseStatement], name: str) -> list[cst.BaseStatement] | None:
    """The statements behind the opening; a last ``return name`` yields it."""
    if not rest:
        return None
    returned = only(rest[-1], cst.Return)
    if returned is None:
        yields = [each for statement in rest for each in own_nodes(statement, cst.Yield)]
        return rest if len(yields) == 1 else None
    others = [
        each for statement in rest[:-1] for kind in (cst.Return, cst.Yield) for each in own_nodes(statement, kind)
    ]
    if others or not isinstance(returned.value, cst.Name) or returned.value.value != name:
        return None
    last = rest[-1]
    assert isinstance(last, cst.SimpleStatementLine)
    return [*rest[:-1], last.with_changes(body=_yielding(returned.value).body)]


def _yielding(value: cst.BaseExpression) -> cst.SimpleStatementLine:
    return cst.SimpleStatementLine([cst.Expr(cst.Yield(value))])


def _yields_now(function: cst.FunctionDef) -> bool:
    """Whether it returned until now, so that its annotation must change."""
    return not any(True for _ in own_nodes(function.body, cst.Yield))
