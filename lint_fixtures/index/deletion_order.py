"""Cleanups that take parents before the children that refer to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Call, Const, Name, calls
from lint_fixtures.facts import Location
from lint_fixtures.frozen import frozen
from lint_fixtures.index.alchemy import Place
from lint_fixtures.index.deletions import Cleanup, Deletion, Loop, cleanup
from lint_fixtures.index.lineage import FLASK, SQLMODEL
from lint_fixtures.index.model_facts import ForeignKey, Model
from lint_fixtures.index.modules import Module, alternatives
from lint_fixtures.index.names import ClassRef, External
from lint_fixtures.index.reach import Reach
from lint_fixtures.index.test_code import is_test_code
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_UNCHECKED = (b"FOREIGN_KEY_CHECKS", b"SESSION_REPLICATION_ROLE", b"DISABLE TRIGGER", b"SET CONSTRAINTS", b"NOCHECK")
_HARMLESS = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


@frozen
class Misplaced:
    """A parent that goes before its child. ``child`` is None for a whole metadata in the wrong direction."""

    location: Location
    parent: Model
    child: Model
    key: ForeignKey
    later: Location | None


def functions(project: Project, path: str) -> Iterator[tuple[Scope, Cleanup]]:
    """What the fixtures, set-up methods and helpers of a test file empty; tests may want to see a delete fail."""
    module = project.module(path)
    if module is None or not is_test_code(project, path):
        return
    text = (project.sources.read(path) or b"").upper()
    if any(word in text for word in _UNCHECKED):
        return
    tests = {test.function for test in project.tests(path)}
    fixtures = {fixture.function: (fixture, node) for fixture, node in project.own_fixtures(path)}
    for function in module.facts.functions:
        if function not in tests:
            fixture, node = fixtures.get(function, (None, None))
            scope = Scope(module, function, node, fixture)
            yield scope, cleanup(project, scope)


def misplaced(project: Project, found: Cleanup, module: Module) -> Iterator[Misplaced]:
    for run in found.runs:
        for index, deletion in enumerate(run):
            wrong = _later_child(project, run, index)
            if wrong is not None and deletion.module is module:
                yield wrong
    for loop in found.forward:
        pair = _any_pair(project, module, loop)
        if pair is not None:
            child, key, parent = pair
            yield Misplaced(Location(module.path, loop.line, loop.col), parent, child, key, None)


def _later_child(project: Project, run: tuple[Deletion, ...], index: int) -> Misplaced | None:
    parent = run[index]
    if parent.cascades or any(each.model.table == parent.model.table for each in run[:index]):
        return None
    for later in run[index + 1 :]:
        if later.step == parent.step or alternatives(parent.branch, later.branch) or _empty(run[:index], later, parent):
            continue
        key = refusing_key(project, later.model, parent.model, parent.truncates)
        if key is not None:
            here, there = _place(parent), _place(later)
            return Misplaced(here, parent.model, later.model, key, there)
    return None


def _empty(before: tuple[Deletion, ...], child: Deletion, parent: Deletion) -> bool:
    """Whether the child's rows have gone already when the parent goes."""
    tables = [each.model.table for each in before if not alternatives(each.branch, parent.branch)]
    return child.model.table in tables or any(each.cascades for each in before)


def refusing_key(project: Project, child: Model, parent: Model, truncates: bool = False) -> ForeignKey | None:
    """The key for whose sake the database keeps rows of the parent; None where it does not, or may not."""
    if child.table == parent.table:
        return None
    for column in child.columns.values():
        key = column.foreign_key
        if key is None or column.inherited or key.target_table is None:
            continue
        target = project.models.parent(child, key)
        if target is None or target.table != parent.table or target.schema != parent.schema:
            continue
        if truncates or (key.on_delete not in _HARMLESS and _is_plain(project, child)):
            return key
    return None


def _is_plain(project: Project, child: Model) -> bool:
    """Whether what is written of its keys is all: no computed ``ondelete``, nothing checked at the commit only."""
    place = Place(child.module)
    classes = project.models.mapping.lineages.of(ClassRef(child.module, child.cls)).classes if child.cls else ()
    written: list[Call] = [call for ref in classes for call in calls(ref.cls.statements)]
    methods = (one for ref in classes for one in ref.module.methods.get(ref.cls.qualname, ()))
    written += [call for method in methods for call in method.body.calls]
    if child.cls is None:
        written = list(calls(child.module.facts.statements))
    for call in written:
        keywords = dict(call.keywords)
        if {"deferrable", "initially", None} & keywords.keys() and project.models.alchemy.name(place, call.func):
            return False
        if "ondelete" in keywords and not isinstance(keywords["ondelete"], Const):
            return False
    return True


def _any_pair(project: Project, module: Module, loop: Loop) -> tuple[Model, ForeignKey, Model] | None:
    """A child and parent of the metadata, to prove that its order matters."""
    for model in reachable(project, module):
        if not _belongs(project, module, model, loop):
            continue
        for key in model.foreign_keys():
            parent = project.models.parent(model, key)
            if parent is not None and refusing_key(project, model, parent) == key:
                return model, key, parent
    return None


def _belongs(project: Project, module: Module, model: Model, loop: Loop) -> bool:
    if model.cls is None or not isinstance(loop.metadata, Name):
        return False
    lineage = project.models.mapping.lineages.of(ClassRef(model.module, model.cls))
    owner = Name(loop.metadata.dotted.removesuffix(".metadata"))
    target = project.names.resolve_expr(module, owner)
    if isinstance(target, ClassRef):
        return target in lineage.roots
    if isinstance(target, External):
        return target.dotted == "sqlmodel.SQLModel" and lineage.kind == SQLMODEL
    return lineage.kind == FLASK and project.models.alchemy.flask_instance(Place(module), owner) is not None


def reachable(project: Project, module: Module) -> Iterator[Model]:
    for each in Reach(project.modules).from_module(module):
        yield from project.models.in_module(each)


def _place(deletion: Deletion) -> Location:
    return Location(deletion.module.path, deletion.line, deletion.col)
