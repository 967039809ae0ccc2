"""Rows that something unknown may fill, and models of which not everything can be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from lint_fixtures.facts import Location
from lint_fixtures.index.made_up import is_made_up
from lint_fixtures.index.model_facts import ForeignKey, Model
from lint_fixtures.index.modules import Module
from lint_fixtures.index.rows import Row
from lint_fixtures.index.subjects import Subject, runs_with, subjects

if TYPE_CHECKING:
    from lint_fixtures.index import Project

Told: TypeAlias = tuple[Location, str, str]  # where, what cannot be told, why


def unknown_rows(project: Project, path: str) -> Iterator[Told]:
    """Of the rows that a test file adds. Rows without any key are left out: nothing depends on them."""
    for subject in subjects(project, path):
        for row in project.rows.of(subject.scope) if not subject.expects_error else ():
            if row.model.foreign_keys() or not row.model.complete:
                yield from ((row.location, f"what this {row.model.name} is given", why) for why in _open(row))
                yield from _parents(project, subject, row)
            yield from unknown_model(project, row.model)


def _open(row: Row) -> Iterator[str]:
    model = row.model
    if row.open:
        yield "positional or ** arguments, setattr, or a call that gets the object may fill more"
    if model.has_own_init:
        yield "the class has an __init__ of its own"
    known = {*model.columns, *model.relationships}
    others = sorted(name for name in row.given if name not in known) if not row.insert else []
    if others:
        yield f"{', '.join(others)}: neither a column nor a relationship that is known, and may set a key"


def _parents(project: Project, subject: Subject, row: Row) -> Iterator[Told]:
    for key in row.model.foreign_keys():
        value = row.given.get(key.attribute) or row.given.get(key.column)
        if value is None or not is_made_up(project.names, value, subject.scope):
            continue
        what = f"whether the parent of this {row.model.name} ({key.attribute}) exists"
        if subject.closures is None:
            yield row.location, what, "this is a plain helper, whose callers are not known"
        runs = (runs_with(project, subject, closure) for closure in subject.closures or ())
        if any(project.parents.created(functions).opaque for functions in runs):
            yield row.location, what, "a call that runs here cannot be followed and may create rows"


def unknown_models(project: Project, module: Module) -> Iterator[Told]:
    """Of the models that a file defines."""
    for model in project.models.in_module(module):
        yield from unknown_model(project, model)


def unknown_model(project: Project, model: Model) -> Iterator[Told]:
    place = Location(model.module.path, model.line, 0)
    if model.table is None:
        yield place, f"the table of {model.name}", "its name is computed"
    if not model.complete:
        yield place, f"all columns of {model.name}", "a base of another package, or code in the class, may add some"
    if model.fills is None:
        yield place, f"which columns {model.name} fills by itself", "a listener, decorator or base may set any"
    for key in model.foreign_keys():
        for what in _of_key(key):
            yield Location(model.module.path, key.line, 0), f"{what} of {model.name}.{key.attribute}", "it is computed"


def _of_key(key: ForeignKey) -> Iterator[str]:
    if key.target_table is None:
        yield "the parent table"
    if key.nullable is None:
        yield "the nullability"
    if key.has_default is None:
        yield "a default"
