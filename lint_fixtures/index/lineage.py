"""Where a class comes from: its project bases in order, and the kind of mapping that its outermost base sets up."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from lint_fixtures.body import Assign, Call, Const, Expr, Item, Name
from lint_fixtures.facts import Class
from lint_fixtures.frozen import frozen
from lint_fixtures.index.alchemy import Alchemy, Place
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import ClassRef, FunctionRef, ValueRef

DECLARATIVE, FLASK, SQLMODEL = "declarative", "flask", "sqlmodel"

_BASES = frozenset(("DeclarativeBase", "DeclarativeBaseNoMeta"))
_MAPS = frozenset(("mapped", "mapped_as_dataclass"))
_MAKES_BASE = frozenset(("as_declarative", "as_declarative_base"))
_METACLASSES = frozenset(("DeclarativeMeta", "DeclarativeAttributeIntercept", "DefaultMeta"))
# Packages whose classes and decorators leave the keys of a subclass alone, with those that only add own columns.
_HARMLESS = frozenset(
    (
        *("typing", "typing_extensions", "abc", "builtins", "functools", "dataclasses", "enum", "warnings"),
        *("sqlalchemy", "sqlalchemy_utils", "flask_login", "flask_security", "pydantic", "starlette", "zope"),
        *("advanced_alchemy", "fastapi_users", "fastapi_users_db_sqlalchemy"),
    )
)
_ADDS_COLUMNS = frozenset(
    ("advanced_alchemy", "fastapi_users", "fastapi_users_db_sqlalchemy", "flask_security", "sqlalchemy_utils")
)


@frozen
class Lineage:
    """``classes``: the class and its project bases in the order of look-up. ``kind`` is '' for what is not mapped.

    ``opaque``: a base or decorator that may do anything. ``partial``: one that may add columns. ``roots`` are the
    classes of ``classes`` that set up the mapping (``Base`` itself); ``decorated`` ones are mapped by a decorator.
    """

    classes: tuple[ClassRef, ...]
    kind: str
    opaque: bool
    partial: bool
    dataclass: bool
    roots: frozenset[ClassRef]
    decorated: bool


@frozen
class _Step:
    """One base or decorator, read."""

    kind: str = ""
    opaque: bool = False
    partial: bool = False
    dataclass: bool = False
    base: ClassRef | None = None
    root: bool = False  # the class that has this step is a declarative base itself
    decorated: bool = False


class Lineages:
    def __init__(self, alchemy: Alchemy) -> None:
        self.alchemy = alchemy
        self._memo: dict[ClassRef, Lineage] = {}

    def forget(self, module: Module) -> None:
        for cls in module.facts.classes:
            self._memo.pop(ClassRef(module, cls), None)

    def of(self, ref: ClassRef) -> Lineage:
        if ref not in self._memo:
            self._memo[ref] = Lineage((ref,), "", True, True, False, frozenset(), False)  # a circle of bases
            self._memo[ref] = self._read(ref)
        return self._memo[ref]

    def _read(self, ref: ClassRef) -> Lineage:
        place = Place(ref.module)
        steps = [step for base in ref.cls.bases for step in self._base(place, base)]
        steps += [self._decorator(place, expr) for expr in ref.cls.decorators]
        steps += [self._keyword(place, key, value) for key, value in ref.cls.keywords]
        above = [self.of(step.base) for step in steps if step.base and step.base != ref]
        kinds = [step.kind for step in steps if step.kind] + [line.kind for line in above if line.kind]
        root = frozenset({ref} if any(step.root for step in steps) else ())
        return Lineage(
            classes=_linear(ref, [line.classes for line in above]),
            kind=kinds[0] if kinds else "",
            opaque=any(step.opaque for step in steps) or any(line.opaque for line in above),
            partial=any(step.partial for step in steps) or any(line.partial for line in above),
            dataclass=any(step.dataclass for step in steps) or any(line.dataclass for line in above),
            roots=root.union(*(line.roots for line in above)),
            decorated=any(step.decorated for step in steps),
        )

    def _base(self, place: Place, base: Expr) -> Iterator[_Step]:
        if isinstance(base, Item):  # Generic[T]
            yield from self._base(place, base.value)
            return
        if isinstance(base, Name) and base.dotted.endswith(".Model"):
            made = self.alchemy.flask_instance(place, Name(base.dotted.rpartition(".")[0]))
            if made:
                yield _Step(kind=FLASK)
                yield from self._argument(place, made.keyword("model_class"))
                return
        found = self.alchemy.candidates(place, base)
        refs = [target for target in found if isinstance(target, ClassRef)]
        if len(refs) == 1 and len(found) == 1:
            yield _Step(base=refs[0])
        elif externals := self.alchemy.externals(place, base):
            yield from map(_external_base, sorted(externals))
        elif len(found) == 1 and isinstance(found[0], ValueRef):
            yield from self._call(Place(found[0].module), found[0].value)
        else:
            yield from self._call(place, base)

    def _call(self, place: Place, expr: Expr) -> Iterator[_Step]:
        """``declarative_base()``, ``registry().generate_base()`` or anything else that makes a base class."""
        made = self.alchemy.made(place, expr)
        if made and made.name == "declarative_base":
            yield _Step(kind=DECLARATIVE, opaque=made.call.keyword("constructor") is not None)
            yield from self._argument(place, made.call.keyword("cls"))
        elif self._registry_method(place, expr) == "generate_base" and isinstance(expr, Call):
            yield _Step(kind=DECLARATIVE)
            yield from self._argument(place, expr.keyword("cls"))
        elif made and made.name == "automap_base":
            yield _Step(kind=DECLARATIVE, opaque=True, partial=True)
        else:
            yield _Step(opaque=True, partial=True)

    def _argument(self, place: Place, given: Expr | None) -> Iterator[_Step]:
        if given is not None and given != Name("object"):
            yield from self._base(place, given)

    def _registry_method(self, place: Place, expr: Expr) -> str:
        """The method called on a ``registry()`` of SQLAlchemy, '' for other calls."""
        dotted = expr.dotted if isinstance(expr, Call) else expr.dotted if isinstance(expr, Name) else ""
        owner, _, method = dotted.rpartition(".")
        made = self.alchemy.made(place, Name(owner)) if owner else None
        return method if made and made.name == "registry" else ""

    def _decorator(self, place: Place, expr: Expr) -> _Step:
        callee = expr.func if isinstance(expr, Call) else expr
        name = self.alchemy.name(place, callee) or self._registry_method(place, expr)
        if name in _MAKES_BASE:
            return _Step(kind=DECLARATIVE, root=True)
        if name in _MAPS or name == "mapped_as_dataclass":
            return _Step(kind=DECLARATIVE, decorated=True, dataclass=name == "mapped_as_dataclass")
        externals = self.alchemy.externals(place, callee)
        if externals and all(_is_harmless(dotted) for dotted in externals):
            return _Step()
        target = self.alchemy.target(place, callee)
        harmless = isinstance(target, FunctionRef) and not touches_classes(target)
        return _Step() if harmless else _Step(opaque=True, partial=True)

    def _keyword(self, place: Place, key: str | None, value: Expr) -> _Step:
        if key != "metaclass":
            return _Step(opaque=key is None)
        if self.alchemy.name(place, value) in _METACLASSES:
            return _Step(kind=DECLARATIVE, root=True)
        externals = self.alchemy.externals(place, value)
        return _Step() if externals and all(map(_is_harmless, externals)) else _Step(opaque=True, partial=True)


def _external_base(dotted: str) -> _Step:
    head, last = dotted.partition(".")[0], dotted.rpartition(".")[2]
    if head == "sqlalchemy" and last in _BASES:
        return _Step(kind=DECLARATIVE, root=True)
    if head == "sqlalchemy" and last == "MappedAsDataclass":
        return _Step(dataclass=True)
    if head == "sqlalchemy" and last == "DeferredReflection":
        return _Step(partial=True)
    if head == "sqlmodel" and last == "SQLModel":
        return _Step(kind=SQLMODEL)
    if head == "advanced_alchemy" and last.endswith("Base"):
        return _Step(kind=DECLARATIVE, partial=True)
    if _is_harmless(dotted):
        return _Step(partial=head in _ADDS_COLUMNS and last != "UserMixin")
    return _Step(opaque=True, partial=True)


def _is_harmless(dotted: str) -> bool:
    head = dotted.partition(".")[0]
    return head in _HARMLESS or head in sys.stdlib_module_names


def touches_classes(target: FunctionRef) -> bool:
    """Whether a function may change a class it is given: it sets attributes, listens to events or makes another."""
    prefix = f"{target.function.qualname}."
    inside = [one for name, one in target.module.functions.items() if name.startswith(prefix)]
    nodes = [node for one in (target.function, *inside) for node in one.body.nodes]
    return any(
        isinstance(node, Assign) and any(isinstance(each, Name) and "." in each.dotted for each in node.targets)
        for node in nodes
    ) or any(isinstance(node, Call) and node.dotted.rpartition(".")[2] in _CHANGES for node in nodes)


_CHANGES = frozenset(("setattr", "listen", "listens_for", "type", "update"))


def _linear(ref: ClassRef, above: list[tuple[ClassRef, ...]]) -> tuple[ClassRef, ...]:
    """The class, then its bases, each after all that derive from it: what C3 gives for hierarchies without conflict."""
    order = [each for line in above for each in line]
    last = {each: index for index, each in enumerate(order)}
    return (ref, *(each for index, each in enumerate(order) if last[each] == index))


def own_constant(module: Module, cls: Class, name: str) -> Expr | None:
    """The value that a class body gives a name."""
    for statement, _ in flatten(cls.statements):
        if isinstance(statement, Assign) and Name(name) in statement.targets:
            return statement.value
    return None


def is_abstract(ref: ClassRef) -> bool:
    return own_constant(ref.module, ref.cls, "__abstract__") == Const(True)
