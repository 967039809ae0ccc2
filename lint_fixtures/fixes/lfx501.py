"""``Campaign(name=...)`` -> ``Campaign(name=..., organization=organization)``, from the one fixture that fits."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lint_fixtures.body import Call, Const, Expr, Name
from lint_fixtures.facts import Import
from lint_fixtures.fixes.parameters import is_annotated, names_of, with_keyword, with_parameter
from lint_fixtures.fixes.problem import Problem
from lint_fixtures.fixes.walking import dotted, nodes
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.model_facts import ForeignKey, Model
from lint_fixtures.index.names import ClassRef
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
                    yield from _given(problem, row.model, key, fitting[0], scope)


def _is_given(problem: Problem, model: Model, key: ForeignKey, given: dict[str, Expr]) -> bool:
    names = {key.attribute, key.column, *problem.project.models.relationship_for(model, key)}
    return any(value != Const(None) for name, value in given.items() if name in names)


def _fitting(problem: Problem, model: Model, key: ForeignKey, scope: Scope) -> Iterator[Fixture]:
    """The visible fixtures that hand out a row of the parent, and that the function can request."""
    parent = problem.project.models.parent(model, key)
    if parent is None or scope.node is None or scope.function is None:
        return
    for found in problem.project.resolution.visible(scope.node).values():
        fixture = found[-1]
        waits = fixture.function.is_async and not scope.function.is_async
        if not fixture.certain or waits or fixture.function is scope.function:
            continue
        if _hands_out(problem, fixture, parent, scope.node):
            yield fixture


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


def _given(problem: Problem, model: Model, key: ForeignKey, fixture: Fixture, scope: Scope) -> Iterator[cst.Module]:
    assert scope.function is not None
    source, given = problem.source, fixture.name
    function = source.function_at(scope.function.line)
    if function is None or not problem.gets_fixtures(function) or _is_bound(problem, function, given, scope):
        return  # a helper is called with what it asks for, and a variable of that name would hide the fixture
    relationships = problem.project.models.relationship_for(model, key)
    name, value = (
        (relationships[0], given) if relationships else (key.attribute, f"{given}.{key.target_column or 'id'}")
    )
    annotation, origin = _annotation(problem, model, key, scope) if is_annotated(function) else (None, None)
    for call in nodes(function.body, cst.Call):
        if source.line(call) == problem.line and dotted(call.func).rpartition(".")[2] == model.name:
            body = function.body.deep_replace(call, with_keyword(call, name, value))
            changed = with_parameter(function, given, annotation).with_changes(body=body)
            module = source.replaced((function, changed))
            yield problem.importing(module, origin, annotation) if origin else module


def _is_bound(problem: Problem, function: cst.FunctionDef, name: str, scope: Scope) -> bool:
    assert scope.function is not None
    return name in problem.project.names.local_names(scope.function) and name not in names_of(function.params)


def _annotation(problem: Problem, model: Model, key: ForeignKey, scope: Scope) -> tuple[str | None, str | None]:
    """The class of the parent as the file names it, and where it must still be imported from: as the child is."""
    parent = problem.project.models.parent(model, key)
    if parent is None or parent.cls is None:
        return None, None
    if problem.project.names.resolve(scope.module, parent.name) == ClassRef(parent.module, parent.cls):
        return parent.name, None
    imported = [each.what for each in scope.module.bindings.get(model.name, ()) if isinstance(each.what, Import)]
    if (
        parent.name in scope.module.bindings
        or len(imported) != 1
        or imported[0].attribute != model.name
        or imported[0].level
    ):
        return None, None
    origin = imported[0].module
    same = problem.project.sources.module_file(origin, problem.path) == parent.module.path
    return (parent.name, origin) if same else (None, None)
