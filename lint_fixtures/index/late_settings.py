"""Settings that a suite changes after the application has built its engine from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Call, Const, Expr, Item, Map, Name, Stmt, calls
from lint_fixtures.facts import Location
from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.engine_settings import Reads, Setting, settings_read
from lint_fixtures.index.import_effects import sure
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import External, ValueRef
from lint_fixtures.index.test_code import is_test_code
from lint_fixtures.index.uses import own
from lint_fixtures.index.values import Scope
from lint_fixtures.index.wiring import imported, imports_of

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_DATABASE = r"(?i)database|db|postgres|pg|sql|dsn"


@frozen
class Change:
    """``before`` is the line above which the file's imports have run by then; None: all of them have."""

    setting: Setting
    line: int
    col: int
    before: int | None


@frozen
class Late:
    change: Change
    engine: Location


def late_changes(project: Project, module: Module) -> Iterator[Late]:
    """Changes of what an engine was made of when an import above ran, unless the change may still be seen."""
    changes = list(_changes(project, module))
    found = [(change, _built_by_then(project, module, change)) for change in changes]
    in_time = {change.setting for change, engine in found if engine is None}
    for change, engine in found:
        if engine is not None and change.setting not in in_time:
            yield Late(change, engine)


def _changes(project: Project, module: Module) -> Iterator[Change]:
    """Of the module's own statements, and of the autouse fixtures, which run when everything is imported."""
    for statement in sure(module.facts.statements):
        for setting in _changed(project, statement, Scope(module)):
            yield Change(setting, statement.line, statement.col, statement.line)
    for fixture, _ in project.own_fixtures(module.path):
        if fixture.autouse is True:
            for statement, _ in flatten(fixture.function.body.statements):
                for setting in _changed(project, statement, Scope(module, fixture.function)):
                    yield Change(setting, statement.line, statement.col, None)


def _changed(project: Project, statement: Stmt, scope: Scope) -> Iterator[Setting]:
    if isinstance(statement, Assign) and statement.value is not None:
        for target in statement.targets:
            yield from _assigned(project, target, scope)
    for call in calls(own(statement)):
        keys: Iterable[Expr | None] = ()
        if call.dotted.endswith(".setenv"):
            keys = call.args[:1]
        elif call.dotted.endswith("environ.update"):
            mapping = call.args[0] if call.args else None
            keys = [key for key, _ in mapping.items] if isinstance(mapping, Map) else []
            keys = [*keys, *(Const(key) for key, _ in call.keywords)]
        for key in keys:
            if isinstance(key, Const) and re.search(_DATABASE, str(key.value)):
                yield Setting(str(key.value).upper())


def _assigned(project: Project, target: Expr, scope: Scope) -> Iterator[Setting]:
    """``os.environ["DATABASE_URL"]`` and ``settings.database_url``."""
    if isinstance(target, Item) and isinstance(target.key, Const) and re.search(_DATABASE, str(target.key.value)):
        if project.names.resolve_expr(scope.module, target.value, scope.function) == External("os.environ"):
            yield Setting(str(target.key.value).upper())
    elif isinstance(target, Name) and target.dotted.count(".") == 1:
        head, _, attribute = target.dotted.partition(".")
        owner = project.names.resolve(scope.module, head, scope.function)
        if isinstance(owner, ValueRef) and isinstance(owner.value, Call) and re.search(_DATABASE, attribute):
            yield Setting(attribute, f"{owner.module.path}:{owner.name}")


def _built_by_then(project: Project, module: Module, change: Change) -> Location | None:
    """Where an engine is made of the setting by an import that runs before the change, and nothing reads it again."""
    starts = imports_of(project, module, change.before)
    for path in project.sources.conftest_chain(module.path):
        above = project.module(path) if path != module.path else None
        starts |= imports_of(project, above) if above else set()
    seen: set[Module] = set()
    for start in sorted(path for path in starts if not is_test_code(project, path)):
        first = project.module(start)
        for each in imported(project, first) if first and first not in seen else ():
            if each not in seen:
                seen.add(each)
                for call, reads in _engines(project, each):
                    if change.setting in reads.settings and not _read_again(project, change.setting, reads, each):
                        return Location(each.path, call.line, call.col)
    return None


def _engines(project: Project, module: Module) -> Iterator[tuple[Call, Reads]]:
    """What importing a module makes engines of."""
    if b"engine(" not in (project.sources.read(module.path) or b""):
        return
    for statement in sure(module.facts.statements):
        for call in calls(own(statement)):
            made = project.names.resolve_expr(module, call.func)
            if isinstance(made, External) and kinds.CONSTRUCTORS.get(made.dotted) == kinds.ENGINE:
                url = call.args[0] if call.args else call.keyword("url")
                yield call, settings_read(project, url, Scope(module))


def _read_again(project: Project, setting: Setting, reads: Reads, engine: Module) -> bool:
    """Whether other code of the project, or a function of the same files, names the setting: it may read it later."""
    word = re.compile(rf"(?i)\b{re.escape(setting.name)}\b".encode())
    known = {engine, *reads.modules}
    for module in known:
        for function in module.facts.functions:
            if word.search(repr(function.body.statements).encode()):
                return True
    paths = {module.path for module in known}
    for path in project.sources.python_files():
        if path not in paths and word.search(project.sources.read(path) or b"") and not is_test_code(project, path):
            return True
    return False
