"""How long a dependency override lives: whether its app outlives the test, and whether something takes it out again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Call, Expr, Name
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index.apps import outlives
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.managers import may_restore
from lint_fixtures.index.modules import Module
from lint_fixtures.index.mro import attributes
from lint_fixtures.index.names import UNRESOLVED, ClassRef, FunctionRef, Target
from lint_fixtures.index.nesting import nested
from lint_fixtures.index.nodes import Node, Test
from lint_fixtures.index.overrides import Override, Overrides, Undo
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DEPTH = 3


@frozen
class Leak:
    """An override that stays on a shared app: set here, or by a helper that is called here."""

    override: Override
    line: int
    col: int


@frozen
class Setter:
    """The test or fixture whose body sets overrides."""

    scope: Scope
    life: str  # the pytest scope after which its override should be gone
    others: Callable[[], Iterable[Fixture]]  # what else runs for its tests: asked only where an override leaks


@frozen
class _Entry:
    """The app and the key of an override, and where they are written; no key when it cannot be told."""

    scope: Scope
    app: Expr
    key: Expr | None


def setter_of_test(project: Project, test: Test) -> Setter:
    scope = Scope(test.module, test.function, test.node)
    return Setter(scope, "function", lambda: project.resolution.closure(test).fixtures())


def setter_of_fixture(project: Project, fixture: Fixture, node: Node) -> Setter | None:
    """None where every test gets the override anyway, or where it cannot be told how long the fixture lives."""
    if fixture.scope in {None, "session"}:
        return None  # nothing runs after the end of the session
    chain = project.sources.conftest_chain(fixture.module.path)
    if fixture.autouse is not False and fixture.module.path in chain[:1]:
        return None  # set anew for every test there is
    assert fixture.scope is not None
    scope = Scope(fixture.module, fixture.function, node, fixture)
    return Setter(scope, fixture.scope, lambda: _running_beside(project, fixture, node))


def _running_beside(project: Project, fixture: Fixture, node: Node) -> Iterator[Fixture]:
    names = (fixture.name, *project.resolution.autouse(node))
    yield from project.resolution.node_closure(node, names).fixtures()
    yield from _users(project, fixture)


def _users(project: Project, fixture: Fixture) -> Iterator[Fixture]:
    """Fixtures of the same file that are built on this one: tests mostly ask for them."""
    for other, node in project.own_fixtures(fixture.module.path):
        if other != fixture and project.resolution.node_closure(node, (other.name,)).runs(fixture):
            yield other


def leaks(project: Project, setter: Setter) -> Iterator[Leak]:
    for leak in list(_set_by(project, setter)):
        wanted = _Entry(setter.scope, leak.override.app, leak.override.key)
        if not _cleared_elsewhere(project, setter, wanted) and not _undone_after(
            project, setter.scope, leak.line, wanted
        ):
            yield leak


def _set_by(project: Project, setter: Setter) -> Iterator[Leak]:
    scope = setter.scope
    assert scope.function is not None
    for function in (scope.function, *nested(scope.module, scope.function)):
        for override in overrides_of(project, scope.module, function).sets():
            if outlives(project, override.app, Scope(scope.module, function, scope.node, scope.fixture), setter.life):
                yield Leak(override, override.line, override.col)
    for call in scope.function.body.calls:
        yield from _set_by_helper(project, setter, call)


def _set_by_helper(project: Project, setter: Setter, call: Call) -> Iterator[Leak]:
    scope = setter.scope
    target = project.names.resolve_expr(scope.module, call.func, scope.function)
    if not isinstance(target, FunctionRef) or target.function.is_generator or target.function.nested:
        return
    helper = Scope(target.module, target.function)
    for override in overrides_of(project, target.module, target.function).sets():
        given = _argument(target.function, call, override.app)
        where, app = (scope, given) if given is not None else (helper, override.app)
        if outlives(project, app, where, setter.life) and not _undone_after(
            project, helper, override.line, _Entry(helper, override.app, override.key)
        ):
            yield Leak(override, call.line, call.col)


def _argument(function: Function, call: Call, app: Expr) -> Expr | None:
    """What the caller passes for the app, where that is a parameter of the helper."""
    positional = [param.name for param in function.params if param.kind in {"positional", "plain"}]
    if not isinstance(app, Name) or app.dotted not in {param.name for param in function.params}:
        return None
    index = positional.index(app.dotted) if app.dotted in positional else len(call.args)
    return call.keyword(app.dotted) or (call.args[index] if index < len(call.args) else None)


def overrides_of(project: Project, module: Module, function: Function) -> Overrides:
    return project.once(module, (Overrides, function), lambda: _read(module, function))


def _read(module: Module, function: Function) -> Overrides:
    """With the names that enclosing functions, or other methods of the class, keep earlier entries in."""
    if not function.body.may_mention("dependency_overrides"):
        return Overrides(())
    kept: frozenset[str] = frozenset()
    outer = module.functions.get(function.qualname.rpartition(".")[0])
    if outer is not None:
        kept |= Overrides(outer.body.statements).saved
    for method in module.methods.get(function.owner, ()) if function.owner else ():
        if method is not function:
            kept |= {name for name in Overrides(method.body.statements).saved if name.startswith("self.")}
    return Overrides(function.body.statements, kept)


def _undone_after(project: Project, scope: Scope, line: int, wanted: _Entry) -> bool:
    assert scope.function is not None
    for undo in _undos(project, scope.module, scope.function, wanted):
        if undo.line is None or undo.line > line:
            return True
    inner = nested(scope.module, scope.function)
    if any(any(_undos(project, scope.module, each, wanted)) for each in inner):
        return True
    return undoes(project, followed(project, scope.module, scope.function), wanted)


def undoes(project: Project, starts: Iterable[tuple[Module, Function]], wanted: _Entry | None = None) -> bool:
    """Whether one of these functions, or one that it holds or names, takes the override (or any) out."""
    seen: set[tuple[Module, Function]] = set()
    level = list(dict.fromkeys(starts))
    for _ in range(_DEPTH + 1):
        for module, function in level:
            if any(any(_undos(project, module, each, wanted)) for each in (function, *nested(module, function))):
                return True
        seen.update(level)
        named = (found for ref in level for found in followed(project, *ref))
        level = [found for found in dict.fromkeys(named) if found not in seen]
    return False


def _undos(project: Project, module: Module, function: Function, wanted: _Entry | None) -> Iterator[Undo]:
    """What takes out the entry, or may: a key that cannot be told counts."""
    if wanted is not None and may_restore(project, Scope(module, function), wanted.app):
        yield Undo(None)
    if "dependency_overrides" not in module.facts.mentions:
        return
    key = _target(project, wanted.scope, wanted.key) if wanted else None
    for undo in overrides_of(project, module, function).undos():
        other = _target(project, Scope(module, function), undo.key)
        if key is None or other is None or key == other:
            yield undo


def _target(project: Project, scope: Scope, key: Expr | None) -> Target | None:
    found = project.names.resolve_expr(scope.module, key, scope.function) if key is not None else UNRESOLVED
    return None if found == UNRESOLVED else found


def followed(project: Project, module: Module, function: Function) -> tuple[tuple[Module, Function], ...]:
    """The functions of the project that a body names, and the methods of the classes.

    Code that is neither for tests nor mentions overrides is not followed: most of what a test names is the application.
    """
    return project.once(module, (_named, function), lambda: tuple(_named(project, module, function)))


def _named(project: Project, module: Module, function: Function) -> Iterator[tuple[Module, Function]]:
    for dotted in sorted(function.body.names):
        match project.names.resolve(module, dotted, function):
            case FunctionRef(module=source, function=named) if named is not function and _may_undo(project, source):
                yield source, named
            case ClassRef(module=source, cls=cls) if _may_undo(project, source):
                yield from ((source, method) for method in source.methods.get(cls.qualname, ()))


def _may_undo(project: Project, module: Module) -> bool:
    return "dependency_overrides" in module.facts.mentions or "test" in module.path[len(project.root) :]


def _cleared_elsewhere(project: Project, setter: Setter, wanted: _Entry) -> bool:
    """By another fixture of its tests, by a teardown of the class or module, or by a pytest hook of a conftest."""
    scope = setter.scope
    assert scope.node is not None
    own = scope.function
    others = ((other.module, other.function) for other in setter.others() if other.function is not own)
    return undoes(project, (*others, *around(project, scope.node)), wanted)


def around(project: Project, node: Node) -> Iterator[tuple[Module, Function]]:
    for ref in node.classes:
        for name, (owner, what) in attributes(project.names, ref).items():
            if isinstance(what, Function) and name.lower().startswith(("teardown", "asyncteardown")):
                yield owner.module, what
    chain = (project.module(path) for path in project.sources.conftest_chain(node.module.path))
    for module in (node.module, *(found for found in chain if found)):
        for function in module.facts.functions:
            if function.name == function.qualname and function.name.startswith(("teardown", "tearDown", "pytest_")):
                yield module, function
