"""Which application a client talks to, and which sessions the routes of the application ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from lint_fixtures.body import Await, Call, Expr, Name, walk
from lint_fixtures.index import kinds
from lint_fixtures.index.apps import wrapped_app
from lint_fixtures.index.engines import Engine, handed_engine, requested
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import External, FunctionRef, ValueRef
from lint_fixtures.index.test_code import is_test_code
from lint_fixtures.index.values import Scope, assigned, outcomes

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DEPTH = 6
_MOST_MODULES = 400
_ENGINES: WeakKeyDictionary[Project, dict[str, dict[str, Engine] | None]] = WeakKeyDictionary()  # all tests ask for one


def app_of_client(project: Project, expr: Expr, scope: Scope, depth: int = _DEPTH) -> Module | None:
    """The application module whose own ``app = FastAPI()`` a client is made with; None for any other app."""
    match expr:
        case Await(value=value):
            return app_of_client(project, value, scope, depth)
        case Call() if depth:
            inner = wrapped_app(project, expr, scope)
            return _app_module(project, inner, scope) if inner is not None else None
        case Name(dotted=dotted) if depth:
            given = list(assigned(dotted, scope.function)) if scope.function else []
            if len(given) == 1:
                return app_of_client(project, given[0], scope, depth - 1)
            fixture = requested(project, dotted, scope) if not given else None
            handed = outcomes(fixture.function) if fixture and fixture.function else ()
            return app_of_client(project, handed[0], fixture, depth - 1) if fixture and len(handed) == 1 else None
    return None


def _app_module(project: Project, app: Expr, scope: Scope) -> Module | None:
    if isinstance(app, Name) and scope.function and app.dotted in project.names.local_names(scope.function):
        return None
    target = project.names.resolve_expr(scope.module, app, scope.function)
    if not isinstance(target, ValueRef) or not isinstance(target.value, Call):
        return None
    made = project.names.resolve_expr(target.module, target.value.func)
    is_app = isinstance(made, External) and kinds.CONSTRUCTORS.get(made.dotted) == kinds.APP
    return target.module if is_app and not is_test_code(project, target.module.path) else None


def session_engines(project: Project, app: Module) -> dict[str, Engine] | None:
    """The engines behind ``Depends(get_db)`` of all routes, by the dependency's name; None if one cannot be told."""
    memo = _ENGINES.setdefault(project, {})
    if app.path not in memo:
        memo[app.path] = _session_engines(project, app)
    return memo[app.path]


def _session_engines(project: Project, app: Module) -> dict[str, Engine] | None:
    found: dict[str, Engine] = {}
    for module in imported(project, app):
        for name in _depended(module) if b"Depends" in (project.sources.read(module.path) or b"") else ():
            target = project.names.resolve_expr(module, name)
            scope = Scope(target.module, target.function) if isinstance(target, FunctionRef) else None
            if scope is None or project.values.result(scope, 0) != kinds.SESSION:
                continue
            engine = handed_engine(project, scope)
            if engine is None:
                return None
            found[name.dotted.rpartition(".")[2]] = engine
    return found


def imported(project: Project, start: Module) -> Iterator[Module]:
    """A module and all of the project's that importing it imports, tests left out."""
    seen, pending = {start.path}, [start]
    while pending and len(seen) < _MOST_MODULES:
        module = pending.pop()
        yield module
        for path in sorted(imports_of(project, module) - seen):
            seen.add(path)
            found = project.module(path)
            if found is not None and not is_test_code(project, path):
                pending.append(found)


def imports_of(project: Project, module: Module, before: int | None = None) -> set[str]:
    """The files that the module's own import statements load for sure, those above a line when one is given."""
    found: set[str | None] = set()
    for item in module.facts.imports:
        if item.typing_only or item.branch or (before is not None and item.line >= before):
            continue
        found.add(project.sources.module_file(item.module, module.path, item.level))
        if item.attribute is not None:
            dotted = f"{item.module}.{item.attribute}" if item.module else item.attribute
            found.add(project.sources.module_file(dotted, module.path, item.level))
    return {path for path in found if path is not None}


def _depended(module: Module) -> Iterator[Name]:
    heads = ((param.default, param.annotation) for each in module.facts.functions for param in each.params)
    decorators = (each.decorators for each in module.facts.functions)
    parts = (module.facts.statements, tuple(part for head in heads for part in head if part), tuple(decorators))
    for node in walk(parts):
        called = node.dotted.rpartition(".")[2] if isinstance(node, Call) else ""
        if isinstance(node, Call) and called in {"Depends", "Security"} and node.args[:1]:
            yield from (arg for arg in node.args[:1] if isinstance(arg, Name))
