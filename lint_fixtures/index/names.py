"""What a name stands for: followed through imports, aliases, star imports and re-exports, never through ``sys.path``.

Names of other packages stay names (``pytest.fixture``): rules compare them with tables instead of opening the packages.
"""

from __future__ import annotations

from typing import TypeAlias

from lint_fixtures.body import Assign, Expr, Name
from lint_fixtures.facts import Class, Function, Import, Star
from lint_fixtures.frozen import frozen
from lint_fixtures.index.modules import Binding, Module, Modules, bound_names, flatten, surviving

_DEPTH = 12  # longest chain of aliases and re-exports that is followed


@frozen
class External:
    """A name of the standard library or of another package."""

    dotted: str


@frozen
class ModuleRef:
    module: Module


@frozen
class FunctionRef:
    module: Module
    function: Function


@frozen
class ClassRef:
    module: Module
    cls: Class


@frozen
class ValueRef:
    """A module-level or class-level variable, by the expression that it was last given."""

    module: Module
    name: str
    value: Expr
    line: int = 0


@frozen
class Unresolved:
    """Local variable, parameter, or something that cannot be told from source."""


UNRESOLVED = Unresolved()
Target: TypeAlias = External | ModuleRef | FunctionRef | ClassRef | ValueRef | Unresolved


class Names:
    """Resolves names; remembers what it found for one run."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._memo: dict[Module, dict[str, tuple[Target, ...]]] = {}
        self._locals: dict[Function, frozenset[str]] = {}

    def forget(self, module: Module) -> None:
        self._memo.pop(module, None)
        for function in module.facts.functions:
            self._locals.pop(function, None)

    def resolve(self, module: Module, dotted: str, function: Function | None = None) -> Target:
        """What a dotted name means at module level, or inside ``function``; UNRESOLVED unless there is one answer."""
        found = self.candidates(module, dotted, function)
        return found[0] if len(found) == 1 else UNRESOLVED

    def candidates(self, module: Module, dotted: str, function: Function | None = None) -> tuple[Target, ...]:
        """All that the name may mean, where ``if`` and ``try`` arms differ."""
        head, _, rest = dotted.partition(".")
        starts = self._local(module, head, function) if function else None
        if starts is None:
            starts = self.global_name(module, head)
        for part in rest.split(".") if rest else ():
            if len(starts) == 1:
                starts = (self.member(starts[0], part),)
                continue
            found = [self.member(start, part) for start in starts]
            starts = tuple(found) if len(found) == 1 else tuple(dict.fromkeys(found))
        return starts

    def global_name(self, module: Module, name: str, depth: int = 0) -> tuple[Target, ...]:
        memo = self._memo.setdefault(module, {})
        if name not in memo:
            memo[name] = (UNRESOLVED,)  # a circle of imports resolves to nothing
            memo[name] = self._global(module, name, depth)
        return memo[name]

    def member(self, target: Target, name: str) -> Target:
        """What ``target.name`` means."""
        match target:
            case External(dotted=dotted):
                return External(f"{dotted}.{name}")
            case ModuleRef(module=module):
                found = self._of_module(module, name, 0)
                return found[0] if len(found) == 1 else UNRESOLVED
            case ClassRef(module=module, cls=cls):
                return self.class_member(module, cls, name)
            case _:
                return UNRESOLVED

    def class_member(self, module: Module, cls: Class, name: str, depth: int = 0) -> Target:
        """An attribute of a class or of its project bases, in the order of definition (a plain reading of the MRO)."""
        qualname = f"{cls.qualname}.{name}"
        if qualname in module.functions and module.functions[qualname].owner == cls.qualname:
            return FunctionRef(module, module.functions[qualname])
        if qualname in module.classes:
            return ClassRef(module, module.classes[qualname])
        for statement, _ in flatten(cls.statements):
            if isinstance(statement, Assign) and statement.value and Name(name) in statement.targets:
                return ValueRef(module, qualname, statement.value, statement.line)
        for base in self.bases(module, cls) if depth < _DEPTH else ():
            if isinstance(base, ClassRef):
                found = self.class_member(base.module, base.cls, name, depth + 1)
                if found != UNRESOLVED:
                    return found
        return UNRESOLVED

    def bases(self, module: Module, cls: Class) -> tuple[Target, ...]:
        """What each base of a class means, in order."""
        return tuple(self.resolve_expr(module, base) for base in cls.bases)

    def resolve_expr(self, module: Module, expr: Expr, function: Function | None = None) -> Target:
        """What a plain (dotted) name means; UNRESOLVED for any other expression."""
        return self.resolve(module, expr.dotted, function) if isinstance(expr, Name) else UNRESOLVED

    def _local(self, module: Module, head: str, function: Function) -> tuple[Target, ...] | None:
        """The meaning inside a function, None when the name is not local to it or to the functions around it."""
        for item in function.imports:
            if item.local == head:
                return self._imported(module, item, 0)
        qualname = f"{function.qualname}.{head}"
        if qualname in module.functions:
            return (FunctionRef(module, module.functions[qualname]),)
        if qualname in module.classes:
            return (ClassRef(module, module.classes[qualname]),)
        if head in self.local_names(function):
            return (UNRESOLVED,)
        outer = module.functions.get(function.qualname.rpartition(".")[0])
        return self._local(module, head, outer) if outer else None

    def local_names(self, function: Function) -> frozenset[str]:
        """Parameters and assigned names of a function, without what it declares global."""
        if function not in self._locals:
            self._locals[function] = bound_names(function.body) | {param.name for param in function.params}
        return self._locals[function]

    def _global(self, module: Module, name: str, depth: int) -> tuple[Target, ...]:
        if not module.facts.parsed or depth > _DEPTH:
            return (UNRESOLVED,)
        bindings = sorted([*module.bindings.get(name, ()), *self._stars(module, name)], key=lambda one: one.line)
        found = tuple(dict.fromkeys(t for one in surviving(bindings) for t in self._bound(module, one, name, depth)))
        if found:
            return _without_fallbacks(found)
        unknown_star = any(self._opaque(module, one.what) for one in module.bindings.get("*", ()))
        return (UNRESOLVED,) if unknown_star else (External(f"builtins.{name}"),)

    def _bound(self, module: Module, binding: Binding, name: str, depth: int) -> tuple[Target, ...]:
        match binding.what:
            case Function() as function:
                return (FunctionRef(module, function),)
            case Class() as cls:
                return (ClassRef(module, cls),)
            case Import() as item:
                return self._imported(module, item, depth)
            case Star() as star:
                source = self.star_module(module, star)
                return self._of_module(source, name, depth + 1) if source else (UNRESOLVED,)
            case Assign(value=Name(dotted=dotted)) if dotted.partition(".")[0] != name:
                return self.candidates(module, dotted)
            case Assign(value=value, line=line) if value is not None:
                return (ValueRef(module, name, value, line),)
        return (UNRESOLVED,)

    def _imported(self, module: Module, item: Import, depth: int) -> tuple[Target, ...]:
        path = self.modules.sources.module_file(item.module, module.path, item.level)
        source = self.modules.load(path) if path else None
        if source is None:
            return self._not_a_file(module, item)
        if item.attribute is None:
            return (ModuleRef(source),)
        return self._of_module(source, item.attribute, depth + 1)

    def _not_a_file(self, module: Module, item: Import) -> tuple[Target, ...]:
        """A namespace package's submodule, else a name of another package."""
        if item.attribute is not None:
            dotted = f"{item.module}.{item.attribute}" if item.module else item.attribute
            path = self.modules.sources.module_file(dotted, module.path, item.level)
            source = self.modules.load(path) if path else None
            if source is not None:
                return (ModuleRef(source),)
            return (UNRESOLVED,) if item.level else (External(dotted),)
        return (External(item.module),)

    def _of_module(self, module: Module, name: str, depth: int) -> tuple[Target, ...]:
        if name in module.bindings or any(self._stars(module, name)):
            return self.global_name(module, name, depth)
        path = self.modules.sources.submodule(module.path, name)
        source = self.modules.load(path) if path else None
        return (ModuleRef(source),) if source else (UNRESOLVED,)

    def _stars(self, module: Module, name: str) -> list[Binding]:
        """The star imports of a module that bring in a name."""
        return [one for one in module.bindings.get("*", ()) if self._brings(module, one.what, name)]

    def _brings(self, module: Module, star: object, name: str) -> bool:
        source = self.star_module(module, star)
        return source is not None and name in self.public_names(source)

    def public_names(self, module: Module, depth: int = 0) -> frozenset[str]:
        """What ``from module import *`` binds."""
        if module.facts.exported is not None:
            return frozenset(module.facts.exported)
        names = {name for name in module.bindings if not name.startswith("_") and name != "*"}
        for binding in module.bindings.get("*", ()) if depth < _DEPTH else ():
            source = self.star_module(module, binding.what)
            if source and source is not module:
                names |= self.public_names(source, depth + 1)
        return frozenset(names)

    def star_module(self, module: Module, star: object) -> Module | None:
        """The project module that a star import names; None for another package's, or for any other binding."""
        if not isinstance(star, Star):
            return None
        path = self.modules.sources.module_file(star.module, module.path, star.level)
        return self.modules.load(path) if path else None

    def _opaque(self, module: Module, star: object) -> bool:
        source = self.star_module(module, star)
        return source is None or not source.facts.parsed


def _without_fallbacks(found: tuple[Target, ...]) -> tuple[Target, ...]:
    """Leaves out ``x = None`` in an ``except ImportError`` arm when another arm says what x is."""
    told = tuple(target for target in found if not isinstance(target, ValueRef))
    return told if len(told) == 1 else found
