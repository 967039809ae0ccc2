"""Attributes that a model sets by itself: own constructors, validators, listeners."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Assign, Attr, Call, Const, Expr, Item, Name, Star, calls
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index.alchemy import Alchemy, Place
from lint_fixtures.index.lineage import Lineage
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import ClassRef, External, FunctionRef, ModuleRef

_CONSTRUCTORS = frozenset(("__init__", "__new__", "__post_init__", "model_post_init"))
_EVENTS = frozenset(("init", "before_insert", "before_flush", "before_attach", "set", "append", "transient_to_pending"))
_ANYTHING = frozenset(("setattr", "exec", "vars"))


@frozen
class Filled:
    """``attributes`` None: any may be set."""

    attributes: frozenset[str] | None
    own_init: bool


class Fills:
    def __init__(self, alchemy: Alchemy) -> None:
        self.alchemy = alchemy
        self._calls: dict[Module, tuple[Call, ...]] = {}

    def forget(self, module: Module) -> None:
        self._calls.pop(module, None)

    def of(self, lineage: Lineage) -> Filled:
        methods = [
            (method, ref)
            for ref in lineage.classes
            for method in ref.module.methods.get(ref.cls.qualname, ())
            if self._may_fill(method, ref)
        ]
        own_init = any(method.name in _CONSTRUCTORS and not _passes_all_on(method) for method, _ in methods)
        functions = [method for method, _ in methods]
        for module in dict.fromkeys(ref.module for ref in lineage.classes):
            functions += self._listeners(module, lineage)
        if lineage.opaque or any(_sets_anything(function) for function in functions):
            return Filled(None, own_init)
        return Filled(frozenset(name for function in functions for name in _assigned(function)), own_init)

    def _may_fill(self, method: Function, ref: ClassRef) -> bool:
        place = Place(ref.module)
        decorators = (expr.func if isinstance(expr, Call) else expr for expr in method.decorators)
        return method.name in _CONSTRUCTORS or any(self.alchemy.name(place, expr) == "validates" for expr in decorators)

    def _listeners(self, module: Module, lineage: Lineage) -> Iterator[Function]:
        place = Place(module)
        for function in module.facts.functions:
            for expr in function.decorators:
                if isinstance(expr, Call) and self._listens(place, expr, "listens_for", lineage):
                    yield function
        if module not in self._calls:
            self._calls[module] = tuple(call for call in calls(module.facts.statements) if len(call.args) >= 3)
        for call in self._calls[module]:
            if self._listens(place, call, "listen", lineage):
                target = self.alchemy.target(place, call.args[2])
                if isinstance(target, FunctionRef):
                    yield target.function

    def _listens(self, place: Place, call: Call, name: str, lineage: Lineage) -> bool:
        if self.alchemy.name(place, call.func) != name or len(call.args) < 2:
            return False
        event = self.alchemy.constant(place, call.args[1])
        return (event is None or event.value in _EVENTS) and self._concerns(place, call.args[0], lineage)

    def _concerns(self, place: Place, expr: Expr, lineage: Lineage) -> bool:
        """Whether a listener's target may be the class, a base of it, one of its attributes, or a session."""
        target = self.alchemy.target(place, expr)
        if isinstance(target, ClassRef):
            return target in lineage.classes
        if isinstance(target, (External, ModuleRef)) or not isinstance(expr, Name) or "." not in expr.dotted:
            return True
        owner = self.alchemy.target(place, Name(expr.dotted.rpartition(".")[0]))
        return not isinstance(owner, ClassRef) or owner in lineage.classes


def _passes_all_on(method: Function) -> bool:
    """Whether a constructor hands what it is given to ``super().__init__`` as it is, and calls nothing else on itself.

    What it assigns besides counts as filled like anything else.
    """
    rest = [param.name for param in method.params[1:] if param.kind in {"args", "kwargs"}]
    if method.name != "__init__" or len(rest) != len(method.params) - 1:
        return False
    handed, others = 0, 0
    for call in method.body.calls:
        if _is_super_init(call):
            given = (*(arg.value for arg in call.args if isinstance(arg, Star)), *(value for _, value in call.keywords))
            handed += given == tuple(map(Name, rest)) and len(call.args) + len(call.keywords) == len(rest)
        others += call.dotted.startswith("self.") or Name("self") in call.args
    used = [node for node in method.body.nodes if isinstance(node, Name) and node.dotted.partition(".")[0] in rest]
    return handed == 1 and not others and len(used) == len(rest)


def _is_super_init(call: Call) -> bool:
    match call.func:
        case Attr(value=Call(args=()) as inner, name="__init__"):
            return inner.dotted == "super"
    return False


def _sets_anything(function: Function) -> bool:
    names = {call.dotted for call in function.body.calls}
    return bool(names & _ANYTHING) or any(name.endswith("__dict__.update") for name in names)


def _assigned(function: Function) -> Iterator[str]:
    """Attributes that a function assigns, and keys that it puts into keyword arguments before it hands them on."""
    for node in function.body.nodes:
        if isinstance(node, Assign):
            for target in node.targets:
                if isinstance(target, Name) and "." in target.dotted:
                    yield target.dotted.rpartition(".")[2]
                elif isinstance(target, Item) and isinstance(target.key, Const) and isinstance(target.key.value, str):
                    yield target.key.value
        elif isinstance(node, Call):
            yield from (key for key, _ in node.keywords if key and node.dotted.endswith("__init__"))
            if node.dotted.endswith(".setdefault") and node.args and isinstance(node.args[0], Const):
                yield str(node.args[0].value)
