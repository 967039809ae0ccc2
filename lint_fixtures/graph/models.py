"""Questions to the index -> the tables of a folder, the keys between them, and an order to insert rows in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from lint_fixtures.frozen import frozen
from lint_fixtures.graph.order import insertion_order
from lint_fixtures.graph.targets import UnknownTarget, open_project
from lint_fixtures.index import Project
from lint_fixtures.index.model_facts import Column, ForeignKey, Model

_WORDS = (b"Column(", b"mapped_column(", b"Mapped[", b"Field(", b"Table(", b"__tablename__")

REQUIRED, FILLED, NULLABLE, UNKNOWN = "required", "filled by itself", "nullable", "nullability unknown"


@frozen
class Key:
    """A foreign-key column. ``table`` is the parent's as :class:`Table` names it, else as written.

    ``kind`` is REQUIRED (NOT NULL, and a row must be given it), FILLED (NOT NULL, but by a default or the class),
    NULLABLE or UNKNOWN; ``filled_by`` are the relationships that fill it instead of the column.
    """

    column: str
    table: str | None
    target: str | None
    kind: str
    on_delete: str | None
    filled_by: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the row of the parent must be there first."""
        return self.kind in (REQUIRED, FILLED)


@frozen
class Table:
    """``classes`` are (name, 'path:line') of what is mapped to it; several for single-table inheritance."""

    name: str
    classes: tuple[tuple[str, str], ...]
    keys: tuple[Key, ...]


@frozen
class ModelGraph:
    """``nameless`` are (class, 'path:line') of models whose table cannot be told; ``circles`` as lists of tables."""

    tables: tuple[Table, ...]
    order: tuple[str, ...]
    circles: tuple[tuple[str, ...], ...]
    nameless: tuple[tuple[str, str], ...]


def model_graph(path: str) -> ModelGraph:
    """The models of a file, or of all files below a folder. Raises UnknownTarget."""
    if not os.path.exists(path):  # noqa: PTH110
        raise UnknownTarget(f"no such file or folder: {path}")
    project = open_project(path)
    models = tuple(_models(project, os.path.abspath(path)))  # noqa: PTH100
    if not models:
        raise UnknownTarget(f"no SQLAlchemy or SQLModel models in {path}")
    tables = _Tables(project, models).tables()
    parents = {table.name: [key.table for key in table.keys if key.holds and key.table] for table in tables}
    order, circles = insertion_order(parents)
    nameless = tuple((model.name, _where(project, model)) for model in models if not model.table)
    return ModelGraph(tables, order, circles, nameless)


def _models(project: Project, path: str) -> Iterator[Model]:
    paths = [path] if os.path.isfile(path) else project.sources.python_files(path)  # noqa: PTH113
    for each in paths:
        text = project.sources.read(each) or b""
        module = project.module(each) if any(word in text for word in _WORDS) else None
        if module:
            yield from project.models.in_module(module)


class _Tables:
    def __init__(self, project: Project, models: Iterable[Model]) -> None:
        self._project = project
        self._by_name: dict[str, list[Model]] = {}
        for model in models:
            if model.table:
                self._by_name.setdefault(full_name(model), []).append(model)

    def tables(self) -> tuple[Table, ...]:
        return tuple(self._table(name, models) for name, models in sorted(self._by_name.items()))

    def _table(self, name: str, models: list[Model]) -> Table:
        keys: dict[str, Key] = {}
        for model in models:
            for column in model.columns.values():
                if column.foreign_key and not column.inherited:
                    keys.setdefault(column.foreign_key.column, self._key(model, column, column.foreign_key))
        return Table(name, tuple((model.name, _where(self._project, model)) for model in models), tuple(keys.values()))

    def _key(self, model: Model, column: Column, key: ForeignKey) -> Key:
        questions = self._project.models
        parent = questions.parent(model, key)
        owner = parent.name if parent else ""
        filled_by = (
            *questions.relationship_for(model, key),
            *(f"{owner}.{name}" for name in questions.collections_for(model, key)),
        )
        kind = _kind(column, key, key in questions.required_keys(model))
        table = self._name(key, parent)
        return Key(key.column, table, key.target_column, kind, key.on_delete, filled_by)

    def _name(self, key: ForeignKey, parent: Model | None) -> str | None:
        if parent and full_name(parent) in self._by_name:
            return full_name(parent)
        written = key.target_table
        if written is None or written in self._by_name:
            return written
        near = [name for name in self._by_name if name.rpartition(".")[2] == written.rpartition(".")[2]]
        return near[0] if len(near) == 1 and "." not in written else written


def full_name(model: Model) -> str:
    """The table with its schema, if any."""
    return f"{model.schema}.{model.table}" if model.schema else model.table or ""


def _kind(column: Column, key: ForeignKey, required: bool) -> str:
    if required:
        return REQUIRED
    nullable = key.nullable if column.primary_key is not True else False
    if nullable is None:
        return UNKNOWN
    return NULLABLE if nullable else FILLED


def _where(project: Project, model: Model) -> str:
    return f"{project.relative(model.module.path)}:{model.line}"
