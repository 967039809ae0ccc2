"""Decorators and marks as pytest reads them: ``fixture``, ``parametrize``, ``usefixtures``, injected arguments."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Assign, Call, Const, Expr, Name, Return, Seq, Star, Unknown
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.mro import linear
from lint_fixtures.index.names import ClassRef, External, FunctionRef, Names, ValueRef

FIXTURE_MAKERS = frozenset(
    {
        *("pytest.fixture", "pytest.yield_fixture", "_pytest.fixtures.fixture"),
        *("pytest_asyncio.fixture", "pytest_asyncio.plugin.fixture"),
        *("pytest_cases.fixture", "pytest_trio.trio_fixture"),
    }
)
_PARTIALS = frozenset({"functools.partial"})
_SCOPES = frozenset({"function", "class", "module", "package", "session"})


@frozen
class FixtureMark:
    """The arguments of a fixture decorator. ``scope`` and ``autouse`` are None when they cannot be told."""

    scope: str | None = "function"
    autouse: bool | None = False
    name: str | None = None
    parametrized: bool = False
    maker: str = "pytest.fixture"


@frozen
class Parametrize:
    """One ``parametrize`` mark; ``names`` is None when they cannot be told, ``indirect`` holds the indirect ones."""

    names: tuple[str, ...] | None
    indirect: frozenset[str] | None
    line: int


class Marks:
    """Reads decorators and ``pytestmark`` with the help of names."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def fixture(self, module: Module, function: Function) -> FixtureMark | None:
        """The fixture mark of a decorated function, None for any other function."""
        for decorator in function.decorators:
            mark = self.fixture_decorator(module, decorator)
            if mark is not None:
                return mark
        return None

    def fixture_decorator(self, module: Module, decorator: Expr, depth: int = 0) -> FixtureMark | None:
        """What ``@decorator`` makes: also an alias, a ``functools.partial`` or a wrapper of the project around it."""
        if depth > 4:
            return None
        if isinstance(decorator, Call):
            return self._called(module, decorator, depth)
        match self.names.resolve_expr(module, decorator):
            case External(dotted=dotted) if dotted in FIXTURE_MAKERS:
                return FixtureMark(maker=dotted)
            case ValueRef(module=source, value=Call() as value):
                return self.fixture_decorator(source, value, depth + 1)
            case FunctionRef(module=source, function=wrapper):
                return self._wrapper(source, wrapper, depth)
        return None

    def _called(self, module: Module, call: Call, depth: int) -> FixtureMark | None:
        match self.names.resolve_expr(module, call.func):
            case External(dotted=dotted) if dotted in FIXTURE_MAKERS:
                return self._read(module, call, FixtureMark(maker=dotted))
            case External(dotted=dotted) if dotted in _PARTIALS and call.args:
                base = self.fixture_decorator(module, call.args[0], depth + 1)
                return self._read(module, call, base) if base else None
            case ValueRef(module=source, value=Call() as partial):
                base = self.fixture_decorator(source, partial, depth + 1)
                return self._read(module, call, base) if base else None
        return None

    def _wrapper(self, module: Module, wrapper: Function, depth: int) -> FixtureMark | None:
        """``def fix(f): return pytest.fixture(scope=...)(f)`` and ``... return pytest.fixture(f)``."""
        returned = [s.value for s, _ in flatten(wrapper.body.statements) if isinstance(s, Return)]
        if len(returned) != 1 or not isinstance(returned[0], Call) or not wrapper.params:
            return None
        call, wrapped = returned[0], Name(wrapper.params[0].name)
        if wrapped not in call.args:
            return None
        inner = call.func if isinstance(call.func, Call) else call
        return self.fixture_decorator(module, inner, depth + 1)

    def _read(self, module: Module, call: Call, base: FixtureMark) -> FixtureMark:
        scope, autouse, name = call.keyword("scope"), call.keyword("autouse"), call.keyword("name")
        positional = [arg for arg in call.args if isinstance(arg, Const)]
        if scope is None and positional and isinstance(positional[0].value, str):
            scope = positional[0]  # pytest < 6 took the scope by position
        dynamic = any(key is None for key, _ in call.keywords)
        return FixtureMark(
            scope=self.scope(module, scope) if scope else None if dynamic else base.scope,
            autouse=self._flag(module, autouse) if autouse else base.autouse,
            name=self.text(module, name) if name else base.name,
            parametrized=base.parametrized or call.keyword("params") is not None,
            maker=base.maker,
        )

    def scope(self, module: Module, expr: Expr) -> str | None:
        text = self.text(module, expr)
        if text in _SCOPES:
            return text
        from lint_fixtures.index.plugin_fixtures import scope_by_option  # few need it

        return scope_by_option(self.names, module, expr)

    def text(self, module: Module, expr: Expr) -> str | None:
        """A string constant, also through names and enums of the project."""
        value = self.constant(module, expr)
        return value.value if value and isinstance(value.value, str) else None

    def constant(self, module: Module, expr: Expr, depth: int = 0) -> Const | None:
        if isinstance(expr, Const):
            return expr
        target = self.names.resolve_expr(module, expr)
        if isinstance(target, ValueRef) and depth < 4:
            return self.constant(target.module, target.value, depth + 1)
        if isinstance(expr, Name) and expr.dotted.endswith(".value"):
            return self.constant(module, Name(expr.dotted.removesuffix(".value")), depth + 1)
        return None

    def _flag(self, module: Module, expr: Expr) -> bool | None:
        value = self.constant(module, expr)
        return bool(value.value) if value else None

    def of(
        self, module: Module, function: Function, classes: tuple[ClassRef, ...]
    ) -> Iterator[tuple[Module, Expr, int]]:
        """Every mark that applies to a test: its own, those of its classes (and their bases), and ``pytestmark``."""
        for decorator in function.decorators:
            yield module, decorator, function.line
        for ref in reversed(classes):
            yield from self._of_class(ref)
        if "pytestmark" in module.bindings:
            statements = (statement for statement, _ in flatten(module.facts.statements))
            yield from _pytestmark(module, tuple(each for each in statements if isinstance(each, Assign)))

    def _of_class(self, ref: ClassRef) -> Iterator[tuple[Module, Expr, int]]:
        for each in linear(self.names, ref):
            for decorator in each.cls.decorators:
                yield each.module, decorator, each.cls.line
            yield from _pytestmark(each.module, tuple(s for s in each.cls.statements if isinstance(s, Assign)))

    def is_mark(self, module: Module, expr: Expr, name: str) -> Call | None:
        """The call of ``pytest.mark.<name>(...)``, None when the expression is anything else."""
        if isinstance(expr, Name):
            target = self.names.resolve_expr(module, expr)
            if isinstance(target, ValueRef):
                return self.is_mark(target.module, target.value, name)
        if not isinstance(expr, Call):
            return None
        return expr if self.names.resolve_expr(module, expr.func) == External(f"pytest.mark.{name}") else None

    def parametrize(self, module: Module, call: Call) -> Parametrize:
        args = self._positional(module, call)
        names = args[0] if args else call.keyword("argnames")
        found = self._argnames(module, names) if names else None
        indirect = call.keyword("indirect") or (args[2] if len(args) > 2 else None)
        return Parametrize(found, self._indirect(module, indirect, found), call.line)

    def _positional(self, module: Module, call: Call) -> tuple[Expr, ...]:
        """The arguments by position, ``*CASES`` spread out; what follows an unknown ``*`` is unknown too."""
        found: list[Expr] = []
        for argument in call.args:
            if not isinstance(argument, Star):
                found.append(argument)
                continue
            target = self.names.resolve_expr(module, argument.value)
            spread = target.value if isinstance(target, ValueRef) else argument.value
            if not isinstance(spread, Seq):
                return (*found, Unknown("star"))
            found += spread.items
        return tuple(found)

    def _argnames(self, module: Module, expr: Expr) -> tuple[str, ...] | None:
        text = self.text(module, expr)
        if text is not None:
            return tuple(part.strip() for part in text.split(",") if part.strip())
        if isinstance(expr, Name):
            target = self.names.resolve_expr(module, expr)
            return self._argnames(target.module, target.value) if isinstance(target, ValueRef) else None
        if isinstance(expr, Seq):
            return _all_told(self.text(module, item) for item in expr.items)
        return None

    def _indirect(self, module: Module, expr: Expr | None, names: tuple[str, ...] | None) -> frozenset[str] | None:
        if expr is None:
            return frozenset()
        value = self.constant(module, expr)
        if value is not None:
            return frozenset(names or ()) if value.value else frozenset()
        told = _all_told(self.text(module, item) for item in expr.items) if isinstance(expr, Seq) else None
        return None if told is None else frozenset(told)

    def patched_arguments(self, module: Module, function: Function) -> int:
        """How many leading arguments ``mock.patch`` decorators fill."""
        return sum(1 for decorator in function.decorators if self._injects(module, decorator))

    def _injects(self, module: Module, decorator: Expr) -> bool:
        if not isinstance(decorator, Call):
            return False
        target = self.names.resolve_expr(module, decorator.func)
        if not isinstance(target, External) or not target.dotted.endswith(("mock.patch", "mock.patch.object")):
            return False
        given = decorator.args[1:] if target.dotted.endswith("patch") else decorator.args[2:]
        return not given and decorator.keyword("new") is None

    def generated_arguments(self, module: Module, function: Function) -> frozenset[str] | None:
        """The arguments that hypothesis' ``given`` fills; None when that cannot be told."""
        plain = [param.name for param in function.params if param.kind == "plain" and param.name not in {"self", "cls"}]
        filled: frozenset[str] = frozenset()
        for decorator in function.decorators:
            if isinstance(decorator, Call) and self._is_given(module, decorator):
                if any(key is None for key, _ in decorator.keywords):
                    return None
                named = {key for key, _ in decorator.keywords if key}
                filled |= named | set(plain[len(plain) - len(decorator.args) :] if decorator.args else ())
        return filled

    def _is_given(self, module: Module, call: Call) -> bool:
        target = self.names.resolve_expr(module, call.func)
        return isinstance(target, External) and target.dotted in {"hypothesis.given", "hypothesis.core.given"}


def _pytestmark(module: Module, statements: tuple[Assign, ...]) -> Iterator[tuple[Module, Expr, int]]:
    for statement in statements:
        if Name("pytestmark") in statement.targets and statement.value is not None:
            value = statement.value
            for mark in value.items if isinstance(value, Seq) else (value,):
                yield module, mark, statement.line


def _all_told(items: Iterator[str | None]) -> tuple[str, ...] | None:
    found = tuple(items)
    return None if None in found else tuple(item for item in found if item is not None)
