"""Which function of the application answers a request: FastAPI's decorators, with prefixes where they are constant."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from lint_fixtures.body import Call, Const, Expr, Op, walk
from lint_fixtures.frozen import frozen
from lint_fixtures.index.model_facts import Model
from lint_fixtures.index.models import Models
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import FunctionRef, Names, ValueRef

_ROUTED = rb"@[\w.]+\.(?:post|put|patch)\("
_INCLUDES = rb"\.include_router\(|\blifespan\b|\.on_event\("
_KEYS = rb"ForeignKey|foreign_key"
_UNKNOWN = "\0"  # what cannot be told inside a path


@frozen
class Pattern:
    """A path by its segments, None for one that may be anything; ``lead``: more may stand before it."""

    segments: tuple[str | None, ...]
    lead: bool


@frozen
class Route:
    method: str
    pattern: Pattern
    handler: FunctionRef


class Routes:
    """Reads the application's files once per run, when it is first asked."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._sources = names.modules.sources
        self._routes: list[Route] | None = None

    def handler(self, method: str, path: Expr) -> FunctionRef | None:
        """The only function that a request goes to; None where there may be several, or none is found."""
        asked = pattern(path)
        found = [each for each in self._all() if each.method == method and _matches(asked, each.pattern)]
        best = max((_rank(each.pattern) for each in found), default=None)
        handlers = {each.handler for each in found if _rank(each.pattern) == best}
        return handlers.pop() if len(handlers) == 1 else None

    def started(self) -> Iterator[FunctionRef]:
        """What the application runs when it starts: its lifespan and its start-up events."""
        for module in self._modules(_INCLUDES):
            for function in module.facts.functions:
                marks = (each.dotted for each in function.decorators if isinstance(each, Call))
                if any(mark.endswith(".on_event") for mark in marks) or "lifespan" in function.name:
                    yield FunctionRef(module, function)

    def only_model(self, models: Models, field: str) -> Model | None:
        """The one model of the application that has a required key of this name."""
        named = re.compile(rb"\b" + re.escape(field).encode() + rb"\b")
        modules = (each for each in self._modules(_KEYS) if named.search(self._sources.read(each.path) or b""))
        found = [
            model
            for module in modules
            for model in models.in_module(module)
            if any(column.foreign_key and column.attribute == field for column in model.columns.values())
        ]
        only = found[0] if len(found) == 1 else None
        return only if only and any(key.attribute == field for key in models.required_keys(only)) else None

    def _modules(self, wanted: bytes) -> Iterator[Module]:
        for path in self._sources.python_files(self._sources.root):
            inside = os.path.relpath(path, self._sources.root)
            if "test" not in inside and re.search(wanted, self._sources.read(path) or b""):
                module = self.names.modules.load(path)
                if module is not None and module.facts.parsed:
                    yield module

    def _all(self) -> list[Route]:
        if self._routes is None:
            included = self._included()
            self._routes = [route for module in self._modules(_ROUTED) for route in self._of_module(module, included)]
        return self._routes

    def _of_module(self, module: Module, included: dict[tuple[str, str], list[Expr]]) -> Iterator[Route]:
        for function in module.facts.functions:
            for mark in function.decorators:
                if not isinstance(mark, Call) or not mark.args:
                    continue
                holder, _, method = mark.dotted.rpartition(".")
                if method in {"post", "put", "patch"}:
                    ref = FunctionRef(module, function)
                    for prefix in self._prefixes(module, holder, included):
                        yield Route(method, pattern(*prefix, mark.args[0], lead=True), ref)

    def _prefixes(
        self, module: Module, holder: str, included: dict[tuple[str, str], list[Expr]]
    ) -> Iterator[tuple[Expr, ...]]:
        target = self.names.resolve(module, holder)
        if not isinstance(target, ValueRef):
            return
        own = target.value.keyword("prefix") if isinstance(target.value, Call) else None
        inner = (own,) if own is not None else ()
        for outer in included.get((target.module.path, target.name)) or [Const("")]:
            yield (outer, *inner)

    def _included(self) -> dict[tuple[str, str], list[Expr]]:
        """The prefixes that routers are included with, by file and name of the router."""
        found: dict[tuple[str, str], list[Expr]] = {}
        for module in self._modules(_INCLUDES):
            including = (each.body for each in module.facts.functions if each.body.may_mention("include_router"))
            bodies = (module.facts.statements, *(each.statements for each in including))
            for call in (node for body in bodies for node in walk(body) if isinstance(node, Call)):
                if call.dotted.endswith(".include_router") and call.args:
                    target = self.names.resolve_expr(module, call.args[0])
                    if isinstance(target, ValueRef):
                        prefix = call.keyword("prefix") or Const("")
                        found.setdefault((target.module.path, target.name), []).append(prefix)
        return found


def pattern(*parts: Expr, lead: bool = False) -> Pattern:
    """The pattern of a path that is written in parts, of a request's as of a route's."""
    text = re.sub(r"^\w+://[^/]*", "", "".join(_text(part) for part in parts)).partition("?")[0]
    lead = lead or not text.startswith("/")
    if text.startswith(_UNKNOWN):
        text = text.partition("/")[2]
    segments = (each for each in text.split("/") if each)
    return Pattern(tuple(None if _UNKNOWN in each or "{" in each else each for each in segments), lead)


def _text(expr: Expr) -> str:
    match expr:
        case Const(value=str(value)):
            return value
        case Op(kind="fstring" | "Add", parts=parts):
            return "".join(_text(part) for part in parts)
    return _UNKNOWN


def _matches(asked: Pattern, route: Pattern) -> bool:
    if len(asked.segments) < len(route.segments) and not asked.lead:
        return False
    pairs = list(zip(reversed(asked.segments), reversed(route.segments), strict=False))
    alike = all(one is None or other is None or one == other for one, other in pairs)
    return alike and any(one is not None and one == other for one, other in pairs)


def _rank(route: Pattern) -> tuple[int, int]:
    return len(route.segments), sum(each is not None for each in route.segments)


def is_named_after(segment: str, model: Model) -> bool:
    """Whether a part of a path speaks of a model: ``job-offers`` of JobOffer or of the table job_offers."""
    return _plain(segment) in {_plain(model.name), _plain(model.table or model.name)}


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower()).removesuffix("s")
