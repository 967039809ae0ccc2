"""What importing a module does to a database: tables that it creates or drops, connections that it opens."""

# ruff: noqa: PTH119

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Block, Call, Const, For, If, Lambda, Name, Raise, Return, Stmt, Try, While, With, calls
from lint_fixtures.body import Node as BodyNode
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import External, FunctionRef, ValueRef
from lint_fixtures.index.uses import own
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DEPTH = 3
_SCHEMA = frozenset({"create_all", "drop_all"})
_OPENING = frozenset({"connect", "begin"})
_SENDING = frozenset({"execute", "exec_driver_sql", "run_sync"})
_METADATA = "metadata"
_EXECUTING = frozenset({kinds.SESSION, kinds.CONNECTION})
_RUNNERS = frozenset({"run", "run_until_complete"})  # asyncio.run(...), loop.run_until_complete(...)
_EXTERNAL = frozenset(
    {
        *("alembic.command.upgrade", "alembic.command.downgrade"),
        *("psycopg.connect", "psycopg2.connect"),
        *(f"sqlalchemy_utils.{name}" for name in ("create_database", "drop_database", "database_exists")),
        *(f"sqlalchemy_utils.functions.{name}" for name in ("create_database", "drop_database", "database_exists")),
    }
)
_IN_MEMORY = rb"sqlite(?:\+\w+)?:(?:///?)?(?::memory:|file:[^\"']*mode=memory|[\"'])"


@frozen
class Effect:
    """``call`` is what does it, in the module itself or in a helper that it calls."""

    line: int
    col: int
    call: str


def effects(project: Project, module: Module) -> Iterator[Effect]:
    """What happens for sure; nothing of what stands under a condition."""
    finder = _Finder(project, module)
    for block in (module.facts.statements, *(cls.statements for cls in module.facts.classes if not cls.nested)):
        asking = {id(statement) for statement in _asking(block)}
        for statement in sure(block):
            found = next(finder.in_statement(statement, Scope(module), _DEPTH, id(statement) in asking), None)
            if found is not None:
                yield Effect(statement.line, statement.col, found)


def is_imported_by_tests(project: Project, path: str) -> bool:
    """Whether pytest imports a file while it collects: other files beside tests may be scripts."""
    if project.is_conftest(path) or project.is_test_module(path):
        return True
    name = re.compile(rf"^\s*(?:from|import)\b.*\b{re.escape(os.path.basename(path)[:-3])}\b".encode(), re.MULTILINE)
    places = project.sources.python_files(project.sources.settings(path).rootdir)
    users = (each for each in places if project.is_conftest(each) or project.is_test_module(each))
    return any(name.search(project.sources.read(each) or b"") for each in users)


def sure(block: Block) -> Iterator[Stmt]:
    """The statements that run whenever the block is entered."""
    for statement in block:
        yield statement
        match statement:
            case With(body=body) | Try(body=body) | For(body=body):
                yield from sure(body)
            case While(test=Const(value=True), body=body):
                yield from sure(body)
            case If(body=body, orelse=orelse) if _leaves(body) or _leaves(orelse):
                return
            case Return() | Raise():
                return


def _asking(block: Block) -> Iterator[Stmt]:
    """The statements whose errors are caught and not raised again: connecting there asks whether a server answers."""
    for statement, _ in flatten(block):
        if isinstance(statement, Try) and statement.handlers:
            handled = (each for handler in statement.handlers for each, _ in flatten(handler.body))
            if not any(isinstance(each, Raise) for each in handled):
                yield from (each for each, _ in flatten(statement.body) if not _writes_inside(each))


def _writes_inside(statement: Stmt) -> bool:
    """Whether a connection is opened for more than a query."""
    inside = calls(statement.body) if isinstance(statement, With) else ()
    return any(call.dotted.rpartition(".")[2] in _SENDING and not _only_asks(call) for call in inside)


def _leaves(block: Block) -> bool:
    return any(isinstance(statement, (Return, Raise)) for statement, _ in flatten(block))


def _evaluated(node: object) -> Iterator[BodyNode]:
    """The node and what is in it, but for lambdas, which run later."""
    if isinstance(node, tuple):
        for item in node:
            yield from _evaluated(item)
    elif hasattr(node, "__match_args__") and not isinstance(node, Lambda):
        yield node  # type: ignore[misc]
        for name in node.__match_args__:
            yield from _evaluated(getattr(node, name))


class _Finder:
    """Looks into the calls of one module, and of the functions that it calls, each once."""

    def __init__(self, project: Project, module: Module) -> None:
        self._project = project
        self._module = module
        self._seen: set[Function] = set()

    def in_statement(self, statement: Stmt, scope: Scope, depth: int, asks: bool) -> Iterator[str]:
        """``asks``: connections, and what is read through them, are allowed to fail."""
        nodes = list(_evaluated(own(statement)))
        run = [arg for node in nodes if isinstance(node, Call) and _runs(node) for arg in node.args]
        for node in nodes:
            if isinstance(node, Call):
                yield from self._in_call(node, scope, depth, is_run=node in run, asks=asks)
            elif isinstance(node, Name) and _runs_sync(nodes, node) and not self._in_memory(scope.module):
                yield node.dotted

    def _in_call(self, call: Call, scope: Scope, depth: int, is_run: bool, asks: bool) -> Iterator[str]:
        target = self._project.names.resolve_expr(scope.module, call.func, scope.function)
        if isinstance(target, FunctionRef):
            if depth and self._is_entered(target, is_run):
                inside = Scope(target.module, target.function)
                body = target.function.body.statements
                # further down it is a step of something larger: a helper that waits for the server, then migrates
                asking = {id(statement) for statement in _asking(body)} if depth == _DEPTH else set()
                for statement in sure(body):
                    yield from self.in_statement(statement, inside, depth - 1, asks or id(statement) in asking)
        elif asks and _only_asks(call):
            return
        elif self._touches(call, target, scope) and not self._in_memory(scope.module, *self._modules(call, scope)):
            yield call.dotted

    def _is_entered(self, target: FunctionRef, is_run: bool) -> bool:
        function = target.function
        if function in self._seen or function.is_async is not is_run or function.decorators or function.is_generator:
            return False
        self._seen.add(function)
        return True

    def _touches(self, call: Call, target: object, scope: Scope) -> bool:
        if isinstance(target, External) and target.dotted in _EXTERNAL:
            return True
        receiver, _, method = call.dotted.rpartition(".")
        if method in _SCHEMA:
            return self._is_schema_owner(receiver, scope) and not self._is_on_mock(call, scope)
        if method in {"create", "drop"} and receiver.endswith(".__table__"):
            return True
        kind = self._kind(receiver, scope) if receiver else kinds.UNKNOWN
        return (method in _OPENING and kind == kinds.ENGINE) or (method == "execute" and kind in _EXECUTING)

    def _is_schema_owner(self, receiver: str, scope: Scope) -> bool:
        return receiver.endswith(".metadata") or self._kind(receiver, scope) in {_METADATA, kinds.DATABASE}

    def _is_on_mock(self, call: Call, scope: Scope) -> bool:
        """``create_all(create_mock_engine(...))`` prints the statements."""
        bind = call.args[0] if call.args else call.keyword("bind")
        return bind is not None and self._project.values.kind(bind, scope) == kinds.MOCK

    def _kind(self, receiver: str, scope: Scope) -> str:
        target = self._project.names.resolve(scope.module, receiver, scope.function)
        if isinstance(target, ValueRef) and isinstance(target.value, Call):
            made = self._project.names.resolve_expr(target.module, target.value.func)
            if isinstance(made, External) and made.dotted in {"sqlalchemy.MetaData", "sqlalchemy.schema.MetaData"}:
                return _METADATA
        return self._project.values.kind(Name(receiver), scope)

    def _modules(self, call: Call, scope: Scope) -> Iterator[Module]:
        """Where the engine or session of a call comes from."""
        given = (call.func, *call.args, *(value for _, value in call.keywords))
        for name in (each.dotted.partition(".")[0] for each in given if isinstance(each, Name)):
            target = self._project.names.resolve(scope.module, name, scope.function)
            if isinstance(target, ValueRef):
                yield target.module

    def _in_memory(self, *modules: Module) -> bool:
        """Whether one of the files at work has a SQLite database that is gone with the process."""
        chain = self._project.sources.conftest_chain(self._module.path)
        paths = {self._module.path, *chain, *(module.path for module in modules)}
        return any(re.search(_IN_MEMORY, self._project.sources.read(path) or b"") for path in paths)


def _only_asks(call: Call) -> bool:
    """Opens a connection, or sends nothing but a query: ``connection.execute(text("SELECT 1"))``."""
    method = call.dotted.rpartition(".")[2]
    if method in _OPENING or method == "database_exists":
        return True
    given = call.args[0] if call.args else None
    inner = given.args[0] if isinstance(given, Call) and given.args else given
    if isinstance(given, Call) and given.dotted.rpartition(".")[2] == "select":
        return True
    text = inner.value if isinstance(inner, Const) else None
    return method == "execute" and isinstance(text, str) and text.lstrip().upper().startswith(("SELECT", "SHOW"))


def _runs_sync(nodes: list[BodyNode], name: Name) -> bool:
    """Whether ``connection.run_sync(Base.metadata.create_all)`` stands among the nodes."""
    if not name.dotted.endswith((".metadata.create_all", ".metadata.drop_all")):
        return False
    return any(isinstance(node, Call) and node.dotted.endswith(".run_sync") and name in node.args for node in nodes)


def _runs(call: Call) -> bool:
    return call.dotted.rpartition(".")[2] in _RUNNERS
