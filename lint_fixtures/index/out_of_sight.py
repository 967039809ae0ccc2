"""Ways into the database that no reading of the code can follow: processes, and SQL that is no constant."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Attr, Call, Const, Expr, Name, Op
from lint_fixtures.facts import Function
from lint_fixtures.index.modules import Module, bound_names
from lint_fixtures.index.names import Names, ValueRef
from lint_fixtures.index.values import assigned

_PROCESSES = (
    *("subprocess.", "os.system", "os.popen", "os.spawn", "os.posix_spawn", "os.exec"),
    *("asyncio.create_subprocess", "asyncio.subprocess."),
)
_RUNS_TEXT = frozenset({"exec_driver_sql", "executescript", "text"})
_EXECUTES = frozenset({"execute", "executemany"})
_GIVES_TEXT = frozenset({"read", "read_text", "decode", "format", "getvalue", "render", "get_data", "strip"})
_OF_TEXT = frozenset({"fstring", "Add", "Mod"})


def starts_process(dotted: str) -> bool:
    return dotted.startswith(_PROCESSES)


def runs_unread_sql(names: Names, module: Module, function: Function) -> bool:
    """Whether a function executes a text that does not stand in the code; statements that are built are read."""
    for call in function.body.calls:
        method = call.dotted.rpartition(".")[2] or getattr(call.func, "name", "")
        if not call.args:
            continue
        if method in _RUNS_TEXT and not isinstance(call.args[0], Const):
            return True
        given = _values(names, module, function, call.args[0]) if method in _EXECUTES else ()
        if any(map(_is_made, given)):
            return True
    return False


def _values(names: Names, module: Module, function: Function, expr: Expr) -> Iterator[Expr | None]:
    """What an argument stands for; None for the variable of a loop."""
    if not isinstance(expr, Name):
        yield expr
        return
    given = list(assigned(expr.dotted, function))
    if not given and expr.dotted in bound_names(function.body):
        yield None
    yield from given
    target = names.resolve_expr(module, expr, function)
    if isinstance(target, ValueRef):
        yield target.value


def _is_made(expr: Expr | None) -> bool:
    match expr:
        case Op(kind=kind):
            return kind in _OF_TEXT
        case Call(func=Attr(value=Const(), name="join")):  # of texts, not of tables
            return True
        case Call(func=Attr(name=name)):
            return name in _GIVES_TEXT
        case Call():
            return expr.dotted.rpartition(".")[2] in _GIVES_TEXT
    return expr is None
