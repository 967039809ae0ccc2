"""``Campaign(name=...)`` -> ``Campaign(name=..., organization=organization)``, from the one fixture that fits."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lint_fixtures.body import Call, Const, Expr, Name
from lint_fixtures.fixes.problem import Problem
from lint_fixtures.fixes.source import with_keyword, with_parameter
from lint_fixtures.fixes.walking import dotted, nodes
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.model_facts import ForeignKey, Model
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.subjects import subjects
from lint_fixtures.index.values import Scope, assigned, outcomes


def propose(problem: Problem) -> Iterator[cst.Module]:
    for subject in subjects(problem.project, problem.path):
        scope = subject.scope
        for row in problem.project.rows.of(scope):
            if row.location != problem.violation.location or row.insert or scope.node is None:
                continue
            for key in problem.project.models.required_keys(row.model):
                fitting = list(_fitting(problem, row.model, key, scope))
                if len(fitting) == 1 and not _is_given(problem, row.model, key, row.given):
                    yield from _given(problem, row.model, key, fitting[0])


def _is_given(problem: Problem, model: Model, key: ForeignKey, given: dict[str, Expr]) -> bool:
    names = {key.attribute, key.column, *problem.project.models.relationship_for(model, key)}
    return any(value != Const(None) for name, value in given.items() if name in names)


def _fitting(problem: Problem, model: Model, key: ForeignKey, scope: Scope) -> Iterator[str]:
    """The visible fixtures that hand out a row of the parent."""
    assert scope.node is not None
    parent = problem.project.models.parent(model, key)
    if parent is None:
        return
    for name, found in problem.project.resolution.visible(scope.node).items():
        if (
            found[-1].certain
            and found[-1].function is not scope.function
            and _hands_out(problem, found[-1], parent, scope.node)
        ):
            yield name


def _hands_out(problem: Problem, fixture: Fixture, parent: Model, node: Node) -> bool:
    """Whether all that it yields or returns is a new row of the model."""
    results = outcomes(fixture.function)
    return bool(results) and all(_is_new(problem, value, fixture, parent) for value in results)


def _is_new(problem: Problem, value: Expr, fixture: Fixture, parent: Model) -> bool:
    if isinstance(value, Name):
        origins = list(assigned(value.dotted, fixture.function))
        return bool(origins) and all(_is_new(problem, each, fixture, parent) for each in origins if each != value)
    if not isinstance(value, Call):
        return False
    model = problem.project.models.model(fixture.module, value.func, fixture.function)
    return model is not None and model.cls is parent.cls and model.module is parent.module


def _given(problem: Problem, model: Model, key: ForeignKey, fixture: str) -> Iterator[cst.Module]:
    source = problem.source
    relationships = problem.project.models.relationship_for(model, key)
    name, value = (
        (relationships[0], fixture) if relationships else (key.attribute, f"{fixture}.{key.target_column or 'id'}")
    )
    for call in nodes(source.module, cst.Call):
        if source.line(call) != problem.line or dotted(call.func).rpartition(".")[2] != model.name:
            continue
        function = source.function_around(call)
        if function is None:
            continue
        changed = with_keyword(call, name, value)
        body = function.body.deep_replace(call, changed)
        yield source.replaced((function, with_parameter(function, fixture).with_changes(body=body)))
