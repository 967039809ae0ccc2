"""Tables: the name of a class's table, by literal or by rule, and what ``__table_args__`` and Core tables add."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint_fixtures.body import Assign, Block, Call, Const, Expr, If, Lambda, Map, Name, Return, calls, walk
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index.alchemy import Alchemy, Place
from lint_fixtures.index.lineage import FLASK, SQLMODEL, Lineage, Lineages, is_abstract, own_constant
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import ClassRef, ValueRef
from lint_fixtures.index.residues import Residues
from lint_fixtures.index.strings import Strings


@frozen
class Holder:
    """Where a class attribute such as ``__tablename__`` is defined: by value or by ``declared_attr``."""

    ref: ClassRef
    value: Expr | None
    function: Function | None

    @property
    def place(self) -> Place:
        return Place(self.ref.module, self.function)


class Tables:
    def __init__(self, alchemy: Alchemy, lineages: Lineages, residues: Residues) -> None:
        self.alchemy = alchemy
        self.lineages = lineages
        self.strings = Strings(alchemy, self.name)
        self._residues = residues
        self._names: dict[ClassRef, str | None] = {}

    def forget(self, module: Module) -> None:
        for cls in module.facts.classes:
            self._names.pop(ClassRef(module, cls), None)

    def is_mapped(self, ref: ClassRef) -> bool:
        lineage = self.lineages.of(ref)
        if lineage.decorated:
            return True
        is_base = ref in lineage.roots and own_constant(ref.module, ref.cls, "__tablename__") is None
        if is_base or is_abstract(ref):
            return False
        if lineage.kind == SQLMODEL:
            return any(key == "table" and value == Const(True) for key, value in ref.cls.keywords)
        return bool(lineage.kind) or self._looks_mapped(ref, lineage)

    def _looks_mapped(self, ref: ClassRef, lineage: Lineage) -> bool:
        """A base from another package, but a table name and columns: nothing but a model is written so."""
        if not lineage.opaque or own_constant(ref.module, ref.cls, "__tablename__") is None:
            return False
        names = {self.alchemy.name(Place(ref.module), call.func) for call in calls(ref.cls.statements)}
        return bool(names & {"Column", "mapped_column"})

    def parents(self, ref: ClassRef) -> tuple[ClassRef, ...]:
        return tuple(base for base in self.lineages.of(ref).classes[1:] if self.is_mapped(base))

    def name(self, ref: ClassRef) -> str | None:
        """The table of a mapped class, without schema; None when it cannot be told."""
        if ref not in self._names:
            self._names[ref] = None  # a name that depends on itself
            self._names[ref] = self._name(ref) if self.is_mapped(ref) else None
        return self._names[ref]

    def core(self, ref: ClassRef) -> Call | None:
        """The ``Table(...)`` call of a class with ``__table__``."""
        made = self.alchemy.made(Place(ref.module), own_constant(ref.module, ref.cls, "__table__"))
        return made.call if made and made.name == "Table" else None

    def _name(self, ref: ClassRef) -> str | None:
        if any(_renames(base) for base in self.lineages.of(ref).classes):
            return None
        table = self.core(ref)
        if table is not None:
            return self.strings.text(Place(ref.module), table.args[0]) if table.args else None
        if own_constant(ref.module, ref.cls, "__table__") is not None:
            return None
        holders = [holder for base in self.lineages.of(ref).classes if (holder := self.holder(base, "__tablename__"))]
        parents = self.parents(ref)
        if any(holder.ref not in parents or holder.function for holder in holders):
            return self._told(holders[0], ref, parents)
        kind = self.lineages.of(ref).kind
        if kind == SQLMODEL:
            return None if parents else ref.cls.name.lower()
        if kind == FLASK and (not parents or self._has_own_primary_key(ref, parents)):
            return _snake_case(ref.cls.name)
        return self.name(parents[0]) if parents else None

    def _told(self, holder: Holder, ref: ClassRef, parents: tuple[ClassRef, ...]) -> str | None:
        if holder.function is None and holder.value == Const(None):
            return self.name(parents[0]) if parents else None
        found = self._evaluated(holder, ref, bool(parents))
        if found is not None:
            return found
        if holder.function and self._is_none(holder.function, bool(parents)):
            return self.name(parents[0]) if parents else None
        owner = f"{holder.ref.cls.qualname}.__tablename__"
        return self._residues.table_name(holder.ref.module, owner, ref.cls.name) if not parents else None

    def _evaluated(self, holder: Holder, ref: ClassRef, inherits: bool) -> str | None:
        if holder.function is not None:
            first = holder.function.params[0].name if holder.function.params else "cls"
            chosen = tuple(self._chosen(holder.function.body.statements, inherits))
            return self.strings.of_block(holder.place, chosen, {f"{first}.__name__": ref.cls.name})
        if isinstance(holder.value, Call) and self.alchemy.name(holder.place, holder.value.func) == "declared_attr":
            rule = holder.value.args[0] if holder.value.args else None
            if isinstance(rule, Lambda) and rule.params:
                return self.strings.text(holder.place, rule.value, {f"{rule.params[0]}.__name__": ref.cls.name})
            return None
        return self.strings.text(holder.place, holder.value)

    def _chosen(self, block: Block, inherits: bool) -> Iterator[object]:
        """The statements with ``if has_inherited_table(cls)`` decided."""
        for statement in block:
            test = statement.test if isinstance(statement, If) else None
            if isinstance(statement, If) and isinstance(test, Call) and test.dotted.endswith("has_inherited_table"):
                yield from self._chosen(statement.body if inherits else statement.orelse, inherits)
            else:
                yield statement

    def _is_none(self, function: Function, inherits: bool) -> bool:
        chosen = next(iter(self._chosen(function.body.statements, inherits)), None)
        return isinstance(chosen, Return) and chosen.value in (None, Const(None))

    def holder(self, ref: ClassRef, name: str) -> Holder | None:
        """The definition of a class attribute in the class's own body."""
        function = next((one for one in ref.module.methods.get(ref.cls.qualname, ()) if one.name == name), None)
        if function is not None:
            return Holder(ref, None, function)
        value = own_constant(ref.module, ref.cls, name)
        return None if value is None else Holder(ref, value, None)

    def arguments(self, ref: ClassRef) -> tuple[Place, tuple[Expr, ...]]:
        """The value of ``__table_args__``, and those of the names in it, with the place where they stand."""
        parents = self.parents(ref)
        for base in self.lineages.of(ref).classes:
            holder = self.holder(base, "__table_args__") if base not in parents else None
            if holder is None:
                continue
            if holder.value is not None:
                return holder.place, (holder.value,)
            statements = holder.function.body.statements if holder.function else ()
            return holder.place, tuple(
                value
                for statement, _ in flatten(statements)
                if isinstance(statement, (Return, Assign)) and (value := statement.value) is not None
            )
        return Place(ref.module), ()

    def schema(self, place: Place, arguments: tuple[Expr, ...]) -> str | None:
        for expr in arguments:
            for node in walk(self._followed(place, expr)):
                for key, value in node.items if isinstance(node, Map) else ():
                    if key == Const("schema"):
                        return self.strings.text(place, value)
        return None

    def _followed(self, place: Place, expr: Expr) -> Expr:
        target = self.alchemy.target(place, expr) if isinstance(expr, Name) else None
        return target.value if isinstance(target, ValueRef) else expr

    def _has_own_primary_key(self, ref: ClassRef, parents: tuple[ClassRef, ...]) -> bool:
        inherited = {base for parent in parents for base in self.lineages.of(parent).classes}
        own = [base for base in self.lineages.of(ref).classes if base not in inherited]
        found = [call for base in own for call in calls(base.cls.statements)]
        return any(self.alchemy.flag(Place(ref.module), call.keyword("primary_key")) for call in found)


def _renames(ref: ClassRef) -> bool:
    """Whether an ``__init_subclass__`` gives subclasses another table name than they say."""
    hook = ref.module.functions.get(f"{ref.cls.qualname}.__init_subclass__")
    nodes = list(hook.body.nodes) if hook else []
    targets = [target for node in nodes if isinstance(node, Assign) for target in node.targets]
    return any(isinstance(target, Name) and target.dotted.endswith(".__tablename__") for target in targets) or any(
        isinstance(node, Call) and node.dotted == "setattr" for node in nodes
    )


def _snake_case(name: str) -> str | None:
    """Flask-SQLAlchemy's table name; None where its versions 2 and 3 differ."""
    new = re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", name).lower().lstrip("_")
    old = re.sub(r"([A-Z]+)(?=[a-z0-9])", _joined, name).lstrip("_").lower()
    return new if new == old else None


def _joined(match: re.Match[str]) -> str:
    word = match.group()
    return f"_{word[:-1]}_{word[-1]}" if len(word) > 1 else f"_{word}"
