"""What takes one test's rows away before the next one starts: fixtures, helpers they call, hooks around tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Attr, Await, Call, Const, Expr, Name, With, walk
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.mro import attributes
from lint_fixtures.index.names import FunctionRef
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.test_code import is_test_code
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_ROLLING_BACK = frozenset({"rollback", "begin_nested", "truncate", "drop_all", "expunge_all"})
_EMPTYING = frozenset({"truncate", "drop_all", "delete"})
_BEGINNING = frozenset({"begin", "begin_nested"})
_AROUND_EACH = (
    *("pytest_runtest_", "setup_function", "teardown_function", "setup_method", "teardown_method"),
    *("setUp", "tearDown", "asyncSetUp", "asyncTearDown"),
)
_AROUND_ALL = frozenset({"setUpClass", "tearDownClass", "setUpModule", "tearDownModule"})
_RESETS = r"(?i)clean|clear|delete|drop|empty|purge|reset|restore|rollback|trunc|undo|wipe"
_DEPTH = 2


@frozen
class _Done:
    """What a function does itself and through the project's functions that it names."""

    methods: frozenset[str]  # the last part of every callee
    texts: tuple[str, ...]
    ends: bool  # closes a transaction that it began: that rolls it back


def undoes(project: Project, fixture: Fixture) -> bool:
    """Whether a fixture rolls back, truncates or drops."""
    return _undoes(project, fixture.module, fixture.function)


def truncates(project: Project, fixture: Fixture) -> bool:
    """Whether it empties tables: by TRUNCATE, by DELETE, or by dropping them."""
    return _empties(_done(project, fixture.module, fixture.function))


def wraps_in_transaction(project: Project, fixture: Fixture) -> bool:
    """Whether it begins an outer transaction, or a savepoint, that it rolls back in the end."""
    done = _done(project, fixture.module, fixture.function)
    return done.ends or ("rollback" in done.methods and not _BEGINNING.isdisjoint(done.methods))


def is_rolled_back_anyway(project: Project, scope: Scope, on: frozenset[str]) -> bool:
    """Whether one of the fixtures that ``on`` names, or one below it, takes back all that the fixture does with it."""
    if scope.fixture is None or scope.node is None:
        return False
    names = tuple(name for name in scope.fixture.requests if name in on)
    return any(
        other.function is not scope.fixture.function
        and other.scope == "function"
        and wraps_in_transaction(project, other)
        for other in project.resolution.node_closure(scope.node, names).fixtures()
    )


def each_test(project: Project, node: Node) -> Iterator[Fixture]:
    """The function-scoped fixtures that a node can see."""
    for found in project.resolution.visible(node).values():
        yield from (fixture for fixture in found if fixture.scope == "function")


def is_reset_for_each_test(project: Project, fixture: Fixture, node: Node) -> bool:
    """Whether something around each test undoes what happens in a wider fixture: always, or for all that request it."""
    for other in each_test(project, node):
        if undoes(project, other):
            closure = project.resolution.node_closure(node, (other.name,))
            if other.autouse or closure.runs(fixture):
                return True
    return any(_undoes(project, module, function) for module, function in _hooks(project, node))


def _hooks(project: Project, node: Node) -> Iterator[tuple[Module, Function]]:
    """Hooks and methods that pytest runs before or after each test."""
    for module in project.nodes.providers(node.module):
        for function in module.facts.functions:
            if function.name == function.qualname and _is_around_each(function):
                yield module, function
    for ref in node.classes:
        for owner, what in attributes(project.names, ref).values():
            if isinstance(what, Function) and _is_around_each(what):
                yield owner.module, what


def _is_around_each(function: Function) -> bool:
    return function.name.startswith(_AROUND_EACH) and function.name not in _AROUND_ALL


def _undoes(project: Project, module: Module, function: Function) -> bool:
    done = _done(project, module, function)
    return done.ends or not _ROLLING_BACK.isdisjoint(done.methods) or _empties(done)


def _empties(done: _Done) -> bool:
    written = any(text.lstrip().upper().startswith(("TRUNCATE", "DELETE")) for text in done.texts)
    return written or not _EMPTYING.isdisjoint(done.methods)


def _done(project: Project, module: Module, function: Function, depth: int = 0) -> _Done:
    inside = f"{function.qualname}."
    functions = [function, *(one for one in module.facts.functions if one.qualname.startswith(inside))]
    found = [_own(one) for one in functions]
    if depth < _DEPTH:
        found += [
            _done(project, target.module, target.function, depth + 1)
            for one in functions
            for target in _named(project, module, one)
            if target.function not in functions and not project.fixtures.is_fixture(target.module, target.function)
        ]
    methods = frozenset(method for one in found for method in one.methods)
    return _Done(methods, tuple(text for one in found for text in one.texts), any(one.ends for one in found))


def _named(project: Project, module: Module, function: Function) -> list[FunctionRef]:
    """The functions that it calls or hands on, as to ``addfinalizer``; of the application those named for it."""
    names = {node.dotted for node in walk(function.body.statements) if isinstance(node, Name)}
    targets = (project.names.resolve(module, dotted, function) for dotted in sorted(names))
    found = (target for target in targets if isinstance(target, FunctionRef))
    return [one for one in found if re.search(_RESETS, one.function.name) or is_test_code(project, one.module.path)]


def _own(function: Function) -> _Done:
    calls = function.body.calls
    methods = frozenset(_method(call) for call in calls if not _is_one_row(call))
    nodes = (node.value for node in walk(function.body.statements) if isinstance(node, Const))
    closed = {call.dotted.removesuffix(".close") for call in calls if call.dotted.endswith(".close")}
    texts = tuple(text for text in nodes if isinstance(text, str))
    return _Done(methods, texts, not closed.isdisjoint(_begun(function)))


def _is_one_row(call: Call) -> bool:
    """``repository.delete(order.id)``; ``query.delete()`` and ``delete(Order)`` are of many."""
    holder, _, method = call.dotted.rpartition(".")
    return method == "delete" and bool(call.args) and holder not in {"", "sa", "sqlalchemy", "sqlmodel"}


def _begun(function: Function) -> Iterator[str]:
    """The names that a transaction is given."""
    for statement, _ in flatten(function.body.statements):
        pairs: list[tuple[Expr | None, Expr | None]] = list(statement.items) if isinstance(statement, With) else []
        if isinstance(statement, Assign):
            pairs += [(statement.value, target) for target in statement.targets]
        for value, target in pairs:
            made = value.value if isinstance(value, Await) else value
            if isinstance(made, Call) and _method(made) in _BEGINNING and isinstance(target, Name):
                yield target.dotted


def _method(call: Call) -> str:
    return call.func.name if isinstance(call.func, Attr) else call.dotted.rpartition(".")[2]
