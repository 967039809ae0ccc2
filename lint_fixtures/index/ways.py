"""The ways through one function of the project: :mod:`lint_fixtures.index.flow` with names resolved."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Assign, Call, Do, Expr, Name, Node, Raise, Return, Scoped, walk
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index.flow import TooManyPaths, Walker
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import External, FunctionRef, Names, Target
from lint_fixtures.index.paths import Exit, Path, Step

_ENDING = frozenset(
    {
        *("pytest.skip", "pytest.fail", "pytest.exit", "pytest.xfail"),
        *("sys.exit", "os._exit", "os.abort", "builtins.exit", "builtins.quit"),
    }
)
_ENDING_METHODS = frozenset({"self.skipTest", "self.fail", "cls.skipTest"})
_NEVER = frozenset({"NoReturn", "Never"})
_DEPTH = 3
_NOTHING_KNOWN = Path()


@frozen
class Ways:
    """``steps`` in the order of the walk, ``exits`` without errors and without skips."""

    steps: tuple[Step, ...]
    exits: tuple[Exit, ...]


def ways_through(
    names: Names, module: Module, function: Function, start: Path = _NOTHING_KNOWN, depth: int = 0
) -> Ways | None:
    """None when there are too many to tell. A path is ``asked`` where a condition looks at pytest's ``request``."""
    about_request = _derived_from("request", function)

    def ends(call: Call) -> bool:
        return _never_returns(names, module, function, call, depth)

    def asked(test: Expr) -> bool:
        return any(head in about_request for head in heads(test))

    walker = Walker(ends, _volatile(module, function), asked)
    try:
        exits = walker.run(function.body.statements, start)
    except TooManyPaths:
        return None
    return Ways(tuple(walker.steps), tuple(exits))


def heads(node: Node | tuple[Node, ...]) -> Iterator[str]:
    """The plain names at the start of every dotted one inside a node."""
    return (found.dotted.partition(".")[0] for found in walk(node) if isinstance(found, Name))


def _never_returns(names: Names, module: Module, function: Function, call: Call, depth: int) -> bool:
    if call.dotted in _ENDING_METHODS:
        return True
    match _callee(names, module, function, call):
        case External(dotted=dotted):
            return dotted in _ENDING
        case FunctionRef(module=source, function=called):
            if isinstance(called.returns, Name) and called.returns.dotted.rpartition(".")[2] in _NEVER:
                return True
            if depth > _DEPTH or called is function or called.decorators or not _may_never_return(called):
                return False
            ways = ways_through(names, source, called, depth=depth + 1)
            return ways is not None and not ways.exits
    return False


def _callee(names: Names, module: Module, function: Function, call: Call) -> Target:
    holder, _, name = call.dotted.rpartition(".")
    if holder in {"self", "cls"} and function.owner in module.classes:
        return names.class_member(module, module.classes[function.owner], name)
    return names.resolve_expr(module, call.func, function)


def _may_never_return(function: Function) -> bool:
    """A cheap gate before the walk: it raises, mentions pytest or ends with a call, and nowhere returns."""
    statements = [statement for statement, _ in flatten(function.body.statements)]
    if function.is_generator or any(isinstance(statement, Return) for statement in statements):
        return False
    if any(isinstance(statement, Raise) for statement in statements) or "pytest" in heads(function.body.statements):
        return True
    return bool(statements) and isinstance(statements[-1], Do) and isinstance(statements[-1].value, Call)


def _derived_from(name: str, function: Function) -> frozenset[str]:
    """A name and the local ones that are computed from it."""
    found = {name}
    for _ in range(2):
        for statement, _ in flatten(function.body.statements):
            if isinstance(statement, Assign) and statement.value and not found.isdisjoint(heads(statement.value)):
                found |= {target.dotted for target in statement.targets if isinstance(target, Name)}
    return frozenset(found)


def _volatile(module: Module, function: Function) -> frozenset[str]:
    """Names that a call may change: those of enclosing scopes, and the ones that a nested function rebinds."""
    nested = [other for other in module.facts.functions if other.qualname.startswith(f"{function.qualname}.")]
    bodies = (function.body.statements, *(other.body.statements for other in nested))
    declared = (node for body in bodies for node, _ in flatten(body) if isinstance(node, Scoped))
    return frozenset(name for statement in declared for name in statement.names)
