"""Factories of factory_boy and polyfactory: which model they make, what they fill, and which parents come along."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Assign, Call, Const, Expr, Item, Name
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index.model_facts import Model
from lint_fixtures.index.models import Models
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.mro import linear
from lint_fixtures.index.names import ClassRef, External, Names
from lint_fixtures.index.payloads import ELSEWHERE

_FACTORY_BOY = frozenset({"factory.alchemy.SQLAlchemyModelFactory"})
_POLYFACTORY = frozenset(
    {
        "polyfactory.factories.sqlalchemy_factory.SQLAlchemyFactory",
        "polyfactory.factories.SQLAlchemyFactory",
    }
)
_SUB = "factory.SubFactory"
_LATER = frozenset(  # run after the row is made: they fill nothing of it that is required, and may make more rows
    f"factory.{name}" for name in ("RelatedFactory", "RelatedFactoryList", "PostGeneration", "PostGenerationMethodCall")
)
_CREATING = frozenset(
    {"create", "create_batch", "create_sync", "create_async", "create_batch_sync", "create_batch_async"}
)
_HOOKS = frozenset({"_adjust_kwargs", "_build", "_generate", "_after_postgeneration", "_save"})
_OPTIONS = frozenset({"exclude", "rename", "inline_args", "strategy"})
_DEPTH = 6


@frozen
class Factory:
    """``given``: what a row gets by itself. ``open``: it may get more. ``subs``: the factories of its parents.

    ``shares``: what it flushes is the session of the suite, with all that lies in it.
    """

    model: Model | None
    given: dict[str, Expr]
    subs: tuple[ClassRef | None, ...]
    open: bool
    flushes: bool
    shares: bool = False


class Factories:
    """Reads each factory class once per run."""

    def __init__(self, names: Names, models: Models) -> None:
        self.names = names
        self.models = models
        self._read: dict[ClassRef, Factory | None] = {}

    def forget(self, module: Module) -> None:
        for cls in module.facts.classes:
            self._read.pop(ClassRef(module, cls), None)

    def called(self, call: Call, module: Module, function: Function | None) -> ClassRef | None:
        """The factory class that a call makes rows with: ``OrgFactory(...)`` or ``OrgFactory.create_batch(...)``."""
        for dotted in (call.dotted, call.dotted.rpartition(".")[0]):
            plain = dotted == call.dotted
            if not dotted or not (plain or call.dotted.rpartition(".")[2] in _CREATING):
                continue
            target = self.names.resolve(module, dotted, function)
            if isinstance(target, ClassRef):
                return target if self.of(target) is not None else None
        return None

    def of(self, ref: ClassRef) -> Factory | None:
        """None for a class that is no factory of rows."""
        if ref not in self._read:
            self._read[ref] = None
            bases = list(self._bases(ref))
            if any(name in _FACTORY_BOY for name, _, _ in bases):
                self._read[ref] = self._factory_boy(ref)
            elif any(name in _POLYFACTORY for name, _, _ in bases):
                self._read[ref] = self._polyfactory(ref, bases)
        return self._read[ref]

    def made(self, ref: ClassRef, depth: int = 0) -> tuple[frozenset[str], bool]:
        """The tables that a factory fills for sure, parents included, and whether there may be more."""
        factory = self.of(ref)
        if factory is None or factory.model is None or factory.model.table is None or depth > _DEPTH:
            return frozenset(), True
        tables, more = {factory.model.table}, factory.open
        for sub in factory.subs:
            found, unknown = self.made(sub, depth + 1) if sub is not None else (frozenset[str](), True)
            tables |= found
            more = more or unknown
        return frozenset(tables), more

    def _bases(self, ref: ClassRef) -> Iterator[tuple[str, ClassRef, Expr | None]]:
        """Bases of other packages, with the class that names them and what stands in their brackets."""
        for each in linear(self.names, ref):
            for base in each.cls.bases:
                inner = base.key if isinstance(base, Item) else None
                target = self.names.resolve_expr(each.module, base.value if isinstance(base, Item) else base)
                if isinstance(target, External):
                    yield target.dotted, each, inner

    def _factory_boy(self, ref: ClassRef) -> Factory:
        classes = linear(self.names, ref)
        meta = [(each, option) for each in classes for option in _own(each, f"{each.cls.qualname}.Meta")]
        named = next(((each, value) for each, (name, value) in meta if name == "model"), None)
        model = self.models.model(named[0].module, named[1]) if named else None
        unclear = any(name in _OPTIONS for _, (name, _) in meta) or any(self._intervenes(each) for each in classes)
        given: dict[str, Expr] = {}
        subs: list[ClassRef | None] = []
        for each in reversed(classes):
            for name, value in _own(each, each.cls.qualname):
                kind = self._kind(each, value)
                unclear = unclear or kind in _LATER
                if not name.startswith("_"):
                    given[name] = value if isinstance(value, Const) else ELSEWHERE
                if kind == _SUB and isinstance(value, Call):
                    subs.append(self._sub(each, value))
        persists = any(name == "sqlalchemy_session_persistence" and value != Const(None) for _, (name, value) in meta)
        flushes = persists or any(map(_flushes, classes))
        return Factory(model, given, tuple(subs), unclear or model is None, flushes, shares=flushes)

    def _intervenes(self, each: ClassRef) -> bool:
        """Whether a class of the project changes what its rows get: hooks, parameters, traits, post-generation."""
        if f"{each.cls.qualname}.Params" in each.module.classes:
            return True
        for method in each.module.methods.get(each.cls.qualname, ()):
            if method.name in _HOOKS or (method.name == "_create" and not _passes_on(method)):
                return True
            marks = (mark.func if isinstance(mark, Call) else mark for mark in method.decorators)
            plain = {External("builtins.classmethod"), External("builtins.staticmethod")}
            if any(self.names.resolve_expr(each.module, mark) not in plain for mark in marks):
                return True
        return False

    def _kind(self, each: ClassRef, value: Expr) -> str:
        target = self.names.resolve_expr(each.module, value.func) if isinstance(value, Call) else None
        return target.dotted.replace("factory.declarations.", "factory.") if isinstance(target, External) else ""

    def _sub(self, each: ClassRef, value: Call) -> ClassRef | None:
        target = self.names.resolve_expr(each.module, value.args[0]) if value.args else None
        return target if isinstance(target, ClassRef) else None

    def _polyfactory(self, ref: ClassRef, bases: list[tuple[str, ClassRef, Expr | None]]) -> Factory:
        """It fills every column by itself, keys too unless it is told not to."""
        classes = linear(self.names, ref)
        own = {name: (each, value) for each in reversed(classes) for name, value in _own(each, each.cls.qualname)}
        place, expr = own.get("__model__") or next(((each, key) for _, each, key in bases if key), (ref, Const(None)))
        model = self.models.model(place.module, expr)
        flags = {name: own[name][1] for name in own if name.startswith("__set_")}
        keys = flags.get("__set_foreign_keys__", Const(True)) != Const(False)
        related = flags.get("__set_relationships__") != Const(False)
        columns = model.columns.values() if model is not None else ()
        given: dict[str, Expr] = {each.attribute: ELSEWHERE for each in columns if keys or each.foreign_key is None}
        given |= {name: ELSEWHERE for name in own if not name.startswith("__")}
        hooks = any(each.module.methods.get(each.cls.qualname) for each in classes)
        return Factory(model, given, (None,), model is None or keys or related or hooks, flushes=True)


def _own(ref: ClassRef, qualname: str) -> Iterator[tuple[str, Expr]]:
    cls = ref.module.classes.get(qualname)
    for statement, _ in flatten(cls.statements) if cls is not None else ():
        if isinstance(statement, Assign) and statement.value is not None:
            yield from ((each.dotted, statement.value) for each in statement.targets if isinstance(each, Name))


def _flushes(ref: ClassRef) -> bool:
    """Whether the class has a ``_create`` of its own that flushes what it has made."""
    methods = ref.module.methods.get(ref.cls.qualname, ())
    called = (call.dotted.rpartition(".") for each in methods if each.name == "_create" for call in each.body.calls)
    return any(receiver and method in {"flush", "commit"} for receiver, _, method in called)


def _passes_on(create: Function) -> bool:
    """Whether a ``_create`` hands its keywords on as they are."""
    rest = next((each.name for each in create.params if each.kind == "kwargs"), "")
    statements = [statement for statement, _ in flatten(create.body.statements) if isinstance(statement, Assign)]
    targets = [target.value for each in statements for target in each.targets if isinstance(target, Item)]
    named = {each.dotted.partition(".")[0] for each in create.body.calls if "." in each.dotted}
    handed = [value for each in create.body.calls for key, value in each.keywords if key is None]
    return bool(rest) and Name(rest) in handed and Name(rest) not in targets and rest not in named
