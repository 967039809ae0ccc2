"""Objects that a function constructs: their names, the collections they go into, and what is assigned to them."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Assign, Attr, Await, Call, Comp, Expr, Name, Seq, Star, Walrus, walk
from lint_fixtures.facts import Function
from lint_fixtures.index.evaluation import own_parts
from lint_fixtures.index.modules import flatten


class LocalObjects:
    """How a function's local objects are named, collected, assigned to and passed on."""

    def __init__(
        self, function: Function, inner: tuple[Function, ...] = (), until: tuple[int, int] | None = None
    ) -> None:
        """``inner`` are the functions inside: they may do anything to the objects of the outer one. What stands from
        ``until`` (line and column) on is left out."""
        whole = [statement for statement, _ in flatten(function.body.statements)]
        statements = [each for each in whole if until is None or (each.line, each.col) < until]
        self.assigns = [each for each in statements if isinstance(each, Assign) and each.value is not None]
        self.calls = [each for each in function.body.calls if until is None or (each.line, each.col) < until]
        self.parts = [part for each in statements for part in own_parts(each)]
        self._inner = {node.dotted.partition(".")[0] for each in inner for node in _names(each.body.statements)}

    def name_of(self, built: Call) -> str | None:
        """The local name that an object is given at its construction."""
        for statement in self.assigns:
            if statement.value is not None and _bare(statement.value) is built:
                return next((t.dotted for t in statement.targets if isinstance(t, Name)), None)
        return next((n.name for each in self.parts for n in walk(each) if _is_walrus(n, built)), None)  # type: ignore[union-attr]

    def rebound(self, built: Call) -> bool:
        """Whether the same name holds other objects too: then uses of the name say nothing about this one."""
        name = self.name_of(built)
        return name is not None and sum(Name(name) in each.targets for each in self.assigns) > 1

    def assigned(self, built: Call) -> Iterator[tuple[str, Expr]]:
        """``row.attribute = value`` after the construction."""
        name = self.name_of(built)
        for statement in self.assigns if name else ():
            for target in statement.targets:
                if isinstance(target, Name) and target.dotted.rpartition(".")[0] == name and statement.value:
                    yield target.dotted.rpartition(".")[2], statement.value

    def methods(self, built: Call) -> list[str]:
        """The methods that are called on an object."""
        name = self.name_of(built)
        fresh = (call.func for call in self.calls if isinstance(call.func, Attr))
        own = [func.name for func in fresh if _bare(func.value) is built]
        dotted = (call.dotted.rpartition(".") for call in self.calls if name is not None)
        return own + [method for receiver, _, method in dotted if receiver == name]

    def escapes(self, built: Call) -> bool:
        """Whether an object goes where it cannot be followed: into an attribute, another name, an inner function, or a
        collection that is used for more than to be filled and added."""
        name = self.name_of(built)
        if name is not None and (name in self._inner or self._is_handed_on(name)):
            return True
        return any(self._is_used(each) for each in self._collections(built) if each != name)

    def _is_handed_on(self, name: str) -> bool:
        for statement in self.assigns:
            plain = all(isinstance(target, Name) and "." not in target.dotted for target in statement.targets)
            collected = plain and isinstance(statement.value, (Seq, Call))
            if not collected and Name(name) in _names(statement.value):
                return True
        return any(call.dotted.endswith(".expunge") and Name(name) in call.args for call in self.calls)

    def _collections(self, built: Call) -> Iterator[str]:
        for statement in self.assigns:
            names = [] if isinstance(statement.value, (Call, Await)) else statement.targets
            yield from (name.dotted for name in names if isinstance(name, Name) and built in self.members(name))

    def _is_used(self, name: str) -> bool:
        wanted = Name(name)
        if any(wanted in each.targets and len(each.targets) > 1 for each in self.assigns):
            return True
        mentions = sum(found == wanted for each in self.parts for found in _names(each))
        harmless = sum(
            wanted in call.args for call in self.calls if call.dotted.endswith(("add_all", "objects", "len"))
        )
        given = sum(wanted in each.targets for each in self.assigns)
        return name in self._inner or mentions > harmless + given

    def members(self, expr: Expr, depth: int = 0) -> list[Call]:
        """The constructions that an argument of ``add`` or ``add_all`` stands for."""
        match expr:
            case Call():
                return [expr]
            case Await(value=value) | Star(value=value) | Walrus(value=value):
                return self.members(value, depth)
            case Seq(items=items) | Comp(elements=items):
                return [found for item in items for found in self.members(item, depth)]
            case Name() if depth < 4:
                return [found for value in self._values(expr) for found in self.members(value, depth + 1)]
        return []

    def _values(self, name: Name) -> list[Expr]:
        given = [each.value for each in self.assigns if name in each.targets and each.value is not None]
        appended = [call.args[0] for call in self.calls if call.dotted == f"{name.dotted}.append" and call.args]
        return given + appended


def _names(node: object) -> list[Name]:
    return [found for found in walk(node) if isinstance(found, Name)]


def _bare(expr: Expr) -> Expr:
    return expr.value if isinstance(expr, Await) else expr


def _is_walrus(node: object, built: Call) -> bool:
    return isinstance(node, Walrus) and node.value is built
