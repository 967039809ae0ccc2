"""Facts <-> bytes for the cache: one JSON line for what is looked up, then one for each body, read when asked for."""

from __future__ import annotations

import json
from typing import Any

from lint_fixtures.body import Block, decode, encode
from lint_fixtures.facts import Body, Class, FileFacts, Function, Head, Import, Param, Signature, Star

_to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def dump(facts: FileFacts) -> bytes:
    surface = {
        "parsed": facts.parsed,
        "imports": [_import(item) for item in facts.imports],
        "stars": [[star.module, star.level, star.line, star.branch] for star in facts.stars],
        "exported": facts.exported,
        "functions": [_function(item) for item in facts.functions],
        "classes": [_class(item) for item in facts.classes],
        "statements": encode(facts.statements),
        "seeds": sorted(facts.seeds),
        "mentions": sorted(facts.mentions),
    }
    bodies = [encode(item.body.statements) for item in facts.functions]
    bodies += [encode(item.body.statements) for item in facts.classes]
    return "\n".join(map(_to_json, (surface, *bodies))).encode()


def load(payload: bytes) -> FileFacts:
    """The facts of a dump. Raises ValueError, KeyError, TypeError or IndexError on anything else."""
    first, *bodies = payload.split(b"\n")
    surface: dict[str, Any] = json.loads(first)
    functions, classes = surface["functions"], surface["classes"]
    exported = surface["exported"]
    return FileFacts(
        parsed=surface["parsed"],
        imports=tuple(Import(*item) for item in surface["imports"]),
        stars=tuple(Star(*item) for item in surface["stars"]),
        exported=None if exported is None else tuple(exported),
        functions=tuple(map(_load_function, functions, bodies)),
        classes=tuple(map(_load_class, classes, bodies[len(functions) :])),
        statements=_block(surface["statements"]),
        seeds=frozenset(surface["seeds"]),
        mentions=frozenset(surface["mentions"]),
    )


def _block(encoded: object) -> Block:
    found: Block = decode(encoded)
    return found


def _import(item: Import) -> list[object]:
    return [item.local, item.module, item.attribute, item.level, item.line, item.typing_only, item.branch]


def _function(item: Function) -> list[object]:
    params = [[param.name, param.kind, encode(param.default), encode(param.annotation)] for param in item.params]
    local = [_import(each) for each in item.imports]
    return [
        *(item.name, item.qualname, item.owner, item.nested, item.line, item.col, item.is_async, item.branch),
        *(item.typing_only, [params, encode(item.decorators), encode(item.returns), local]),
    ]


def _load_function(item: list[Any], body: bytes) -> Function:
    name, qualname, owner, nested, line, col, is_async, branch, typing_only, signature = item
    plain = (name, qualname, owner, nested, line, col, is_async, branch, typing_only)
    head = Head(lambda: _signature(*signature), len(signature[1]) > 1)  # [-1] is an empty tuple
    return Function(*plain, head, Body(lambda: _block(json.loads(body)), body))


def _signature(params: list[Any], decorators: object, returns: object, imports: list[Any]) -> Signature:
    named = tuple(Param(name, kind, decode(default), decode(hint)) for name, kind, default, hint in params)
    return Signature(named, decode(decorators), decode(returns), tuple(Import(*each) for each in imports))


def _class(item: Class) -> list[object]:
    return [
        *(item.name, item.qualname, item.nested, item.line, item.col, encode(item.bases), encode(item.keywords)),
        *(encode(item.decorators), item.branch, item.typing_only),
    ]


def _load_class(item: list[Any], body: bytes) -> Class:
    name, qualname, nested, line, col, bases, keywords, decorators, branch, typing_only = item
    return Class(
        *(name, qualname, nested, line, col, decode(bases), decode(keywords), decode(decorators), branch, typing_only),
        Body(lambda: _block(json.loads(body)), body),
    )
