"""Which app an override is set on, and what its provider gives: enough to say that two are the same, or are not."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from lint_fixtures.body import Attr, Await, Call, Const, Expr, Item, Lambda, Map, Name, Raise, Seq, walk
from lint_fixtures.frozen import frozen, replace
from lint_fixtures.index import kinds
from lint_fixtures.index.apps import owner_of, wrapped_app
from lint_fixtures.index.names import ClassRef, External, FunctionRef, ValueRef
from lint_fixtures.index.values import Scope, assigned, outcomes

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DEPTH = 6
_EACH_CALL = frozenset({kinds.SESSION, kinds.CONNECTION, kinds.ENGINE, kinds.FACTORY})


@frozen
class App:
    """One application object; ``scope`` is how long it lives."""

    identity: Hashable
    scope: str


def app_of(project: Project, expr: Expr, scope: Scope, depth: int = _DEPTH) -> App | None:
    """A module's app, or one that a fixture makes; None where that cannot be told."""
    match expr:
        case Await(value=value) if depth:
            return app_of(project, value, scope, depth - 1)
        case Call(args=(_, inner)) if expr.dotted.rpartition(".")[2] == "cast" and depth:
            return app_of(project, inner, scope, depth - 1)
        case Call() if scope.fixture is not None and scope.function is scope.fixture.function and scope.fixture.scope:
            return App((scope.module.path, expr.line, expr.col), scope.fixture.scope)
        case Attr(value=Call() as client, name="app") if depth:
            return _app_behind(project, client, scope, depth)
        case Name(dotted=dotted) if depth:
            return _named_app(project, dotted, scope, depth)
    return None


def _named_app(project: Project, dotted: str, scope: Scope, depth: int) -> App | None:
    head, _, rest = dotted.partition(".")
    owner = owner_of(project, head, scope)
    if owner is None:
        target = project.names.resolve(scope.module, dotted, scope.function)
        if isinstance(target, ValueRef):
            return App((target.module.path, target.name), "session")
        return App(target.dotted, "session") if isinstance(target, External) else None
    inside = replace(scope, function=owner)
    given = list(assigned(head, owner))
    if not given:
        fixture = project.values.requested(head, inside)
        if fixture is None or not fixture.certain or fixture.parametrized:
            return None
        given = list(outcomes(fixture.function))
        inside = Scope(fixture.module, fixture.function, scope.node, fixture)
    if len(given) != 1 or rest not in {"", "app"}:
        return None
    return app_of(project, given[0], inside, depth - 1) if not rest else _app_behind(project, given[0], inside, depth)


def _app_behind(project: Project, client: Expr, scope: Scope, depth: int) -> App | None:
    """The app that a client is made with."""
    while isinstance(client, Await):
        client = client.value
    if isinstance(client, Name) and scope.function is not None and depth:
        given = list(assigned(client.dotted, scope.function))
        return _app_behind(project, given[0], scope, depth - 1) if len(given) == 1 else None
    inner = wrapped_app(project, client, scope) if isinstance(client, Call) else None
    return app_of(project, inner, scope, depth - 1) if inner is not None and depth else None


def given_by(project: Project, provider: Expr, scope: Scope) -> Hashable | None:
    """What requests get from a provider, in a form that can be compared; None where that cannot be told."""
    if isinstance(provider, Lambda):
        inner = None if _reads_own(provider) else _Meaning(project).of(provider.value, scope, _DEPTH)
        return ("gives", inner) if inner is not None else None
    if isinstance(provider, Name):
        target = project.names.resolve_expr(scope.module, provider, scope.function)
        if isinstance(target, FunctionRef):
            nested = target.module is scope.module and target.function.nested
            inside = replace(scope, function=target.function) if nested else Scope(target.module, target.function)
            inner = _Meaning(project).of_function(inside, _DEPTH)
            return ("gives", inner) if inner is not None else None
    found = _Meaning(project).of(provider, scope, _DEPTH)
    return ("is", found) if found is not None else None


def are_different(one: Hashable | None, other: Hashable | None) -> bool:
    """Whether both can be told, in the same way, and are not the same."""
    if not isinstance(one, tuple) or not isinstance(other, tuple):
        return False
    return one[0] == other[0] and one != other


def _reads_own(provider: Lambda) -> bool:
    names = (node.dotted.partition(".")[0] for node in walk(provider.value) if isinstance(node, Name))
    return any(name in provider.params for name in names)


class _Meaning:
    """What an expression stands for: constants, fixtures, globals, and calls and items of those."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def of_function(self, scope: Scope, depth: int) -> Hashable | None:
        assert scope.function is not None
        if scope.function.decorators:
            return None
        given = outcomes(scope.function)
        raising = any(isinstance(node, Raise) for node in walk(scope.function.body.statements))
        if not given:
            return "raises" if raising else ("const", None)
        return self.of(given[0], scope, depth - 1) if len(given) == 1 and depth else None

    def of(self, expr: Expr, scope: Scope, depth: int) -> Hashable | None:
        if not depth:
            return None
        match expr:
            case Const(value=value):
                return ("const", value)
            case Await(value=value):
                return self.of(value, scope, depth)
            case Name(dotted=dotted):
                return self._name(dotted, scope, depth)
            case Item(value=value, key=key):
                return self._all("item", (value, key), scope, depth)
            case Attr(value=value, name=name):
                return self._all(f".{name}", (value,), scope, depth)
            case Seq(kind=kind, items=items):
                return self._all(kind, items, scope, depth)
            case Map(items=items):
                parts = tuple(part for key, value in items for part in (key or Const("**"), value))
                return self._all("map", parts, scope, depth)
            case Call() if self.project.values.kind(expr, scope) not in _EACH_CALL:
                names = ",".join(name or "**" for name, _ in expr.keywords)
                parts = (expr.func, *expr.args, *(value for _, value in expr.keywords))
                return self._all(f"call({names})", parts, scope, depth)
        return None

    def _all(self, what: str, parts: tuple[Expr, ...], scope: Scope, depth: int) -> Hashable | None:
        found = tuple(self.of(part, scope, depth - 1) for part in parts)
        return None if None in found else (what, *found)

    def _name(self, dotted: str, scope: Scope, depth: int) -> Hashable | None:
        head, _, rest = dotted.partition(".")
        owner = owner_of(self.project, head, scope)
        if owner is None:
            found = self.project.names.resolve(scope.module, dotted, scope.function)
            return found if isinstance(found, (ValueRef, FunctionRef, ClassRef, External)) else None
        inside = replace(scope, function=owner)
        given = list(assigned(head, owner))
        if given:
            start = self.of(given[0], inside, depth - 1) if len(given) == 1 else None
        else:
            start = self._requested(head, inside, depth)
        return (start, rest) if start is not None and rest else start

    def _requested(self, name: str, scope: Scope, depth: int) -> Hashable | None:
        """A fixture: the one that it hands on, where it does nothing else."""
        fixture = self.project.values.requested(name, scope)
        if fixture is None or not fixture.certain or fixture.parametrized:
            return None
        handed = outcomes(fixture.function)
        if len(handed) == 1 and isinstance(handed[0], Name) and handed[0].dotted in fixture.requests:
            inside = Scope(fixture.module, fixture.function, scope.node, fixture)
            return self.of(handed[0], inside, depth - 1)
        return ("fixture", fixture.module.path, fixture.function.qualname, fixture.function.line)
