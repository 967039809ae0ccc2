"""Fixtures that a module or class provides, in pytest's order of registration, and what each of them requests."""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Assign, Call, Expr, Name
from lint_fixtures.facts import Class, Function, Import, Location
from lint_fixtures.frozen import frozen, replace
from lint_fixtures.index.marks import FixtureMark, Marks
from lint_fixtures.index.modules import Module, surviving
from lint_fixtures.index.mro import attributes
from lint_fixtures.index.names import ClassRef, External, FunctionRef, Names, Target, ValueRef
from lint_fixtures.index.origins import Origins


@frozen
class Fixture:
    """One definition of a fixture, as a holder registers it.

    ``module`` is the file where the function stands, which may be another one than the holder's when it is imported.
    ``scope`` and ``autouse`` are None when they cannot be told; ``certain`` is False for one of several alternatives.
    """

    name: str
    attribute: str
    module: Module
    function: Function
    scope: str | None
    autouse: bool | None
    requests: tuple[str, ...]  # argument names in order
    parametrized: bool = False
    certain: bool = True
    maker: str = "pytest.fixture"

    def __hash__(self) -> int:
        return hash(self.function)  # nearly always enough to tell two apart, and hashed all the time

    @property
    def location(self) -> Location:
        """Of the ``def``, not of its decorator."""
        return Location(self.module.path, self.function.line, self.function.col)


class Fixtures:
    """Finds fixtures; remembers them by holder for one run."""

    def __init__(self, names: Names, marks: Marks) -> None:
        self.names = names
        self.marks = marks
        self.origins = Origins(names.modules.sources)
        self._of_module: dict[Module, tuple[Fixture, ...]] = {}
        self._dynamic: dict[Module, dict[Function, tuple[tuple[str, ...], bool]]] = {}
        self._of_class: dict[tuple[Module, str], tuple[Fixture, ...]] = {}

    def forget(self, module: Module) -> None:
        self._of_module.pop(module, None)
        self._dynamic.pop(module, None)
        for cls in module.facts.classes:
            self._of_class.pop((module, cls.qualname), None)

    def of_module(self, module: Module) -> tuple[Fixture, ...]:
        """The fixtures of a module, imported ones included, in order of registration: sorted by attribute name."""
        if module not in self._of_module:
            self._of_module[module] = ()  # a circle of star imports adds nothing
            self._of_module[module] = tuple(self._module(module))
        return self._of_module[module]

    def of_class(self, ref: ClassRef) -> tuple[Fixture, ...]:
        """The fixtures of a test class and its project bases, in order of registration."""
        key = (ref.module, ref.cls.qualname)
        if key not in self._of_class:
            found = attributes(self.names, ref)
            made = (self._of_attribute(name, *found[name]) for name in sorted(found))
            self._of_class[key] = tuple(fixture for fixture in made if fixture)
        return self._of_class[key]

    def is_fixture(self, module: Module, function: Function) -> bool:
        return function.head.decorated and self.marks.fixture(module, function) is not None

    def own(self, module: Module) -> Iterator[Fixture]:
        """Every fixture whose ``def`` stands in this file, also in classes and under ``if``, in source order."""
        for function in module.facts.functions:
            mark = self.marks.fixture(module, function) if function.head.decorated and not function.nested else None
            if mark is not None:
                yield self._make(module, function, mark, function.name, certain=not function.branch)

    def _module(self, module: Module) -> Iterator[Fixture]:
        attributes = set(module.bindings) - {"*"}
        for binding in module.bindings.get("*", ()):
            source = self.names.star_module(module, binding.what)
            if source is not None and source is not module:
                attributes |= self.names.public_names(source)
        for attribute in sorted(attributes):
            if self._maybe(module, attribute):
                yield from self._attribute(module, attribute)

    def _maybe(self, module: Module, attribute: str) -> bool:
        """A cheap gate: imports, stars and decorated functions may be fixtures, most other names cannot."""
        bindings = module.bindings.get(attribute)
        if not bindings:
            return self._maybe_of_stars(module, attribute)
        last = bindings[-1].what
        match last:
            case Function():
                return last.head.decorated or len(bindings) > 1
            case Class():
                return len(bindings) > 1
            case Import():
                return not last.typing_only and self.origins.may_bring_fixture(module, last)
            case Assign(value=Call(args=args) as call):
                return bool(args) and self._may_decorate(module, call.func)
        return not isinstance(last, Assign) or isinstance(last.value, Name)

    def _maybe_of_stars(self, module: Module, attribute: str) -> bool:
        """Whether a name that comes by ``*`` may be a fixture: a submodule is none, and need not be loaded for that."""
        stars = [self.names.star_module(module, star.what) for star in module.bindings.get("*", ())]
        for holder in stars:
            if holder is None or holder is module:
                return True
            if attribute in holder.bindings:
                if self._maybe(holder, attribute):
                    return True
            elif "*" in holder.bindings:
                return True
        return not stars

    def _may_decorate(self, module: Module, func: Expr) -> bool:
        """Whether a callee may be ``pytest.fixture`` or a wrapper of it; told without loading where it comes from."""
        callee = func.func if isinstance(func, Call) else func
        head = callee.dotted.partition(".")[0] if isinstance(callee, Name) else ""
        imports = [one.what for one in module.bindings.get(head, ()) if isinstance(one.what, Import)]
        return not imports or any(self.origins.may_bring_fixture(module, each) for each in imports)

    def _attribute(self, module: Module, attribute: str) -> Iterator[Fixture]:
        targets = [
            target for target in self.names.global_name(module, attribute) if not self._typing_only(module, attribute)
        ]
        found = [fixture for target in targets if (fixture := self._from_target(target, attribute))]
        for fixture in found:
            yield fixture if len(targets) == 1 else _uncertain(fixture)

    def _typing_only(self, module: Module, attribute: str) -> bool:
        alive = surviving(module.bindings.get(attribute, []))
        return bool(alive) and all(binding.typing_only for binding in alive)

    def _from_target(self, target: Target, attribute: str) -> Fixture | None:
        match target:
            case FunctionRef(module=module, function=function):
                mark = self.marks.fixture(module, function)
                return self._make(module, function, mark, attribute) if mark else None
            case ValueRef(module=module, value=Call() as call):
                return self._assigned(module, call, attribute)
        return None

    def _assigned(self, module: Module, call: Call, attribute: str) -> Fixture | None:
        """``db = pytest.fixture(make_db)`` and ``db = pytest.fixture(scope=...)(make_db)``."""
        decorator: Expr = call.func if isinstance(call.func, Call) else call
        mark = self.marks.fixture_decorator(module, decorator)
        if mark is None or not call.args:
            return None
        target = self.names.resolve_expr(module, call.args[0])
        return self._make(target.module, target.function, mark, attribute) if isinstance(target, FunctionRef) else None

    def _of_attribute(self, name: str, ref: ClassRef, what: Function | Expr) -> Fixture | None:
        if not isinstance(what, Function):
            return self._assigned(ref.module, what, name) if isinstance(what, Call) else None
        mark = self.marks.fixture(ref.module, what) if what.head.decorated else None
        return self._make(ref.module, what, mark, name) if mark else None

    def _make(
        self, module: Module, function: Function, mark: FixtureMark, attribute: str, certain: bool = True
    ) -> Fixture:
        return Fixture(
            name=mark.name or attribute,
            attribute=attribute,
            module=module,
            function=function,
            scope=mark.scope,
            autouse=mark.autouse,
            requests=self.arguments(module, function),
            parametrized=mark.parametrized,
            certain=certain,
            maker=mark.maker,
        )

    def arguments(self, module: Module, function: Function) -> tuple[str, ...]:
        """The parameters that pytest fills: no default, no ``self``, nothing that a mock or hypothesis fills."""
        plain = [param.name for param in function.params if param.kind in {"plain", "keyword"} and not param.default]
        if function.owner and not self._is_static(module, function) and plain and _first_is_bound(function):
            plain = plain[1:]
        if function.head.decorated:
            plain = plain[self.marks.patched_arguments(module, function) :]
            generated = self.marks.generated_arguments(module, function)
            plain = [] if generated is None else [name for name in plain if name not in generated]
        return tuple(name for name in plain if name != "request")

    def _is_static(self, module: Module, function: Function) -> bool:
        static = External("builtins.staticmethod")
        return any(self.names.resolve_expr(module, decorator) == static for decorator in function.decorators)

    def dynamic_requests(self, module: Module, function: Function) -> tuple[tuple[str, ...], bool]:
        """Names asked for by ``request.getfixturevalue("...")``, and whether some such name cannot be told."""
        if "getfixturevalue" not in module.facts.mentions or not function.body.may_mention("getfixturevalue"):
            return (), False
        memo = self._dynamic.setdefault(module, {})
        if function not in memo:
            memo[function] = self._asked_dynamically(module, function)
        return memo[function]

    def _asked_dynamically(self, module: Module, function: Function) -> tuple[tuple[str, ...], bool]:
        names: list[str] = []
        opaque = False
        for call in function.body.calls:
            if call.dotted.endswith("request.getfixturevalue") and call.args:
                name = self.marks.text(module, call.args[0])
                names += [name] if name else []
                opaque = opaque or name is None
        return tuple(names), opaque


def _first_is_bound(function: Function) -> bool:
    return function.params[0].kind in {"plain"} and not function.params[0].default


def _uncertain(fixture: Fixture) -> Fixture:
    return replace(fixture, certain=False)
