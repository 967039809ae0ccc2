"""Names that ``pytest_generate_tests`` may fill, and names that only exist while the tests run."""

from __future__ import annotations

import re

from lint_fixtures.body import Assign, Call, Do, Expr, Name
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index.marks import Marks
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import ClassRef, External

_HOOK = "pytest_generate_tests"
_REGISTER = frozenset({"pytest_factoryboy.register", "pytest_factoryboy.fixture.register"})
_STEPS = frozenset({"pytest_bdd.given", "pytest_bdd.when", "pytest_bdd.then", "pytest_bdd.step"})


@frozen
class Generated:
    """Names that a hook parametrizes itself, for some tests at least; ``opaque`` when some name cannot be told."""

    names: frozenset[str] = frozenset()
    opaque: bool = False


def generated(marks: Marks, module: Module, classes: tuple[ClassRef, ...] = ()) -> Generated:
    """What the hooks of a module and of classes in it fill."""
    hooks = [(module, module.functions.get(_HOOK))]
    hooks += [(ref.module, ref.module.functions.get(f"{ref.cls.qualname}.{_HOOK}")) for ref in classes]
    names: set[str] = set()
    opaque = False
    for source, hook in hooks:
        for call in _parametrizing(hook) if hook else ():
            mark = marks.parametrize(source, call)
            opaque = opaque or mark.names is None or mark.indirect is None
            names |= set(mark.names or ()) - (mark.indirect or frozenset())
    return Generated(frozenset(names), opaque)


def _parametrizing(hook: Function) -> list[Call]:
    arguments = [param.name for param in hook.params if param.name not in {"self", "cls"}]
    return [call for call in hook.body.calls if call.dotted in {f"{name}.parametrize" for name in arguments}]


def hidden_names(marks: Marks, module: Module) -> frozenset[str]:
    """Names that pytest-factoryboy's ``register`` or a pytest-bdd step define here: an outer fixture is overridden."""
    if not any(item.module.startswith(("pytest_bdd", "pytest_factoryboy")) for item in module.facts.imports):
        return frozenset()
    found: set[str] = set()
    for function in module.facts.functions:
        for decorator in function.decorators:
            found |= _target(marks, module, decorator)
    for statement, _ in flatten(module.facts.statements):
        if isinstance(statement, (Do, Assign)) and isinstance(statement.value, Call):
            found |= _registered(marks, module, statement.value)
    for cls in module.facts.classes:
        if any(_is_register(marks, module, decorator) for decorator in cls.decorators):
            found |= _factory_names(ClassRef(module, cls))
    return frozenset(found)


def _target(marks: Marks, module: Module, decorator: Expr) -> set[str]:
    if not isinstance(decorator, Call) or decorator.keyword("target_fixture") is None:
        return set()
    step = marks.names.resolve_expr(module, decorator.func)
    target = decorator.keyword("target_fixture")
    name = marks.text(module, target) if target and isinstance(step, External) and step.dotted in _STEPS else None
    return {name} if name else set()


def _registered(marks: Marks, module: Module, call: Call) -> set[str]:
    if not _is_register(marks, module, call) or not call.args:
        return set()
    factory = marks.names.resolve_expr(module, call.args[0])
    name = call.keyword("_name") or (call.args[1] if len(call.args) > 1 else None)
    text = marks.text(module, name) if name else None
    named = {text} if text else set()
    return named | (_factory_names(factory) if isinstance(factory, ClassRef) else set())


def _is_register(marks: Marks, module: Module, expr: Expr) -> bool:
    callee = expr.func if isinstance(expr, Call) else expr
    target = marks.names.resolve_expr(module, callee)
    return isinstance(target, External) and target.dotted in _REGISTER


def _factory_names(factory: ClassRef) -> set[str]:
    """``author_factory`` and ``author``, by the class's name and by its model's."""
    name = factory.cls.name
    names = {_snake(name), _snake(name.removesuffix("Factory"))}
    meta = factory.module.classes.get(f"{factory.cls.qualname}.Meta")
    for statement in meta.statements if meta else ():
        if isinstance(statement, Assign) and Name("model") in statement.targets and isinstance(statement.value, Name):
            names.add(_snake(statement.value.dotted.rpartition(".")[2]))
    return names


def _snake(name: str) -> str:
    """As inflection's ``underscore``, which pytest-factoryboy uses."""
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", words).lower()
