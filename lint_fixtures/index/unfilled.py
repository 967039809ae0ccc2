"""Variables that are left None: never filled for sure before a test uses them, or still None at a use."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Assign, Await, Call, Const, Do, Handler, If, Name, Node, Op, Stmt, Try, Yield, walk
from lint_fixtures.facts import Function
from lint_fixtures.index.fixtures import Fixtures
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.mro import linear
from lint_fixtures.index.names import ClassRef, FunctionRef, Names
from lint_fixtures.index.paths import Path
from lint_fixtures.index.variables import Given, Variable, declares_global, givens, is_none
from lint_fixtures.index.ways import ways_through

_SET_UP_MODULE = frozenset({"setup_module", "setUpModule", "setup_function", "pytest_configure", "pytest_sessionstart"})
_SET_UP_CLASS = frozenset(
    {
        *("setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class", "setup"),
        *("__enter__", "__aenter__"),  # a context manager fills its own attributes
    }
)
_TEAR_DOWN = (
    "teardown",
    "tear_down",
    "close",
    "cleanup",
    "clean_up",
    "stop",
    "reset",
    "dispose",
    "disconnect",
    "_exit_",
)
_DEPTH = 2


def is_reset(given: Given, variable: Variable) -> bool:
    """Whether a function gives None back after use: on teardown, after a yield, or after the variable was used."""
    function = given.function
    if function is None:
        return False
    name = function.name.lower().replace("__", "_")
    if any(word in name for word in _TEAR_DOWN) or "asyncteardown" in name:
        return True
    earlier = [one for one, _ in flatten(function.body.statements) if one.line < given.statement.line]
    return any(_uses(one, variable.spellings()) for one in earlier)


def _uses(statement: Stmt, spellings: frozenset[str]) -> bool:
    return any(isinstance(node, Yield) or _dereferences(node, spellings) for node in walk(statement))


def _dereferences(node: Node, spellings: frozenset[str]) -> bool:
    return isinstance(node, Name) and node.dotted.rpartition(".")[0] in spellings


def is_filled_first(names: Names, fixtures: Fixtures, variable: Variable) -> bool:
    """Whether something that surely runs before the tests, or every reader itself, fills it on every path."""
    module = variable.module
    for function in module.facts.functions:
        if function.owner != variable.owner or function.nested:
            continue
        if _fills(names, module, function, variable):
            if _runs_first(fixtures, module, function) or _is_lazy(module, function, variable):
                return True
        elif _runs_first(fixtures, module, function) and _has_it_filled(names, module, function, variable):
            return True
    return _is_filled_by_base(names, variable)


def _has_it_filled(names: Names, module: Module, function: Function, variable: Variable, depth: int = 0) -> bool:
    """Whether it calls, on every way, a helper of the same class or module that fills the variable."""
    for called in _always_called(names, module, function):
        if called is not function and (
            _fills(names, module, called, variable)
            or (depth < _DEPTH and _has_it_filled(names, module, called, variable, depth + 1))
        ):
            return True
    return False


def _always_called(names: Names, module: Module, function: Function) -> Iterator[Function]:
    owner = module.classes.get(function.owner)
    for statement, branch in flatten(function.body.statements):
        value = statement.value if isinstance(statement, (Do, Assign)) and not branch else None
        call = value.value if isinstance(value, Await) else value
        if not isinstance(call, Call):
            continue
        holder, _, name = call.dotted.rpartition(".")
        if owner is not None and holder in {"self", "cls", owner.name}:
            target = names.class_member(module, owner, name)
        else:
            target = names.resolve_expr(module, call.func, function)
        if isinstance(target, FunctionRef) and target.module is module:
            yield target.function


def _is_filled_by_base(names: Names, variable: Variable) -> bool:
    """Whether a class that this one is derived from gives the attribute a value."""
    cls = variable.module.classes.get(variable.owner) if variable.owner else None
    above = linear(names, ClassRef(variable.module, cls))[1:] if cls else ()
    methods = (method for ref in above for method in ref.module.methods.get(ref.cls.qualname, ()))
    statements = (statement for method in methods for statement, _ in flatten(method.body.statements))
    filling = (one for one in statements if isinstance(one, Assign) and one.value not in (None, Const(None)))
    spellings = {Name(f"{holder}.{variable.name}") for holder in ("self", "cls")}
    return any(not spellings.isdisjoint(one.targets) for one in filling)


def is_asked_for(variable: Variable) -> bool:
    """Whether every function of the file that reads it asks first whether it is None, as for one set from outside.

    A local of that name was meant to fill it: then asking is what hides the mistake.
    """
    if variable.owner or variable.function is not None:
        return False
    spelling = Name(variable.name)
    bodies = [function.body.statements for function in variable.module.facts.functions]
    reading = [tuple(walk(body)) for body in bodies if any(_reads(node, variable.name) for node in walk(body))]
    meant = (one.function for one in givens(variable) if one.function is not None and not is_none(one))
    if any(not declares_global(function, variable.name) for function in meant):
        return False
    return bool(reading) and all(any(_asks(node, spelling) for node in nodes) for nodes in reading)


def _reads(node: Node, name: str) -> bool:
    return isinstance(node, Name) and node.dotted.partition(".")[0] == name


def _asks(node: Node, spelling: Name) -> bool:
    return isinstance(node, Op) and node.kind in {"Is", "IsNot"} and node.parts == (spelling, Const(None))


def _runs_first(fixtures: Fixtures, module: Module, function: Function) -> bool:
    if function.name in _SET_UP_CLASS | _SET_UP_MODULE:
        return True
    mark = fixtures.marks.fixture(module, function) if function.decorators else None
    return mark is not None and mark.autouse is not False


def _is_lazy(module: Module, function: Function, variable: Variable) -> bool:
    """``def session(): if _session is None: _session = Session() ... return _session``, and nobody else reads it."""
    tests = [one.test for one, _ in flatten(function.body.statements) if isinstance(one, If)]
    asks = any(isinstance(node, Name) and node.dotted in variable.spellings() for node in walk(tuple(tests)))
    others = (other for other in module.facts.functions if other is not function)
    return asks and not any(
        (isinstance(node, Name) and node.dotted in variable.spellings()) or _dereferences(node, variable.spellings())
        for other in others
        for node in other.body.nodes
    )


def _fills(names: Names, module: Module, function: Function, variable: Variable) -> bool:
    given = [one for one in givens(variable) if one.function is function and not is_none(one)]
    if not given or (not variable.owner and not declares_global(function, variable.name)):
        return False
    start = Path(known=frozenset((spelling, Const(None)) for spelling in variable.spellings()))
    ways = ways_through(names, module, function, start)
    if ways is None:
        return True
    left = [leaving.path for leaving in ways.exits]
    if function.is_generator:
        left = [step.path for step in ways.steps if any(isinstance(node, Yield) for node in walk(step.nodes))]
    written = {target.dotted for one in given for target in _targets(one) if isinstance(target, Name)}
    return not any((spelling, Const(None)) in path.known for path in left for spelling in written)


def _targets(given: Given) -> Iterator[Node]:
    if isinstance(given.statement, Assign):
        yield from given.statement.targets
    else:
        yield from (target for _, target in given.statement.items if target is not None)


def none_at_use(names: Names, variable: Variable, function: Function) -> Iterator[int]:
    """The lines of a function at which an attribute of the variable is read while it is None for sure."""
    ways = ways_through(names, variable.module, function)
    handled = _handler_lines(function)
    for step in ways.steps if ways is not None else ():
        known_none = frozenset(name for name, value in step.path.known if value.value is None)
        if step.line not in handled and any(
            _dereferences(node, variable.spellings() & known_none) for node in walk(step.nodes)
        ):
            yield step.line


def _handler_lines(function: Function) -> frozenset[int]:
    """Lines in ``except`` blocks: there, what failed may be the filling itself, and that error is told anyway."""
    handlers: list[Handler] = []
    for statement, _ in flatten(function.body.statements):
        if isinstance(statement, Try):
            handlers += statement.handlers
    return frozenset(one.line for handler in handlers for one, _ in flatten(handler.body))


def stays_none(names: Names, variable: Variable, given: Given) -> bool:
    """Whether the function that gives it None can end with it, or use it, before it gives it something else."""
    function = given.function
    if function is None:
        return True
    ways = ways_through(names, variable.module, function)
    if ways is None:
        return False
    ends = any(
        name in variable.spellings() and value.value is None
        for leaving in ways.exits
        for name, value in leaving.path.known
    )
    return ends or any(none_at_use(names, variable, function))
