"""Errors that a test expects: code that is meant to break a constraint is not reported for breaking it."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Assign, Call, Const, Do, Expr, Handler, Name, Node, Seq, Try, With, calls, walk
from lint_fixtures.facts import Function
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import External, Names

_UNRELATED = frozenset(
    {
        *("ValueError", "TypeError", "KeyError", "AttributeError", "IndexError", "NotImplementedError", "OSError"),
        *("PermissionError", "FileNotFoundError", "TimeoutError", "StopIteration", "AssertionError", "ImportError"),
        *("fastapi.HTTPException", "starlette.exceptions.HTTPException", "fastapi.exceptions.HTTPException"),
        *("pydantic.ValidationError", "pydantic_core.ValidationError", "sqlalchemy.exc.NoResultFound"),
        *(
            "sqlalchemy.orm.exc.NoResultFound",
            "sqlalchemy.exc.MultipleResultsFound",
            "sqlalchemy.exc.InvalidRequestError",
        ),
    }
)


def expects_database_error(names: Names, module: Module, function: Function) -> bool:
    """Whether some ``raises(...)`` or ``except`` of a function may be about a constraint (any error not known to be
    unrelated counts), or the test is one that fails as it stands."""
    return _fails_as_it_stands(module, function) or any(
        _may_be_of_database(names, module, function, each) for each in _expected(function)
    )


def may_be_of_database(names: Names, module: Module, function: Function, handler: Handler) -> bool:
    """Whether an ``except`` may catch what the database refuses."""
    types = (each for kind in handler.types or (None,) for each in _each(kind))
    return any(_may_be_of_database(names, module, function, each) for each in types)


def is_skipped(module: Module, function: Function) -> bool:
    """Whether a test never comes to its end: marked so, or it says so before anything else can happen."""
    marks = {mark.dotted if isinstance(mark, Name) else _skipping(mark) for mark in _marks(module, function)}
    said = (each.value for each in function.body.statements if isinstance(each, Do))
    return any(mark.endswith("mark.skip") for mark in marks) or any(
        isinstance(each, Call) and each.dotted in {"pytest.skip", "skip", "self.skipTest"} for each in said
    )


def patches_flush(function: Function) -> bool:
    """Whether ``session.flush`` is replaced, so that nothing that is added reaches the database: commits flush too."""
    decorators = walk(function.decorators) if function.head.decorated else ()
    nodes = function.body.nodes if function.body.may_mention("flush") else ()
    return any(_replaces(node, "flush") for node in (*decorators, *nodes))


def _replaces(node: Node, method: str) -> bool:
    """By ``patch.object(session, "flush")``, ``monkeypatch.setattr``, ``patch("...flush")``, ``session.flush = f``."""
    match node:
        case Assign(targets=targets):
            return any(isinstance(each, Name) and each.dotted.endswith(f".{method}") for each in targets)
        case Call(args=args):
            name = node.dotted.rpartition(".")[2]
            texts = [each.value for each in args[:2] if isinstance(each, Const) and isinstance(each.value, str)]
            if name in {"object", "setattr"}:
                return method in texts or any(text.endswith(f".{method}") for text in texts)
            return name == "patch" and any(text.endswith(f".{method}") for text in texts[:1])
    return False


def _skipping(mark: Expr) -> str:
    """The name of a mark that is called; a condition counts where it is always true."""
    if not isinstance(mark, Call):
        return ""
    always = mark.args[:1] == (Const(True),) or mark.keyword("condition") == Const(True)
    return mark.dotted.removesuffix("if") if always else mark.dotted


def _fails_as_it_stands(module: Module, function: Function) -> bool:
    """``xfail`` as a mark, also of one parameter set, or called in the body."""
    marks = (node.dotted for node in walk(tuple(_marks(module, function))) if isinstance(node, Name))
    called = (call.dotted for call in function.body.calls)
    return any(name.endswith("mark.xfail") for name in marks) or any(
        name in {"pytest.xfail", "xfail"} for name in called
    )


def _marks(module: Module, function: Function) -> Iterator[Expr]:
    """Of the function, of its class and of the file."""
    yield from function.decorators
    cls = module.classes.get(function.owner)
    if cls is not None:
        yield from cls.decorators
    for value in module.marks:
        yield from _each(value)


def _expected(function: Function) -> Iterator[Expr]:
    for call in function.body.calls:
        if call.dotted.rpartition(".")[2] in {"raises", "assertRaises", "assertRaisesRegex", "RaisesGroup"}:
            yield from _each(call.args[0] if call.args else call.keyword("expected_exception"))
    for statement, _ in flatten(function.body.statements):
        if isinstance(statement, Try):
            for handler in statement.handlers:
                yield from handler.types or (Name("BaseException"),)
        elif isinstance(statement, With):
            yield from (context for context, _ in statement.items if _suppresses(context))


def _suppresses(context: Expr) -> bool:
    return any(call.dotted.rpartition(".")[2] == "suppress" for call in calls(context))


def _each(expr: Expr | None) -> tuple[Expr, ...]:
    return expr.items if isinstance(expr, Seq) else (expr or Name("BaseException"),)


def _may_be_of_database(names: Names, module: Module, function: Function, expr: Expr) -> bool:
    target = names.resolve_expr(module, expr, function)
    return not isinstance(target, External) or target.dotted.removeprefix("builtins.") not in _UNRELATED
