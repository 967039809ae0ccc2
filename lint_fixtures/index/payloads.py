"""Mappings of values by name: literal dicts, ``dict(...)``, local ones, module constants and those of fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from lint_fixtures.body import Assign, Await, Call, Const, Delete, Expr, Item, Map, Name, Op, Star, Unknown, walk
from lint_fixtures.facts import Body, Function, Param
from lint_fixtures.frozen import frozen
from lint_fixtures.index.evaluation import binds, bound_by
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.names import ClassRef, External, FunctionRef, ValueRef
from lint_fixtures.index.values import Scope, Values, outcomes

ELSEWHERE = Unknown("stands elsewhere")  # a value whose names mean nothing at the place that is asked about
_DEPTH = 5
_COPIES = frozenset({"builtins.dict", "copy.copy", "copy.deepcopy"})
_LOOKING = frozenset({"copy", "items", "keys", "values", "get"})
_READING = frozenset(
    {"update", "post", "put", "patch", "request", "len", "print", "dumps", "dict", "copy", "deepcopy", "items"}
)


@frozen
class Frame:
    """One call of a function: what its parameters stand for. ``rest`` are the keywords of its ``**`` parameter."""

    params: dict[str, Expr]
    rest_name: str = ""
    rest: dict[str, Expr] | None = None
    cls: ClassRef | None = None  # what `cls` or `self` is


_UNCALLED = Frame({})


class Payloads:
    def __init__(self, values: Values) -> None:
        self.values = values
        self.names = values.names
        self._bound: WeakKeyDictionary[Body, frozenset[str]] = WeakKeyDictionary()

    def fields(self, expr: Expr, scope: Scope, frame: Frame | None = None, depth: int = 0) -> dict[str, Expr] | None:
        """The values of a mapping by key; None when some key cannot be told."""
        match expr:
            case Map(items=items):
                return self._merged(items, scope, frame, depth)
            case Await(value=value):
                return self.fields(value, scope, frame, depth)
            case Op(kind="BitOr", parts=parts):
                return self._merged(tuple((None, part) for part in parts), scope, frame, depth)
            case Call() if depth < _DEPTH:
                return self._call(expr, scope, frame, depth)
            case Name(dotted=dotted) if depth < _DEPTH:
                return self._name(dotted, scope, frame, depth)
        return None

    def _merged(
        self, items: tuple[tuple[Expr | None, Expr], ...], scope: Scope, frame: Frame | None, depth: int
    ) -> dict[str, Expr] | None:
        found: dict[str, Expr] = {}
        for key, value in items:
            if isinstance(key, Const) and isinstance(key.value, str):
                found[key.value] = value
            elif isinstance(key, Name):  # Model.column
                found[key.dotted.rpartition(".")[2]] = value
            else:
                inner = self.fields(value, scope, frame, depth + 1) if key is None else None
                if inner is None:
                    return None
                found |= inner
        return found

    def keywords(self, call: Call, scope: Scope, frame: Frame | None = None, depth: int = 0) -> dict[str, Expr] | None:
        """The keyword arguments of a call, those of ``**mapping`` included."""
        items = tuple((None if key is None else Const(key), value) for key, value in call.keywords)
        return self._merged(items, scope, frame, depth)

    def meant(self, value: Expr, scope: Scope, frame: Frame | None) -> Expr:
        """A value of a function in the words of its caller, where a frame says who that is."""
        if frame is None or value in (frame.rest or {}).values():  # what came in by ** is in them already
            return value
        if isinstance(value, Name) and value.dotted in frame.params:
            return frame.params[value.dotted]
        return carried(value)

    def _call(self, call: Call, scope: Scope, frame: Frame | None, depth: int) -> dict[str, Expr] | None:
        receiver, _, method = call.dotted.rpartition(".")
        if method == "copy" and receiver and not call.args:
            return self._name(receiver, scope, frame, depth + 1)
        match self.names.resolve_expr(scope.module, call.func, scope.function):
            case External(dotted=dotted) if dotted in _COPIES and len(call.args) <= 1:
                start = self.fields(call.args[0], scope, frame, depth + 1) if call.args else {}
                given = self.keywords(call, scope, frame)
                return None if start is None or given is None else start | given
            case FunctionRef(module=module, function=function) if not function.decorators:
                made = self.frame(function, function.params, call, scope, frame, depth + 1)
                return self._of_function(Scope(module, function), depth, made) if made is not None else None
        return None

    def frame(
        self,
        function: Function,
        params: tuple[Param, ...],
        call: Call,
        scope: Scope,
        outer: Frame | None,
        depth: int = 0,
    ) -> Frame | None:
        """What a call gives the parameters of a function; None when the arguments cannot be matched to them."""
        keywords = self.keywords(call, scope, outer, depth)
        if keywords is None or any(isinstance(each, Star) for each in call.args):
            return None
        places = [each for each in params if each.kind in {"positional", "plain"}]
        if len(call.args) > len(places) and not any(each.kind == "args" for each in params):
            return None
        given = {each.name: value for each, value in zip(places, call.args, strict=False)} | keywords
        meant = {name: self.meant(value, scope, outer) for name, value in given.items()}
        named = {each.name for each in params if each.kind in {"plain", "keyword", "positional"}}
        rest_name = next((each.name for each in params if each.kind == "kwargs"), "")
        rest = {name: value for name, value in meant.items() if name not in named}
        if rest and not rest_name:
            return None
        return Frame(
            {each.name: self._value(each, meant, function) for each in params if each.name in named}, rest_name, rest
        )

    def _value(self, param: Param, given: dict[str, Expr], function: Function) -> Expr:
        body = function.body
        if body not in self._bound:  # helpers are called again and again
            self._bound[body] = frozenset().union(*(bound_by(each) for each, _ in flatten(body.statements)))
        if param.name in self._bound[body]:
            return ELSEWHERE
        if param.name in given:
            return given[param.name]
        return carried(param.default) if param.default is not None else ELSEWHERE

    def _of_function(self, scope: Scope, depth: int, frame: Frame | None = None) -> dict[str, Expr] | None:
        """What a function or fixture hands out."""
        assert scope.function is not None
        found = [self.fields(each, scope, frame, depth + 1) for each in outcomes(scope.function)]
        only = found[0] if len(found) == 1 else None
        return (
            None if only is None else {key: self.meant(value, scope, frame or _UNCALLED) for key, value in only.items()}
        )

    def _name(self, dotted: str, scope: Scope, frame: Frame | None, depth: int) -> dict[str, Expr] | None:
        function = scope.function
        if function is None or dotted not in self.names.local_names(function):
            target = self.names.resolve(scope.module, dotted, function)
            if not isinstance(target, ValueRef):
                return None
            return _carried(self.fields(target.value, Scope(target.module), None, depth + 1))
        start = self._start(dotted, function, scope, frame, depth)
        return None if start is None else self._changed(dotted, start, scope, frame, depth)

    def _start(
        self, name: str, function: Function, scope: Scope, frame: Frame | None, depth: int
    ) -> dict[str, Expr] | None:
        given = [each for each, _ in flatten(function.body.statements) if binds(name, each)]
        param = next((each for each in function.params if each.name == name), None)
        if param is None:
            only = given[0] if len(given) == 1 else None
            plain = isinstance(only, Assign) and only.targets == (Name(name),) and not only.augmented
            return self.fields(only.value, scope, frame, depth + 1) if plain and only.value else None  # type: ignore[union-attr]
        if given:
            return None
        if frame is not None:
            return frame.rest if name == frame.rest_name else None
        if param.kind == "kwargs" or _is_parametrized(name, function):
            return None
        fixture = self.values.requested(name, scope) if param.default is None else None
        return self._of_function(Scope(fixture.module, fixture.function), depth) if fixture else None

    def _changed(
        self, name: str, start: dict[str, Expr], scope: Scope, frame: Frame | None, depth: int
    ) -> dict[str, Expr] | None:
        """The mapping with what the function puts into it; None when something else may change it."""
        assert scope.function is not None
        found = dict(start)
        for key, value in _puts(name, scope.function):
            if key is not None:
                found[key] = ELSEWHERE
                continue
            more = self._update(value, scope, frame, depth) if isinstance(value, Call) else None
            if more is None:
                return None
            found |= {each: ELSEWHERE if each in found else given for each, given in more.items()}
        return found

    def _update(self, call: Call, scope: Scope, frame: Frame | None, depth: int) -> dict[str, Expr] | None:
        """What ``values.update(...)`` puts in; where keys were there before, either value may be the last."""
        told = self.fields(call.args[0], scope, frame, depth + 1) if len(call.args) == 1 else {}
        given = self.keywords(call, scope, frame, depth + 1)
        return None if told is None or given is None or len(call.args) > 1 else told | given


def carried(expr: Expr) -> Expr:
    """A value that is taken out of the function that it stands in."""
    return expr if isinstance(expr, Const) else ELSEWHERE


def _carried(found: dict[str, Expr] | None) -> dict[str, Expr] | None:
    return None if found is None else {key: carried(value) for key, value in found.items()}


def _is_parametrized(name: str, function: Function) -> bool:
    words = (node.value for node in walk(function.decorators) if isinstance(node, Const))
    return any(isinstance(word, str) and name in word for word in words)


def _puts(name: str, function: Function) -> Iterator[tuple[str | None, Expr]]:
    """Key and value of each change; without a key, the ``update`` call, or anything."""
    wanted = Name(name)
    for statement, _ in flatten(function.body.statements):
        for target in statement.targets if isinstance(statement, Assign) else ():
            if isinstance(target, Item) and target.value == wanted:
                text = target.key.value if isinstance(target.key, Const) else None
                yield (text if isinstance(text, str) else None), ELSEWHERE
        if isinstance(statement, Delete) and any(wanted in walk(target) for target in statement.targets):
            yield None, ELSEWHERE
    for call in function.body.calls:
        receiver, _, method = call.dotted.rpartition(".")
        key = call.args[0].value if call.args and isinstance(call.args[0], Const) else None
        if receiver == name and method == "setdefault":
            yield (key if isinstance(key, str) else None), ELSEWHERE
        elif receiver == name and method == "update":
            yield None, call
        elif (receiver == name and method not in _LOOKING) or (wanted in call.args and method not in _READING):
            yield None, ELSEWHERE
