"""The models of a project: what a name refers to, which keys a row needs, and what fills them."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Assign, Call, Expr, Name
from lint_fixtures.cache import FactsCache
from lint_fixtures.facts import Function
from lint_fixtures.index.alchemy import Alchemy, Place
from lint_fixtures.index.mapping import Mapping
from lint_fixtures.index.model_facts import ForeignKey, Model, Relationship
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import ClassRef, Names, ValueRef
from lint_fixtures.index.reach import Reach
from lint_fixtures.index.residues import Residues


class Models:
    """Reads each class once per run, when it is asked for."""

    def __init__(self, names: Names, cache: FactsCache | None = None) -> None:
        self.names = names
        self.alchemy = Alchemy(names)
        self.reach = Reach(names.modules)
        self.mapping = Mapping(self.alchemy, Residues(names.modules, cache))
        self._models: dict[ClassRef, Model | None] = {}
        self._tables: dict[tuple[Module, str], Model | None] = {}
        self._in_module: dict[Module, tuple[Model, ...]] = {}
        self._core_tables_in: dict[Module, tuple[Model, ...]] = {}

    def forget(self, module: Module) -> None:
        """Drops what was read of a module; other modules are read from disk only and stay."""
        for cls in module.facts.classes:
            self._models.pop(ClassRef(module, cls), None)
        self.mapping.forget(module)
        self.reach.forget(module)
        self._in_module.pop(module, None)
        self._core_tables_in.pop(module, None)
        for key in [key for key in self._tables if key[0] is module]:
            del self._tables[key]

    def model(self, module: Module, expr: Expr, function: Function | None = None) -> Model | None:
        """The model that a name, ``User.__table__`` or a Core table's variable refers to."""
        if not isinstance(expr, Name):
            return None
        name = Name(expr.dotted.removesuffix(".__table__"))
        target = self.alchemy.target(Place(module, function), name)
        if isinstance(target, ClassRef):
            return self.of_class(target)
        return self._core(target) if isinstance(target, ValueRef) else None

    def of_class(self, ref: ClassRef) -> Model | None:
        """The model of a class; None when it is not mapped (mixins, abstract bases, everything else)."""
        if ref not in self._models:
            self._models[ref] = None  # a class among its own bases
            if self.mapping.tables.is_mapped(ref):
                parents = (self.of_class(base) for base in self.mapping.tables.parents(ref))
                self._models[ref] = self.mapping.read(ref, tuple(parent for parent in parents if parent))
        return self._models[ref]

    def required_keys(self, model: Model) -> tuple[ForeignKey, ...]:
        """Keys that a row cannot do without for sure: NOT NULL, no default, and nothing that sets them by itself."""
        if model.fills is None:
            return ()
        above = {parent.table for parent in model.parents}
        return tuple(
            column.foreign_key
            for column in model.columns.values()
            if column.foreign_key
            and (column.nullable, column.has_default) == (False, False)
            and column.attribute not in model.fills
            and model.fills.isdisjoint(self.relationship_for(model, column.foreign_key))
            and not (column.primary_key is not False and _bare(column.foreign_key.target_table) in above)
        )

    def relationship_for(self, model: Model, fk: ForeignKey) -> tuple[str, ...]:
        """Attributes of the child that may fill the key; where it cannot be told, more rather than fewer."""
        parent = self.parent(model, fk)
        own = (name for name, each in model.relationships.items() if _may_fill(each, fk, parent))
        backrefs = (
            each.backref
            for each in (parent.relationships.values() if parent else ())
            if each.backref and each.fills_key and (each.target is None or each.target in model.names)
        )
        return tuple(dict.fromkeys((*own, *backrefs)))

    def collections_for(self, model: Model, fk: ForeignKey) -> tuple[str, ...]:
        """Attributes of the parent that hold the children of this key: appending to one fills it."""
        parent = self.parent(model, fk)
        if parent is None:
            return ()
        back = {
            name
            for attribute in self.relationship_for(model, fk)
            if (each := model.relationships.get(attribute))
            for name in (each.backref, each.back_populates)
            if name
        }
        own = {
            name
            for name, each in parent.relationships.items()
            if each.fills_key and (each.target is None or each.target in model.names)
        }
        return tuple(sorted(own | back))

    def parent(self, model: Model, fk: ForeignKey) -> Model | None:
        """The model of the table that a key refers to; None when it is not found near the child."""
        return self.table(fk.target_table, model.module) if fk.target_table else None

    def table(self, name: str, near: Module) -> Model | None:
        """By table name (a schema before it may be left out) among what ``near`` imports, then beside it."""
        if (near, name) not in self._tables:
            self._tables[near, name] = self._find(name, near)
        return self._tables[near, name]

    def _find(self, name: str, near: Module) -> Model | None:
        for module in self._search(near):
            found = list(self._named(module, name))
            roots = [model for model in found if not any(parent in found for parent in model.parents)]
            if found:
                return roots[0] if len(roots) == 1 else None
        return None

    def _named(self, module: Module, name: str) -> Iterator[Model]:
        """The models of a module with this table name: a module may hold a hundred others, which are not read."""
        for cls in module.facts.classes:
            ref = ClassRef(module, cls)
            table = self.mapping.tables.name(ref)
            if table is not None and name.endswith(table) and _is_named(*self.mapping.table_name(ref), name):
                model = self.of_class(ref)
                if model is not None:
                    yield model
        yield from (model for model in self._core_of(module) if _is_named(model.table, model.schema, name))

    def _search(self, near: Module) -> Iterator[Module]:
        seen = set()
        for module in self.reach.from_module(near):
            seen.add(module)
            yield module
        yield from (module for module in self.reach.siblings(near) if module not in seen)

    def in_module(self, module: Module) -> tuple[Model, ...]:
        """All models that a module defines: classes, nested ones too, then Core tables."""
        if module not in self._in_module:
            self._in_module[module] = ()
            classes = (self.of_class(ClassRef(module, cls)) for cls in module.facts.classes)
            self._in_module[module] = (*(model for model in classes if model), *self._core_of(module))
        return self._in_module[module]

    def _core_of(self, module: Module) -> tuple[Model, ...]:
        if module not in self._core_tables_in:
            self._core_tables_in[module] = tuple(self._core_tables(module))
        return self._core_tables_in[module]

    def _core_tables(self, module: Module) -> Iterator[Model]:
        for statement, _ in flatten(module.facts.statements):
            if isinstance(statement, Assign) and isinstance(statement.value, Call):
                for target in statement.targets:
                    if isinstance(target, Name) and "." not in target.dotted:
                        found = self._core(ValueRef(module, target.dotted, statement.value, statement.line))
                        if found:
                            yield found

    def _core(self, ref: ValueRef) -> Model | None:
        made = self.alchemy.made(Place(ref.module), ref.value)
        if made is None or made.name != "Table":
            return None
        return self.mapping.core_table(ref.module, ref.name, made.call, ref.line)


def _may_fill(each: Relationship, fk: ForeignKey, parent: Model | None) -> bool:
    if not each.fills_key:
        return False
    if each.foreign_keys is not None:
        return fk.attribute in each.foreign_keys or fk.column in each.foreign_keys
    return parent is None or each.target is None or each.target in parent.names or parent.cls is None


def _is_named(table: str | None, schema: str | None, name: str) -> bool:
    if table is None:
        return False
    return name in (table, f"{schema}.{table}") or (schema is None and _bare(name) == table)


def _bare(table: str | None) -> str | None:
    return table.rpartition(".")[2] if table else None
