"""``def test_x(db_session=None)`` -> ``def test_x(db_session)``."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lint_fixtures.fixes.problem import Problem


def propose(problem: Problem) -> Iterator[cst.Module]:
    function = problem.source.function_at(problem.line)
    if function is None:
        return
    params = function.params
    for param in (*params.params, *params.kwonly_params):
        if param.default is not None:
            yield problem.source.replaced((function.params, _without_default(params, param)))


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
    ends = [each.comma for each in params.params]  # by place: the last one often has none
    moved = [*others[:first], plain, *others[first:]]
    return params.with_changes(params=[each.with_changes(comma=end) for each, end in zip(moved, ends, strict=True)])
