"""Which event loop a test or an async fixture runs in, and which connection pools stay with one loop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lint_fixtures.body import Call, Const, Expr, Name
from lint_fixtures.frozen import frozen
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import External, ValueRef
from lint_fixtures.index.nodes import Test

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_HOOKS = frozenset(
    {"pytest_collection_modifyitems", "pytest_itemcollected", "pytest_pyfunc_call", "pytest_fixture_setup"}
)
_OTHERS = (b"pytest-trio", b"pytest-twisted", b"pytest-aiohttp", b"pytest-tornasync", b"pytest-asyncio-cooperative")
_LEGACY = rb"pytest.asyncio[\"'\s]*(?:[=~<^,\s]|version)+[\"'\s]*0\.(?:\d|1[0-8])(?:\.|\D)"
_DRIVERS = (b"asyncpg", b"aiomysql", b"asyncmy")  # psycopg waits on whichever loop is running
_LOOPLESS_POOLS = frozenset({"NullPool", "StaticPool"})


@frozen
class Loop:
    """The plugin that runs a test, 'asyncio' or 'anyio', and the scope of its loop (None: cannot be told)."""

    plugin: str
    scope: str | None


def loop_of(project: Project, test: Test) -> Loop | None:
    """None: not an async test, or nothing tells which plugin runs it."""
    if not test.function.is_async or test.unittest or _is_hooked(project, test):
        return None
    settings = project.sources.settings(test.node.module.path)
    for module, expr, _ in project.marks.of(test.module, test.function, test.node.classes):
        plugin = _plugin(project, module, expr)
        if plugin == "anyio":
            return Loop("anyio", _anyio_scope(project, test))
        if plugin == "asyncio":
            return Loop("asyncio", _marked_scope(project, module, expr, settings.asyncio_default_test_loop_scope))
    if settings.asyncio_mode == "auto":
        return Loop("asyncio", settings.asyncio_default_test_loop_scope or "function")
    return None


def is_auto(project: Project, path: str) -> bool:
    settings = project.sources.settings(path)
    return "auto" in {settings.asyncio_mode, settings.anyio_mode}


def is_strict(project: Project, test: Test) -> bool:
    """Whether pytest-asyncio leaves fixtures under the plain decorator alone, and no other plugin takes them."""
    settings = project.sources.settings(test.node.module.path)
    named = project.strays.named_dependencies(test.node.module)
    if settings.asyncio_mode not in {None, "strict"} or settings.anyio_mode == "auto":
        return False
    if settings.asyncio_mode is None and (re.search(_LEGACY, named) or b"asyncio-mode" in named):
        return False
    closure = project.resolution.closure(test)
    handled = "anyio_backend" in closure.definitions or "anyio_backend" in closure.missing
    return not handled and not any(plugin in named for plugin in _OTHERS)


def fixture_loop(project: Project, fixture: Fixture) -> str | None:
    """The scope of the loop that pytest-asyncio runs an async fixture in; None when it cannot be told."""
    for decorator in fixture.function.decorators:
        given = decorator.keyword("loop_scope") if isinstance(decorator, Call) else None
        if given is not None:
            return project.marks.scope(fixture.module, given)
    return project.sources.settings(fixture.module.path).asyncio_default_fixture_loop_scope or fixture.scope


def makes_pool(project: Project, fixture: Fixture) -> bool:
    """Whether a fixture makes an async engine whose pooled connections stay with the loop that opened them."""
    for call in fixture.function.body.calls:
        target = project.names.resolve_expr(fixture.module, call.func, fixture.function)
        if isinstance(target, External) and target.dotted.endswith(".create_async_engine"):
            return not _is_loopless(fixture) and _is_network_database(project, fixture, call)
    return False


def disposes(fixture: Fixture) -> bool:
    return any(call.dotted.endswith(".dispose") for call in fixture.function.body.calls)


def _is_loopless(fixture: Fixture) -> bool:
    names = (node.dotted for node in fixture.function.body.nodes if isinstance(node, Name))
    return not _LOOPLESS_POOLS.isdisjoint(name.rpartition(".")[2] for name in names)


def _is_network_database(project: Project, fixture: Fixture, call: Call) -> bool:
    """aiosqlite does not mind the loop; an address that cannot be told counts by the driver that is installed."""
    if any(key is None for key, _ in call.keywords):
        return False
    url = project.marks.text(fixture.module, call.args[0]) if call.args else None
    texts = [node.value for node in fixture.function.body.nodes if isinstance(node, Const)]
    written = url or " ".join(text for text in texts if isinstance(text, str) and "://" in text)
    if "://" in written:
        return any(driver in written.encode() for driver in _DRIVERS) and "sqlite" not in written
    named = project.strays.named_dependencies(fixture.module)
    unsure = b"aiosqlite" in named or b"psycopg" in named
    return not unsure and any(driver in named for driver in _DRIVERS)


def _is_hooked(project: Project, test: Test) -> bool:
    """Whether a conftest may hand out marks, or the loop itself is replaced."""
    chain = (project.module(path) for path in project.sources.conftest_chain(test.node.module.path))
    hooked = any(module is None or not _HOOKS.isdisjoint(module.functions) for module in chain)
    return hooked or bool(project.resolution.definitions("event_loop", test.node))


def _plugin(project: Project, module: Module, expr: Expr, depth: int = 0) -> str:
    mark = expr.func if isinstance(expr, Call) else expr
    target = project.names.resolve_expr(module, mark)
    if isinstance(target, ValueRef) and depth < 4:
        return _plugin(project, target.module, target.value, depth + 1)
    dotted = target.dotted if isinstance(target, External) else ""
    return dotted.removeprefix("pytest.mark.") if dotted in {"pytest.mark.asyncio", "pytest.mark.anyio"} else ""


def _marked_scope(project: Project, module: Module, expr: Expr, default: str | None) -> str | None:
    if isinstance(expr, Name):
        target = project.names.resolve_expr(module, expr)
        if isinstance(target, ValueRef):
            return _marked_scope(project, target.module, target.value, default)
    given = expr.keyword("loop_scope") or expr.keyword("scope") if isinstance(expr, Call) else None
    return project.marks.scope(module, given) if given is not None else default or "function"


def _anyio_scope(project: Project, test: Test) -> str | None:
    """anyio keeps a loop as long as an async fixture needs it, and otherwise makes one for each test."""
    found = list(project.resolution.closure(test).fixtures())
    kept = any(each.function.is_async and each.scope != "function" for each in found)
    return None if kept else "function"
