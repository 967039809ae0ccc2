"""What kind of object an expression gives, and from it the role of a fixture."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import (
    Assign,
    Attr,
    Await,
    Call,
    Choice,
    Const,
    Expr,
    Item,
    Name,
    Op,
    Return,
    Seq,
    With,
    Yield,
    walk,
)
from lint_fixtures.facts import Function, Param
from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import ClassRef, External, FunctionRef, ModuleRef, Names, ValueRef
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.resolution import Resolution

_DEPTH = 8
DATABASE_ROLES = frozenset({kinds.ENGINE, kinds.CONNECTION, kinds.SESSION, kinds.CLIENT})


@frozen
class Scope:
    """Where an expression stands. ``node`` tells which fixtures its parameters are; without it they are unknown."""

    module: Module
    function: Function | None = None
    node: Node | None = None
    fixture: Fixture | None = None


class Values:
    """Tells kinds and roles; remembers roles for one run."""

    def __init__(self, names: Names, resolution: Resolution, session_names: tuple[str, ...]) -> None:
        self.names = names
        self.resolution = resolution
        self._session_names = frozenset(session_names)
        self._roles: dict[Module, dict[tuple[Fixture, Node], str]] = {}

    def forget(self, module: Module) -> None:
        self._roles.pop(module, None)

    def role(self, fixture: Fixture, node: Node) -> str:
        """The kind of what the fixture hands to a test at this node: 'engine', 'session' ...; UNKNOWN is ''."""
        memo = self._roles.setdefault(node.module, {})
        key = (fixture, node)
        if key not in memo:
            memo[key] = kinds.UNKNOWN  # a circle has no role
            memo[key] = self._role(fixture, node)
        return memo[key]

    def _role(self, fixture: Fixture, node: Node) -> str:
        scope = Scope(fixture.module, fixture.function, node, fixture)
        found = self.result(scope, 0)
        if found == kinds.UNKNOWN and fixture.name in self._session_names and outcomes(fixture.function):
            return kinds.SESSION
        return found

    def result(self, scope: Scope, depth: int) -> str:
        """The kind of what a function yields or returns; its annotation where the body does not tell."""
        if scope.function is None or depth > _DEPTH:
            return kinds.UNKNOWN
        found = self._agreed(self.kind(expr, scope, depth + 1) for expr in outcomes(scope.function))
        if found in {kinds.UNKNOWN, kinds.OTHER, kinds.NONE} and scope.function.returns is not None:
            return self.annotation(scope.function.returns, scope) or found
        return found

    def kind(self, expr: Expr, scope: Scope, depth: int = 0) -> str:
        """The kind of an expression's value; UNKNOWN when it cannot be told."""
        if depth > _DEPTH:
            return kinds.UNKNOWN
        match expr:
            case Const(value=value):
                return kinds.NONE if value is None else kinds.OTHER
            case Await(value=value):
                return self.kind(value, scope, depth)
            case Call():
                return self._call(expr, scope, depth)
            case Name(dotted=dotted):
                return self._name(dotted, scope, depth)
            case Attr(value=value, name=name):
                return kinds.MEMBERS.get((self.kind(value, scope, depth + 1), name), kinds.UNKNOWN)
            case Choice(options=options):
                return self._agreed(self.kind(option, scope, depth + 1) for option in options)
            case Op():
                return kinds.OTHER
        return kinds.UNKNOWN

    def annotation(self, expr: Expr, scope: Scope, depth: int = 0) -> str:
        """The kind that a return or parameter annotation names, also inside ``Generator[...]`` and quotes."""
        match expr:
            case Name():
                target = self.names.resolve_expr(scope.module, expr, scope.function)
                if isinstance(target, ClassRef):
                    return self._class(target, 0)
                return kinds.ANNOTATIONS.get(target.dotted, "") if isinstance(target, External) else kinds.UNKNOWN
            case Const(value=str() as text) if text.replace(".", "").isidentifier():
                return self.annotation(Name(text), scope, depth + 1)
            case Item(value=Name(dotted=outer), key=key) if depth < _DEPTH:
                if outer.rpartition(".")[2] not in kinds.WRAPPERS:
                    return self.annotation(Name(outer), scope, depth + 1)  # async_sessionmaker[AsyncSession]
                inner = key.items[0] if isinstance(key, Seq) and key.items else key
                return self.annotation(inner, scope, depth + 1)
            case Op(kind="BitOr", parts=parts):
                return self._agreed(self.annotation(part, scope, depth + 1) for part in parts)
        return kinds.UNKNOWN

    def _agreed(self, found: Iterator[str]) -> str:
        """One kind that all tell; None and what is unknown do not contradict."""
        told = set(found) - {kinds.UNKNOWN}
        if told > {kinds.NONE}:
            told.discard(kinds.NONE)
        return told.pop() if len(told) == 1 else kinds.UNKNOWN

    def _call(self, call: Call, scope: Scope, depth: int) -> str:
        if isinstance(call.func, Attr):
            return kinds.MEMBERS.get((self.kind(call.func.value, scope, depth + 1), call.func.name), kinds.UNKNOWN)
        if isinstance(call.func, Call):  # sessionmaker(engine)()
            return _made_by(self.kind(call.func, scope, depth + 1))
        match self.names.resolve_expr(scope.module, call.func, scope.function):
            case External(dotted=dotted):
                return self._external_call(dotted, call, scope, depth)
            case FunctionRef(module=module, function=function):
                return self.result(Scope(module, function), depth + 1)
            case ClassRef() as ref:
                return self._class(ref, 0) or kinds.OTHER
        if kinds.makes_mock(call.dotted):
            return kinds.MOCK
        receiver, _, method = call.dotted.rpartition(".")
        known = kinds.MEMBERS.get((self._name(receiver, scope, depth + 1), method)) if receiver else None
        return known or _made_by(self._name(call.dotted, scope, depth + 1))

    def _external_call(self, dotted: str, call: Call, scope: Scope, depth: int) -> str:
        if dotted in kinds.HTTP_CLIENTS:
            over_app = call.keyword("app") or call.keyword("transport")
            return kinds.CLIENT if over_app else kinds.OTHER
        if dotted in kinds.PASSING and call.args:
            return self.kind(call.args[0], scope, depth + 1)
        return kinds.CONSTRUCTORS.get(dotted) or (kinds.MOCK if kinds.makes_mock(dotted) else kinds.UNKNOWN)

    def _class(self, ref: ClassRef, depth: int) -> str:
        for base in self.names.bases(ref.module, ref.cls) if depth < _DEPTH else ():
            if isinstance(base, External) and base.dotted in kinds.CONSTRUCTORS:
                return kinds.CONSTRUCTORS[base.dotted]
            found = self._class(base, depth + 1) if isinstance(base, ClassRef) else kinds.UNKNOWN
            if found:
                return found
        return kinds.UNKNOWN

    def _name(self, dotted: str, scope: Scope, depth: int) -> str:
        head, _, rest = dotted.partition(".")
        found = self._plain_name(head, scope, depth) if not rest else kinds.UNKNOWN
        if found or depth > _DEPTH:
            return found
        if rest:
            owner, _, member = dotted.rpartition(".")
            known = kinds.MEMBERS.get((self._name(owner, scope, depth + 1), member))
            if known:
                return known
        target = self.names.resolve(scope.module, dotted, scope.function)
        if isinstance(target, ValueRef):
            return self.kind(target.value, Scope(target.module), depth + 1)
        return kinds.OTHER if isinstance(target, (ModuleRef, ClassRef, FunctionRef)) else kinds.UNKNOWN

    def _plain_name(self, name: str, scope: Scope, depth: int) -> str:
        """A local variable or parameter."""
        if scope.function is None or name not in self.names.local_names(scope.function):
            return kinds.UNKNOWN
        given = list(assigned(name, scope.function))
        if given:
            return self._agreed(self.kind(expr, scope, depth + 1) for expr in given)
        param = next((param for param in scope.function.params if param.name == name), None)
        return self._param(param, scope) if param else kinds.UNKNOWN

    def _param(self, param: Param, scope: Scope) -> str:
        if scope.node is not None and param.default is None:
            fixture = self.requested(param.name, scope)
            found = self.role(fixture, scope.node) if fixture else kinds.UNKNOWN
            if found:
                return found
        return self.annotation(param.annotation, scope) if param.annotation else kinds.UNKNOWN

    def requested(self, name: str, scope: Scope) -> Fixture | None:
        """The fixture that a parameter of a test or fixture asks for."""
        if scope.node is None:
            return None
        if scope.fixture is not None:
            return self.resolution.requested(scope.fixture, name, scope.node)
        found = self.resolution.definitions(name, scope.node)
        return found[-1] if found else None


def _made_by(kind: str) -> str:
    return kinds.SESSION if kind == kinds.FACTORY else kinds.UNKNOWN


def outcomes(function: Function) -> tuple[Expr, ...]:
    """What a function hands out: the values that it yields, or else those that it returns. A bare one is ``None``."""
    statements = function.body.statements
    yielded = [node for node in walk(statements) if isinstance(node, Yield) and not node.delegates]
    if yielded:
        return tuple(node.value or Const(None) for node in yielded)
    returned = (statement for statement, _ in flatten(statements) if isinstance(statement, Return))
    return tuple(statement.value or Const(None) for statement in returned)


def assigned(name: str, function: Function) -> Iterator[Expr]:
    """Every expression that a local name is bound to: by assignment or as the target of ``with``."""
    wanted = Name(name)
    for statement, _ in flatten(function.body.statements):
        if isinstance(statement, Assign) and wanted in statement.targets and statement.value is not None:
            yield statement.value
        elif isinstance(statement, With):
            yield from (context for context, target in statement.items if target == wanted)
