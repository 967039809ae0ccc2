"""Facts <-> bytes for the cache: a JSON line for what is looked up, then one for each head and body, read on demand."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import Any

from lint_fixtures.body import NODES, Block, Const
from lint_fixtures.facts import Body, Class, FileFacts, Function, Head, Import, Param, Signature, Star

_TAGS = {node: index for index, node in enumerate(NODES)}
_FIELDS = {node: attrgetter(*node.__match_args__) for node in NODES}  # type: ignore[attr-defined]
_SINGLE = frozenset(node for node in NODES if len(node.__match_args__) == 1)  # type: ignore[attr-defined]


def _encode(node: object) -> list[object]:
    """``[tag, field, ...]``; a tuple is a list without a number in front."""
    kind = type(node)
    fields = _FIELDS[kind](node)
    return [_TAGS[kind], fields] if kind in _SINGLE else [_TAGS[kind], *fields]


def decode(value: Any) -> Any:
    """What JSON has made of a node or a tuple; anything but a list stands for itself."""
    if type(value) is not list:
        return value
    if value and type(value[0]) is int:
        return NODES[value[0]](*[decode(item) if type(item) is list else item for item in value[1:]])
    return tuple([decode(item) if type(item) is list else item for item in value])


_NONE = f"[{_TAGS[Const]},null]".encode()
_to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=_encode).encode


def dump(facts: FileFacts) -> bytes:
    """What is too deep to follow counts as not parsed, here and in :func:`load`."""
    try:
        return _dump(facts)
    except RecursionError:
        return _dump(FileFacts(parsed=False))


def _dump(facts: FileFacts) -> bytes:
    surface = {
        "parsed": facts.parsed,
        "imports": [_import(item) for item in facts.imports],
        "stars": [[star.module, star.level, star.line, star.branch] for star in facts.stars],
        "exported": facts.exported,
        "functions": [_function(item) for item in facts.functions],
        "classes": [_class(item) for item in facts.classes],
        "statements": facts.statements,
        "seeds": sorted(facts.seeds),
        "mentions": sorted(facts.mentions),
        "called_through": sorted(facts.called_through),
    }
    bodies = [item.body.statements for item in facts.functions]
    bodies += [item.body.statements for item in facts.classes]
    return "\n".join(map(_to_json, (surface, *map(_head, facts.functions), *bodies))).encode()


def load(payload: bytes) -> FileFacts:
    """The facts of a dump.

    Raises ValueError, KeyError, TypeError or IndexError on anything else.
    """
    try:
        return _load(payload)
    except RecursionError:
        return FileFacts(parsed=False)


def _load(payload: bytes) -> FileFacts:
    first, *later = payload.split(b"\n")
    surface: dict[str, Any] = json.loads(first)
    functions, classes = surface["functions"], surface["classes"]
    count = len(functions)
    exported = surface["exported"]
    return FileFacts(
        parsed=surface["parsed"],
        imports=tuple(Import(*item) for item in surface["imports"]),
        stars=tuple(Star(*item) for item in surface["stars"]),
        exported=None if exported is None else tuple(exported),
        functions=tuple(map(_load_function, functions, later[:count], later[count:])),
        classes=tuple(map(_load_class, classes, later[2 * count :])),
        statements=_block(surface["statements"]),
        seeds=frozenset(surface["seeds"]),
        mentions=frozenset(surface["mentions"]),
        called_through=frozenset(surface["called_through"]),
    )


class _Stored:
    """A body as it stands in the dump."""

    __slots__ = ("_body",)

    def __init__(self, body: bytes) -> None:
        self._body = body

    def mentions(self, word: str) -> bool:
        return (_NONE if word == "None" else word.encode()) in self._body

    def calls(self, name: str) -> bool:
        return f'{name}"],['.encode() in self._body  # the callee's end, and the start of the arguments


def _block(encoded: object) -> Block:
    found: Block = decode(encoded)
    return found


def _import(item: Import) -> list[object]:
    return [item.local, item.module, item.attribute, item.level, item.line, item.typing_only, item.branch]


def _function(item: Function) -> list[object]:
    return [
        *(item.name, item.qualname, item.owner, item.nested, item.line, item.col, item.is_async, item.branch),
        *(item.typing_only, item.head.decorated),
    ]


def _head(item: Function) -> list[object]:
    params = [[param.name, param.kind, param.default, param.annotation] for param in item.params]
    return [params, item.decorators, item.returns, [_import(each) for each in item.imports]]


def _load_function(item: list[Any], head: bytes, body: bytes) -> Function:
    name, qualname, owner, nested, line, col, is_async, branch, typing_only, decorated = item
    return Function(
        *(name, qualname, owner, nested, line, col, is_async, branch, typing_only),
        Head(lambda: _signature(*json.loads(head)), decorated),
        Body(lambda: _block(json.loads(body)), _Stored(body)),
    )


def _signature(params: list[Any], decorators: object, returns: object, imports: list[Any]) -> Signature:
    named = tuple(Param(name, kind, decode(default), decode(hint)) for name, kind, default, hint in params)
    return Signature(named, decode(decorators), decode(returns), tuple(Import(*each) for each in imports))


def _class(item: Class) -> list[object]:
    return [
        *(item.name, item.qualname, item.nested, item.line, item.col, item.bases, item.keywords),
        *(item.decorators, item.branch, item.typing_only),
    ]


def _load_class(item: list[Any], body: bytes) -> Class:
    name, qualname, nested, line, col, bases, keywords, decorators, branch, typing_only = item
    return Class(
        *(name, qualname, nested, line, col, decode(bases), decode(keywords), decode(decorators), branch, typing_only),
        Body(lambda: _block(json.loads(body)), _Stored(body)),
    )
