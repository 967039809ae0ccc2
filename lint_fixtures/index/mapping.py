"""One mapped class, or one Core table, put together from its bases, attributes and constraints."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Call, Expr, Star, calls
from lint_fixtures.frozen import replace
from lint_fixtures.index.alchemy import Alchemy, Place
from lint_fixtures.index.annotations import Annotations
from lint_fixtures.index.attributes import Attributes, Other, Read, is_removed
from lint_fixtures.index.columns import Attribute, Columns, with_key
from lint_fixtures.index.fills import Fills
from lint_fixtures.index.keys import Keys, Reference
from lint_fixtures.index.lineage import SQLMODEL, Lineages, own_constant, touches_classes
from lint_fixtures.index.model_facts import Column, Model, Relationship
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import ClassRef, FunctionRef
from lint_fixtures.index.residues import Residues
from lint_fixtures.index.sqlmodel import Fields
from lint_fixtures.index.tables import Tables

_REFLECTS = frozenset((None, "autoload", "autoload_with", "autoload_replace"))


class _Draft:
    """What has been read of a class so far; the class nearest to it wins."""

    def __init__(self) -> None:
        self.columns: dict[str, Column] = {}
        self.relationships: dict[str, Relationship] = {}
        self.others: set[str] = set()
        self.complete = True

    def seen(self, name: str) -> bool:
        return name in self.columns or name in self.relationships or name in self.others

    def put(self, name: str, found: Read | None, inherited: bool) -> None:
        if isinstance(found, Column):
            self.columns[name] = replace(found, inherited=inherited)
        elif isinstance(found, Relationship):
            self.relationships[name] = found
        elif found is not None:
            self.others.add(name)
            self.complete = self.complete and not found.column


class Mapping:
    def __init__(self, alchemy: Alchemy, residues: Residues) -> None:
        self.alchemy = alchemy
        self.lineages = Lineages(alchemy)
        self.tables = Tables(alchemy, self.lineages, residues)
        self.keys = Keys(alchemy, self.tables.strings, residues)
        annotations = Annotations(alchemy)
        self.columns = Columns(alchemy, annotations, self.keys)
        self.attributes = Attributes(alchemy, annotations, self.columns)
        self.fields = Fields(alchemy, annotations, self.columns)
        self.fills = Fills(alchemy)

    def forget(self, module: Module) -> None:
        for memo in (self.lineages, self.tables, self.fills):
            memo.forget(module)

    def read(self, ref: ClassRef, parents: tuple[Model, ...]) -> Model:
        """The model of a class that is mapped; ``parents`` are those of its mapped bases, the nearest first."""
        lineage = self.lineages.of(ref)
        draft = self._draft(ref)
        core = self.tables.core(ref)
        if core:
            self._core_columns(Place(ref.module), core, draft)
        elif own_constant(ref.module, ref.cls, "__table__") is not None:
            draft.complete = False
        self._constrain(*self.tables.arguments(ref), draft)
        table, schema = self.table_name(ref)
        filled = self.fills.of(lineage)
        return Model(
            name=ref.cls.name,
            table=table,
            schema=schema,
            module=ref.module,
            cls=ref.cls,
            columns=draft.columns,
            relationships=draft.relationships,
            others=frozenset(draft.others),
            complete=draft.complete and not lineage.partial and not lineage.opaque,
            fills=filled.attributes,
            has_own_init=filled.own_init,
            parents=parents,
            line=ref.cls.line,
        )

    def table_name(self, ref: ClassRef) -> tuple[str | None, str | None]:
        """The table of a mapped class and its schema, without its columns."""
        return self.tables.name(ref), self.tables.schema(*self.tables.arguments(ref))

    def core_table(self, module: Module, name: str, call: Call, line: int) -> Model:
        """The model of a module's ``name = Table(...)``."""
        place, draft = Place(module), _Draft()
        self._core_columns(place, call, draft)
        self._constrain(place, call.args[2:], draft)
        schema = call.keyword("schema")
        table = self.tables.strings.text(place, call.args[0]) if call.args else None
        return Model(
            name=name,
            table=table,
            schema=self.tables.strings.text(place, schema),
            module=module,
            cls=None,
            columns=draft.columns,
            relationships={},
            others=frozenset(),
            complete=draft.complete,
            fills=frozenset(),
            has_own_init=False,
            parents=(),
            line=line,
        )

    def _draft(self, ref: ClassRef) -> _Draft:
        draft, lineage = _Draft(), self.lineages.of(ref)
        far = {base for parent in self._joined_parents(ref) for base in self.lineages.of(parent).classes}
        for base in lineage.classes:
            found = dict(self._own(base, lineage.kind, draft))
            for name, each in found.items():
                draft.put(name, each, base in far)
            draft.complete = draft.complete and not self._may_add_columns(base)
        return draft

    def _may_add_columns(self, base: ClassRef) -> bool:
        """Code in the class body, an ``__init_subclass__`` that sets something, an own maker of mappers."""
        hook = base.module.functions.get(f"{base.cls.qualname}.__init_subclass__")
        makers = (self.tables.holder(base, name) for name in ("__mapper_cls__", "__table_cls__", "__declare_last__"))
        touches = hook is not None and touches_classes(FunctionRef(base.module, hook))
        return touches or self.attributes.is_dynamic(base) or any(makers)

    def _joined_parents(self, ref: ClassRef) -> Iterator[ClassRef]:
        """Mapped bases that have a table of their own beside the class's."""
        table = self.tables.name(ref)
        return (base for base in self.tables.parents(ref) if table is None or self.tables.name(base) != table)

    def _own(self, base: ClassRef, kind: str, draft: _Draft) -> Iterator[tuple[str, Read | None]]:
        """The attributes of one class that no nearer class has defined; its last definition of a name counts."""
        for attribute in self.attributes.written(base):
            if draft.seen(attribute.name):
                continue
            if is_removed(attribute):
                yield attribute.name, Other(attribute.name, column=False)
            else:
                yield attribute.name, self._attribute(attribute, kind)
        for name, declared in self.attributes.declared(base):
            if not draft.seen(name):
                yield name, self.attributes.read(declared) if declared else Other(name, column=False)

    def _attribute(self, attribute: Attribute, kind: str) -> Read | None:
        found = self.attributes.read(attribute)
        field_like = found is None or (isinstance(found, Other) and attribute.annotation is not None)
        return self.fields.read(attribute) if kind == SQLMODEL and field_like else found

    def _core_columns(self, place: Place, call: Call, draft: _Draft) -> None:
        keywords = {key for key, _ in call.keywords}
        if any(isinstance(arg, Star) for arg in call.args) or keywords & _REFLECTS:
            draft.complete = False
        for arg in call.args[2:]:
            made = self.alchemy.made(place, arg)
            if made is None:
                draft.complete = False
            elif made.name == "Column":
                column = self.columns.read(Attribute("", arg, None, place, made.call.line), made)
                given = self.alchemy.constant(place, made.call.keyword("key"))
                key = str(given.value) if given else column.name or ""
                reference = column.foreign_key and replace(column.foreign_key, attribute=key)
                draft.columns[key] = replace(column, attribute=key, foreign_key=reference)

    def _constrain(self, place: Place, arguments: tuple[Expr, ...], draft: _Draft) -> None:
        """Foreign and primary keys of ``__table_args__`` or of a Core table."""
        for call in (call for expr in arguments for call in calls(expr)):
            made = self.alchemy.made(place, call)
            if made and made.name == "PrimaryKeyConstraint":
                for arg in call.args:
                    _make_primary(draft, self.keys.column(place, arg))
            constraint = self.keys.constraint(made) if made and made.name == "ForeignKeyConstraint" else None
            if constraint:
                for name, reference in zip(constraint.columns, constraint.references, strict=True):
                    _make_foreign(draft, name, reference)


def _make_primary(draft: _Draft, name: str | None) -> None:
    for attribute, column in draft.columns.items():
        if name is not None and name in (column.name, attribute):
            key = column.foreign_key and replace(column.foreign_key, nullable=False)
            draft.columns[attribute] = replace(
                column, primary_key=True, nullable=False, autoincrement=None, foreign_key=key
            )


def _make_foreign(draft: _Draft, name: str | None, reference: Reference) -> None:
    for attribute, column in draft.columns.items():
        if name is not None and name in (column.name, attribute) and column.foreign_key is None:
            draft.columns[attribute] = with_key(column, reference)
