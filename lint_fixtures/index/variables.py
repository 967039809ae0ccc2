"""Variables that are given None somewhere: what else they are given, and whether they are meant to hold a session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Call, Const, Expr, Name, Scoped, With, walk
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import External
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_OF_SESSIONS = frozenset(
    {
        *("query", "add", "add_all", "commit", "rollback", "flush", "refresh", "execute", "scalar", "scalars", "merge"),
        *("begin_nested", "expunge", "expunge_all", "expire", "expire_all", "bulk_save_objects", "get_one"),
    }
)
_OF_HTTP = frozenset({"post", "put", "patch", "headers", "cookies", "mount", "auth", "verify"})
_WEAK = frozenset({"db", "session"})  # as often something else: a name like these needs a witness


@frozen
class Variable:
    """Where it lives: ``owner`` is a class ('' for none), ``function`` the one that it is local to (None for none)."""

    module: Module
    name: str  # without self or class
    owner: str = ""
    function: Function | None = None

    def spellings(self) -> frozenset[str]:
        """How the file can write it."""
        if not self.owner:
            return frozenset({self.name})
        holders = ("self", "cls", self.owner, self.owner.rpartition(".")[2])
        return frozenset(f"{holder}.{self.name}" for holder in holders)


@frozen
class Given:
    """One assignment; ``function`` is where it stands."""

    statement: Assign | With
    value: Expr
    function: Function | None


def givens(variable: Variable) -> Iterator[Given]:
    """Everything that the file assigns to a variable, with ``=`` or ``with ... as``."""
    spellings = variable.spellings()
    if variable.function is not None:
        yield from _in_block(variable.function, spellings)
        return
    for function in variable.module.facts.functions:  # for a module's name also a local that was meant to fill it
        if not variable.owner or function.qualname.startswith(f"{variable.owner}."):
            yield from _in_block(function, spellings)
    outer = variable.module.classes[variable.owner].statements if variable.owner else variable.module.facts.statements
    for statement, _ in flatten(outer):
        if isinstance(statement, Assign) and statement.value is not None and Name(variable.name) in statement.targets:
            yield Given(statement, statement.value, None)


def _in_block(function: Function, spellings: frozenset[str]) -> Iterator[Given]:
    for statement, _ in flatten(function.body.statements):
        if isinstance(statement, Assign) and statement.value is not None:
            if any(isinstance(target, Name) and target.dotted in spellings for target in statement.targets):
                yield Given(statement, statement.value, function)
        elif isinstance(statement, With):
            for context, target in statement.items:
                if isinstance(target, Name) and target.dotted in spellings:
                    yield Given(statement, context, function)


def declares_global(function: Function, name: str) -> bool:
    return any(isinstance(one, Scoped) and name in one.names for one, _ in flatten(function.body.statements))


def holds_session(project: Project, variable: Variable, annotation: Expr | None) -> bool:
    """By what it is annotated with or given elsewhere; by its name where nothing speaks against that."""
    scope = Scope(variable.module, variable.function)
    told = {_kind(project, given, variable) for given in givens(variable)} - {kinds.UNKNOWN, kinds.NONE}
    if annotation is not None:
        told |= {project.values.annotation(annotation, scope)} - {kinds.UNKNOWN, kinds.NONE}
    if told:
        return told == {kinds.SESSION}
    name = variable.name.lstrip("_")
    if name not in project.settings.session_names:
        return False
    used = _members_used(variable)
    if not used.isdisjoint(_OF_HTTP):
        return False
    if name not in _WEAK or not used.isdisjoint(_OF_SESSIONS):
        return True
    return not variable.owner and _is_session_fixture(project, variable)  # an attribute is another thing


def _kind(project: Project, given: Given, variable: Variable) -> str:
    scope = Scope(variable.module, given.function)
    found = project.values.kind(given.value, scope)
    if found == kinds.UNKNOWN and isinstance(given.value, Call):
        target = project.names.resolve_expr(variable.module, given.value.func, given.function)
        if isinstance(target, External) and not target.dotted.startswith(("builtins.", "sqlalchemy.", "sqlmodel.")):
            return kinds.OTHER  # requests.Session(), boto3.Session(), MagicMock() ...
    return found


def _members_used(variable: Variable) -> set[str]:
    spellings = variable.spellings()
    functions = variable.module.facts.functions
    bodies = [each.body.statements for each in functions if each.qualname.startswith(variable.owner)]
    if variable.function is not None:
        bodies = [variable.function.body.statements]
    dotted = (node.dotted for body in bodies for node in walk(body) if isinstance(node, Name))
    return {member for holder, _, member in (name.rpartition(".") for name in dotted) if holder in spellings}


def _is_session_fixture(project: Project, variable: Variable) -> bool:
    node = Node(variable.module)
    found = project.resolution.definitions(variable.name, node)
    return bool(found) and project.values.role(found[-1], node) == kinds.SESSION


def is_none(given: Given) -> bool:
    return given.value == Const(None)
