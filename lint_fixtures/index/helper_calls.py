"""Calls of the project's own helpers that build rows: which function runs, and what its parameters get."""

from __future__ import annotations

from lint_fixtures.body import Call, Name
from lint_fixtures.frozen import frozen, replace
from lint_fixtures.index.names import ClassRef, External, FunctionRef, Target
from lint_fixtures.index.payloads import Frame, Payloads
from lint_fixtures.index.values import Scope, outcomes

_BINDS_CLASS = "builtins.classmethod"
_BINDS_NOTHING = "builtins.staticmethod"


@frozen
class Helper:
    """A function of the project that a call runs; ``bound`` when its first parameter is ``self`` or ``cls``."""

    ref: FunctionRef
    bound: bool = False
    cls: ClassRef | None = None

    @property
    def scope(self) -> Scope:
        return Scope(self.ref.module, self.ref.function)


class HelperCalls:
    def __init__(self, payloads: Payloads) -> None:
        self.payloads = payloads
        self.names = payloads.names

    def helper(self, call: Call, scope: Scope, frame: Frame | None = None) -> Helper | None:
        """The function that a call runs; None for generators, decorated ones, and what cannot be told."""
        receiver, _, method = call.dotted.rpartition(".")
        if not method:
            return None
        cls = self._owner(receiver, scope, frame) if receiver in {"self", "cls"} else None
        if cls is not None:
            return self._method(self.names.class_member(cls.module, cls.cls, method), cls, on_class=receiver == "cls")
        holder = self.names.resolve(scope.module, receiver, scope.function) if receiver else None
        if isinstance(holder, ClassRef):
            found = self.names.class_member(holder.module, holder.cls, method)
            return self._method(found, holder, on_class=True)
        target = self.names.resolve(scope.module, call.dotted, scope.function)
        if not isinstance(target, FunctionRef):
            target = self._handed_out(call.dotted, scope) or target
        plain = isinstance(target, FunctionRef) and not target.function.decorators and not target.function.owner
        return _looked_into(target) if plain else None

    def _owner(self, receiver: str, scope: Scope, frame: Frame | None) -> ClassRef | None:
        if frame is not None and frame.cls is not None:
            return frame.cls
        function = scope.function
        cls = scope.module.classes.get(function.owner) if function is not None else None
        first = function.params[0].name if function is not None and function.params else ""
        return ClassRef(scope.module, cls) if cls is not None and first == receiver else None

    def _method(self, found: Target, cls: ClassRef, on_class: bool) -> Helper | None:
        if not isinstance(found, FunctionRef):
            return None
        marks = [self.names.resolve_expr(found.module, each) for each in found.function.decorators]
        if marks == [External(_BINDS_NOTHING)]:
            return _looked_into(found)
        if marks == [External(_BINDS_CLASS)] or (not marks and not on_class):
            return _looked_into(found, bound=True, cls=cls)
        return None

    def _handed_out(self, name: str, scope: Scope) -> FunctionRef | None:
        """The inner function that a fixture hands out: ``make_campaign(...)``."""
        params = scope.function.params if scope.function is not None else ()
        if not any(param.name == name and param.default is None for param in params):
            return None
        fixture = self.payloads.values.requested(name, scope)
        handed = outcomes(fixture.function) if fixture is not None else ()
        if fixture is None or len(handed) != 1 or not isinstance(handed[0], Name):
            return None
        target = self.names.resolve(fixture.module, handed[0].dotted, fixture.function)
        return target if isinstance(target, FunctionRef) else None

    def frame(self, helper: Helper, call: Call, scope: Scope, outer: Frame | None = None) -> Frame | None:
        """What the helper's parameters get; None when the arguments cannot be matched to them."""
        function = helper.ref.function
        params = function.params[1:] if helper.bound else function.params
        found = self.payloads.frame(function, params, call, scope, outer)
        return replace(found, cls=helper.cls) if found is not None else None


def _looked_into(target: Target | None, bound: bool = False, cls: ClassRef | None = None) -> Helper | None:
    if not isinstance(target, FunctionRef) or target.function.is_generator:
        return None
    return Helper(target, bound, cls)
