"""Columns that a row cannot do without, keys apart: NOT NULL, no default, and nothing known that fills them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint_fixtures.body import Const, Name, Stmt, calls, walk
from lint_fixtures.index.model_facts import Column, Model
from lint_fixtures.index.models import Models
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.names import ClassRef
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.uses import own
from lint_fixtures.sources import Sources

_EVENTS = (
    rb"init|before_insert|before_flush|before_attach|transient_to_pending|pending_to_persistent|attribute_instrument"
)
_LISTENS = rb"""\blisten(?:s_for)?\(\s*([\w.]+)\s*,\s*["'](?:""" + _EVENTS + rb""")["']"""
_TRIGGER = rb"(?i)\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\b|\bPGTrigger\("
_MAPPER = "__mapper_args__"
_ANY_MODEL = frozenset({"Session", "AsyncSession", "Mapper"})


class Required:
    """Reads the project's files for triggers and listeners at most once per run, and only when a column is missing."""

    def __init__(self, models: Models, sources: Sources) -> None:
        self.models = models
        self._sources = sources
        self._texts: tuple[set[str], list[bytes]] | None = None

    def missing(self, row: Row | None) -> Iterator[Column]:
        """Required columns that a row is given no value for, or None."""
        if row is None:
            return
        model = row.model
        known = {*model.columns, *model.relationships}
        unclear = row.open or model.fills is None or model.has_own_init
        if unclear or any(name not in known for name in row.given if not row.insert):
            return
        for column in model.columns.values():
            absent = self._is_required(model, column) and self._is_absent(row, column)
            if absent and not self._filled_out_of_sight(model, column):
                yield column

    def _is_required(self, model: Model, column: Column) -> bool:
        facts = (column.nullable, column.has_default, column.primary_key, column.foreign_key)
        plain = facts == (False, False, False, None) and column.init is not False and not column.autoincrement
        return plain and model.fills is not None and column.attribute not in model.fills

    def _is_absent(self, row: Row, column: Column) -> bool:
        given = [value for name, value in row.given.items() if name in {column.attribute, column.name}]
        if any(value != Const(None) for value in given):
            return False
        return not (_joins_itself(row.model) and any(name in row.model.relationships for name in row.given))

    def _filled_out_of_sight(self, model: Model, column: Column) -> bool:
        """By the mapper (a discriminator, a version), by a listener in any file, by a trigger of the database."""
        targets, triggers = self._out_of_sight()
        names = {*model.names, *(ref.cls.name for ref in self._classes(model)), *_ANY_MODEL}
        if any(name in names or not name[:1].isupper() for name in targets):  # a variable may stand for any model
            return True
        table = (model.table or "").encode()
        return self._of_mapper(model, column) or any(table in text for text in triggers)

    def _classes(self, model: Model) -> tuple[ClassRef, ...]:
        """The class of a model and its project bases, the nearest first."""
        if model.cls is None:
            return ()
        return self.models.mapping.lineages.of(ClassRef(model.module, model.cls)).classes

    def _of_mapper(self, model: Model, column: Column) -> bool:
        """Whether anything that a class says to the mapper speaks of the column, in whichever arm it stands."""
        for ref in self._classes(model):
            told = [statement for statement, _ in flatten(ref.cls.statements) if _tells_mapper(statement)]
            methods = (each for each in ref.module.methods.get(ref.cls.qualname, ()) if each.name == _MAPPER)
            parts = (tuple(told), *(each.body.statements for each in methods))
            words = {str(node.value) for node in walk(parts) if isinstance(node, Const)}
            words |= {node.dotted.rpartition(".")[2] for node in walk(parts) if isinstance(node, Name)}
            if not words.isdisjoint({column.attribute, column.name}):
                return True
        return False

    def _out_of_sight(self) -> tuple[set[str], list[bytes]]:
        """What the project's listeners listen to, and the files that make triggers."""
        if self._texts is None:
            sources = self._sources
            texts = [sources.read(path) or b"" for path in sources.python_files(sources.root)]
            targets = {found.decode().rpartition(".")[2] for text in texts for found in re.findall(_LISTENS, text)}
            self._texts = (targets, [text for text in texts if re.search(_TRIGGER, text)])
        return self._texts


def _tells_mapper(statement: Stmt) -> bool:
    return any(isinstance(node, Name) and node.dotted.partition(".")[0] == _MAPPER for node in walk(own(statement)))


def _joins_itself(model: Model) -> bool:
    """Whether a relationship may set columns that are no declared keys."""
    statements = model.cls.statements if model.cls is not None else ()
    return any(call.keyword("primaryjoin") is not None for call in calls(statements))
