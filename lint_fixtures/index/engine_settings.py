"""Which environment variables and settings the URL of an engine is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Attr, Call, Const, Expr, Item, Name, walk
from lint_fixtures.frozen import frozen
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import ClassRef, External, FunctionRef, Target, ValueRef
from lint_fixtures.index.values import Scope, outcomes

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DEPTH = 6
_READERS = frozenset({"os.getenv", "os.environ.get"})
_BASES = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic_settings.main.BaseSettings"})
_RENAMING = frozenset({"alias", "validation_alias", "env"})


@frozen
class Setting:
    """An environment variable, in capitals; or an attribute of the settings object of a module (``owner``)."""

    name: str
    owner: str = ""


@frozen
class Reads:
    settings: frozenset[Setting]
    modules: frozenset[Module]  # the files whose statements hand the setting on


_NOTHING = Reads(frozenset(), frozenset())


def settings_read(project: Project, expr: Expr | None, scope: Scope, depth: int = _DEPTH) -> Reads:
    """What an expression at module level reads; only what can be told."""
    found = _NOTHING
    for node in walk(expr) if expr is not None and depth else ():
        match node:
            case Call(args=(Const(value=str(key)), *_)):
                target = project.names.resolve_expr(scope.module, node.func)
                if isinstance(target, External) and target.dotted in _READERS:
                    found = _joined(found, Reads(frozenset({Setting(key.upper())}), frozenset({scope.module})))
            case Item(value=Name() as mapping, key=Const(value=str(key))):
                if project.names.resolve_expr(scope.module, mapping) == External("os.environ"):
                    found = _joined(found, Reads(frozenset({Setting(key.upper())}), frozenset({scope.module})))
            case Attr(value=Call(func=func), name=name):
                found = _joined(found, _of_object(project, project.names.resolve_expr(scope.module, func), name, scope))
            case Name(dotted=dotted):
                found = _joined(found, _of_name(project, dotted, scope, depth))
    return found


def _of_name(project: Project, dotted: str, scope: Scope, depth: int) -> Reads:
    target = project.names.resolve(scope.module, dotted)
    if isinstance(target, ValueRef):
        inner = settings_read(project, target.value, Scope(target.module), depth - 1)
        return _joined(inner, Reads(frozenset(), frozenset({target.module, scope.module}))) if inner.settings else inner
    head, _, name = dotted.rpartition(".")
    owner = project.names.resolve(scope.module, head) if head else None
    if not isinstance(owner, ValueRef) or not isinstance(owner.value, Call):
        return _NOTHING
    made = project.names.resolve_expr(owner.module, owner.value.func)
    read = _of_object(project, made, name, scope)
    own = Setting(name, f"{owner.module.path}:{owner.name}")
    return _joined(read, Reads(frozenset({own}), frozenset({owner.module}))) if read.settings else read


def _of_object(project: Project, made: Target, name: str, scope: Scope) -> Reads:
    """A field of the settings class that is called, or that a function like ``get_settings`` returns."""
    if isinstance(made, FunctionRef):
        handed = outcomes(made.function)
        inner = handed[0] if len(handed) == 1 and isinstance(handed[0], Call) else None
        made = project.names.resolve_expr(made.module, inner.func, made.function) if inner else made
    if not isinstance(made, ClassRef) or not _is_settings(project, made):
        return _NOTHING
    for statement, _ in flatten(made.cls.statements):
        if isinstance(statement, Assign) and Name(name) in statement.targets:
            given = statement.value
            renamed = isinstance(given, Call) and any(key in _RENAMING for key, _ in given.keywords)
            if not renamed:
                return Reads(frozenset({Setting(name.upper())}), frozenset({made.module, scope.module}))
    return _NOTHING


def _is_settings(project: Project, ref: ClassRef) -> bool:
    """A pydantic settings class whose fields have the names of the variables."""
    bases = project.names.bases(ref.module, ref.cls)
    if not any(isinstance(base, External) and base.dotted in _BASES for base in bases):
        return False
    return b"env_prefix" not in (project.sources.read(ref.module.path) or b"")


def _joined(one: Reads, other: Reads) -> Reads:
    return Reads(one.settings | other.settings, one.modules | other.modules)
