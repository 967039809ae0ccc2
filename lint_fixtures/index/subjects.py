"""The functions of a test file that rows are added in, with all that runs together with each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index import Project
from lint_fixtures.index.expected import expects_database_error, is_skipped, patches_flush
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.modules import Module
from lint_fixtures.index.mro import linear
from lint_fixtures.index.names import ClassRef, FunctionRef
from lint_fixtures.index.nodes import Node, Test
from lint_fixtures.index.plugin_fixtures import BUILTIN_SCOPES, ROWLESS
from lint_fixtures.index.resolution import Closure
from lint_fixtures.index.values import Scope

_FLUSHES = frozenset(  # a query flushes too, before it asks
    {
        *("flush", "commit", "execute", "exec", "bulk_save_objects", "scalar", "scalars", "query", "get", "get_one"),
        *("refresh", "merge", "begin", "begin_nested", "post", "put", "patch"),
    }
)
_ADDING = frozenset(
    {
        *(".add(", ".add_", ".merge(", "insert(", "bulk_save_objects("),
        *("create", "make_", "build", "actory", ".save(", "bulk_insert", "INSERT", "insert into", "json="),
    }
)
_SQLITE = rb"sqlite(?:\+\w+)?:"
_HOOKS = ("setup_module", "setup_function", "setUpModule", "pytest_")
_SETUP = ("setUp", "asyncSetUp", "setUpClass", "setup_method", "setup_class", "setup")


@frozen
class Subject:
    """A function (nested ones count to the outermost) in the role that it plays for pytest.

    ``expects_error``: what it sends is meant to be refused, or is not sent at all.

    ``closures`` are those of the tests that run it, or of the fixture alone; None for a plain helper, whose callers are
    not known.
    """

    scope: Scope
    closures: tuple[Closure, ...] | None
    expects_error: bool
    flushes: bool


def subjects(project: Project, path: str) -> tuple[Subject, ...]:
    """Of a test module, a conftest or a module with fixtures; none for application code."""
    module = project.module(path)
    if module is None or _ADDING.isdisjoint(module.facts.mentions):
        return ()
    return project.once(module, "subjects", lambda: tuple(_subjects(project, path, module)))


def _subjects(project: Project, path: str, module: Module) -> Iterator[Subject]:
    tests = [test for test in project.tests(path) if test.module is module]
    fixtures = {fixture.function: (fixture, node) for fixture, node in project.own_fixtures(path)}
    if not (tests or fixtures or project.is_conftest(path)):
        return
    blamed = _called_by_failing_tests(project, module)
    for function in module.facts.functions:
        outer = _outermost(module, function)
        own = [test for test in tests if test.function is outer]
        expects = outer.name in blamed or expects_database_error(project.names, module, outer)
        expects = (
            expects or (bool(own) and is_skipped(module, outer)) or patches_flush(function) or patches_flush(outer)
        )
        scope, closures = _role(project, module, outer, own, fixtures.get(outer), tests)
        flushes = any(call.dotted.rpartition(".")[2] in _FLUSHES for call in function.body.calls)
        where = Scope(module, function, scope.node, scope.fixture)
        yield Subject(where, closures, expects, flushes or scope.fixture is not None)


def _role(
    project: Project,
    module: Module,
    outer: Function,
    own: list[Test],
    fixture: tuple[Fixture, Node] | None,
    tests: list[Test],
) -> tuple[Scope, tuple[Closure, ...] | None]:
    if own:
        return Scope(module, outer, own[0].node), tuple(project.resolution.closure(test) for test in own)
    if fixture is not None:
        found, node = fixture
        alone = project.resolution.node_closure(node, (*project.resolution.autouse(node), found.name))
        users = (project.resolution.closure(test) for test in tests)
        return Scope(module, outer, node, found), (alone, *(each for each in users if each.runs(found)))
    return Scope(module, outer), None


def runs_with(project: Project, subject: Subject, closure: Closure) -> list[FunctionRef]:
    """Every function that pytest runs for one closure of a subject: the function itself, fixtures, set-up methods."""
    module, function = subject.scope.module, subject.scope.function
    assert function is not None
    outer = _outermost(module, function)
    found = [FunctionRef(module, outer), FunctionRef(module, function)]
    found += [FunctionRef(fixture.module, fixture.function) for fixture in closure.fixtures()]
    if outer.owner:
        for ref in closure_classes(project, module, outer):
            methods = ref.module.methods.get(ref.cls.qualname, ())
            found += [FunctionRef(ref.module, each) for each in methods if each.name in _SETUP]
    chain = (project.module(path) for path in project.sources.conftest_chain(module.path))
    for around in (module, *(each for each in chain if each)):
        hooks = (each for each in around.facts.functions if each.qualname.startswith(_HOOKS))
        found += [FunctionRef(around, each) for each in hooks]
    return found


def closure_classes(project: Project, module: Module, function: Function) -> tuple[ClassRef, ...]:
    """The class of a method, with its project bases."""
    cls = module.classes.get(function.owner)
    return linear(project.names, ClassRef(module, cls)) if cls else ()


def can_be_told(closure: Closure) -> bool:
    """Whether every fixture of a closure can be looked into."""
    return not closure.opaque and all(name in BUILTIN_SCOPES or name in ROWLESS for name in closure.missing)


def enforces_foreign_keys(project: Project, path: str) -> bool:
    """False for a suite whose engines are SQLite without the foreign-key pragma, as far as its set-up files show."""
    chain = (*project.sources.conftest_chain(path), path)
    modules = [found for each in chain if (found := project.module(each))]
    imported = [
        project.sources.module_file(item.module, module.path, item.level)
        for module in modules
        for item in module.facts.imports
    ]
    files = (*chain, *(each for each in dict.fromkeys(imported) if each and "test" in each[len(project.root) :]))
    text = b"\n".join(project.sources.read(each) or b"" for each in files)
    return not re.search(_SQLITE, text) or b"postgres" in text or b"foreign_keys" in text.lower()


def _outermost(module: Module, function: Function) -> Function:
    """The function around a nested one, classes not counted."""
    names = function.qualname.split(".")
    for index in range(1, len(names)):
        found = module.functions.get(".".join(names[:index]))
        if found is not None:
            return found
    return function


def _called_by_failing_tests(project: Project, module: Module) -> frozenset[str]:
    """Helpers and fixtures that a function which expects a database error calls or requests."""
    names: set[str] = set()
    for function in module.facts.functions:
        if expects_database_error(project.names, module, function):
            names |= {call.dotted.rpartition(".")[2] for call in function.body.calls}
            names |= {param.name for param in function.params}
    return frozenset(names)
