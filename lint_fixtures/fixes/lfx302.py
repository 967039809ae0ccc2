"""``def test_x(db_session=None)`` -> ``def test_x(db_session)``."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lint_fixtures.fixes.parameters import reordered
from lint_fixtures.fixes.problem import Problem
from lint_fixtures.fixes.walking import nodes


def propose(problem: Problem) -> Iterator[cst.Module]:
    function = problem.source.function_at(problem.line)
    if function is None or function.name.value in problem.source.called_names:
        return  # the file itself calls it, perhaps without the argument
    params = function.params
    for param in (*params.params, *params.kwonly_params):
        named = problem.violation.message.startswith(f"'{param.name.value}' ")
        if named and param.default is not None and not _may_be_none(param):
            yield problem.source.replaced((function.params, _without_default(params, param)))


def _may_be_none(param: cst.Param) -> bool:
    """Its author has thought of None: a person decides whether the fixture is meant."""
    if param.annotation is None:
        return False
    return any(each.value in ("None", "Optional") for each in nodes(param.annotation, cst.Name))


def _without_default(params: cst.Parameters, param: cst.Param) -> cst.Parameters:
    """pytest passes arguments by name: the parameter may move in front of those that keep a default."""
    plain = param.with_changes(default=None, equal=cst.MaybeSentinel.DEFAULT)
    if any(each is param for each in params.kwonly_params):
        return params.with_changes(kwonly_params=[plain if each is param else each for each in params.kwonly_params])
    index = next(at for at, each in enumerate(params.params) if each is param)
    first = next(at for at, each in enumerate(params.params) if each.default is not None)
    if index == first:
        return params.with_changes(params=[plain if each is param else each for each in params.params])
    others = [each for each in params.params if each is not param]
    return params.with_changes(params=reordered(params.params, [*others[:first], plain, *others[first:]]))
