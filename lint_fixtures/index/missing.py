"""What a row is not given: its required keys, as far as that is this place's fault."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from lint_fixtures.body import Const
from lint_fixtures.index.expected import patches_flush
from lint_fixtures.index.kept_rows import kept_rows
from lint_fixtures.index.model_facts import Column, ForeignKey
from lint_fixtures.index.resolution import Closure
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.sent_later import is_sent_later
from lint_fixtures.index.subjects import Subject

if TYPE_CHECKING:
    from lint_fixtures.index import Project


def flushed_rows(project: Project, subject: Subject) -> tuple[Row, ...]:
    """The rows that a subject adds and sends to the database, by itself or through helpers."""
    scope = subject.scope
    return project.once(scope.module, (flushed_rows, scope.function), lambda: tuple(_flushed_rows(project, subject)))


def _flushed_rows(project: Project, subject: Subject) -> Iterator[Row]:
    if subject.expects_error:
        return
    own, helped = project.rows.of(subject.scope), project.helper_rows.of(subject.scope)
    kept = project.once(
        subject.scope.module, (kept_rows, subject.scope), lambda: tuple(kept_rows(project, subject.scope))
    )
    rows = (*own, *helped, *kept)
    found = [row for row in rows if subject.flushes or row.flushed or is_sent_later(project, subject.scope, row)]
    if found and not any(_patches_flush(project, closure) for closure in subject.closures or ()):
        yield from found


def _patches_flush(project: Project, closure: Closure) -> bool:
    return any(
        project.once(each.module, (patches_flush, each.function), partial(patches_flush, each.function))
        for each in closure.fixtures()
    )


def missing_keys(project: Project, row: Row) -> Iterator[ForeignKey]:
    """Required keys that get no value, or None, neither by their column nor by a relationship."""
    for key in _missing_keys(project, row):
        if not _told_of_helper(project, row) or key not in _missing_keys(project, row.origin):
            yield key


def missing_columns(project: Project, row: Row) -> Iterator[Column]:
    """Required columns, keys apart, that get no value, or None."""
    for column in project.required.missing(row):
        if not _told_of_helper(project, row) or column not in project.required.missing(row.origin):
            yield column


def _missing_keys(project: Project, row: Row | None) -> Iterator[ForeignKey]:
    if row is None or row.open or row.model.has_own_init:
        return
    model = row.model
    known = {*model.columns, *model.relationships}
    if any(name not in known for name in row.given if not row.insert):
        return  # a proxy, a synonym or the class itself may set the key
    for key in project.models.required_keys(model):
        names = {key.attribute, key.column}
        if not row.insert:
            names |= set(project.models.relationship_for(model, key))
        given = [value for name, value in row.given.items() if name in names]
        if all(value == Const(None) for value in given):
            yield key


def _told_of_helper(project: Project, row: Row) -> bool:
    """Whether the helper that builds the row stands in a file where it is reported itself."""
    if row.origin is None:
        return False
    path = row.origin.module.path
    return project.is_conftest(path) or any(project.tests(path)) or any(project.own_fixtures(path))
