"""A fixture function is called like a plain function.

``@pytest.fixture`` turns the function into a definition that only pytest may run. Calling it stops the test at once
with "Fixture called directly": nobody would set up what it requests, or run what stands after its ``yield``.

Not reported: the undecorated helper behind ``pytest.fixture(helper)``, a parameter or variable of the fixture's name,
and a method of that name on another object.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Name, walk
from lint_fixtures.facts import Function, Location
from lint_fixtures.index import Project
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import ClassRef, FunctionRef, ModuleRef, Target
from lint_fixtures.rule import Rule

if TYPE_CHECKING:
    from lint_fixtures.index.uses import Use


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    module = project.module(path)
    names = _fixture_names(project, module) if module else None
    if module is None or not names:
        return
    from lint_fixtures.index.uses import calls_of  # as in _callee: most files know no fixture under a name of their own

    for use in calls_of(module, names):
        target = _callee(project, module, use, use.node.dotted)
        if isinstance(target, FunctionRef) and _is_wrapped(project, target):
            where = project.where(Location(target.module.path, target.function.line, target.function.col))
            name = use.node.dotted
            yield Location(path, use.line, use.col), f"'{name}' is the fixture of {where}: calling it fails at once"


def _fixture_names(project: Project, module: Module) -> frozenset[str]:
    """The last parts of what a call must look like to be worth resolving: hardly any module calls a fixture."""
    names = {fixture.function.name for fixture, _ in project.own_fixtures(module.path)}
    names |= {fixture.attribute for fixture in project.fixtures.of_module(module)}
    followed, origins = _followed(module), project.fixtures.origins
    for item in module.facts.imports:
        leads = item.local in followed and origins.may_lead_to_fixture(module, item)
        target = project.names.resolve(module, item.local) if leads else None
        if isinstance(target, ModuleRef):
            names |= {fixture.attribute for fixture in project.fixtures.of_module(target.module)}
        elif isinstance(target, ClassRef):
            names |= {fixture.attribute for fixture in project.fixtures.of_class(target)}
    return frozenset(names)


def _followed(module: Module) -> frozenset[str]:
    """The first parts of the names that something may be called through: ``module.name()``, an alias, a base class."""
    aliases = [each.value for each, _ in flatten(module.facts.statements) if isinstance(each, Assign)]
    named = [each for cls in module.facts.classes for each in walk(cls.bases)] + aliases
    return module.facts.called_through | {each.dotted.partition(".")[0] for each in named if isinstance(each, Name)}


def _callee(project: Project, module: Module, use: Use, dotted: str) -> Target | None:
    from lint_fixtures.index.uses import hidden

    head, _, rest = dotted.partition(".")
    method = _method(module, use.function)
    if method is not None and rest and method.params and head == method.params[0].name:
        return _own_method(project, module, method, rest)
    if hidden(project.names, module, head, use.function):
        return None
    return project.names.resolve(module, dotted, use.function)


def _method(module: Module, function: Function | None) -> Function | None:
    """The method that a function is or stands in."""
    while function is not None and not function.owner:
        function = module.functions.get(function.qualname.rpartition(".")[0])
    return function


def _own_method(project: Project, module: Module, method: Function, name: str) -> Target | None:
    """``self.name``, unless an instance or a subclass may have another object under that name."""
    cls = module.classes.get(method.owner)
    if cls is None or "." in name or _is_assigned(module, cls.qualname, f"{method.params[0].name}.{name}"):
        return None
    return project.names.class_member(module, cls, name)


def _is_assigned(module: Module, owner: str, dotted: str) -> bool:
    bodies = (method.body.statements for method in module.methods.get(owner, ()))
    statements = (statement for body in bodies for statement, _ in flatten(body))
    return any(isinstance(each, Assign) and Name(dotted) in each.targets for each in statements)


def _is_wrapped(project: Project, target: FunctionRef) -> bool:
    """Whether what the name holds is the fixture itself: a decorator above may have made something else of it."""
    outermost = target.function.decorators[0] if target.function.decorators else None
    return outermost is not None and project.marks.fixture_decorator(target.module, outermost) is not None


RULE = Rule(
    code="LFX108",
    name="called-fixture",
    why=__doc__ or "",
    check=check,
    mend="""Request the fixture as a parameter. If it must be called, move its body into a plain function and let the
fixture call that, or make the fixture return a factory.""",
    bad="""
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session


@pytest.fixture
def order():
    return {"session": db_session()}  # LFX108
# file: tests/test_orders.py
import pytest


class TestOrders:
    @pytest.fixture
    def basket(self):
        return ["book"]

    def test_basket(self):
        assert self.basket() == ["book"]  # LFX108
""",
    good="""
# file: tests/conftest.py
import pytest


def make_basket():
    return ["book"]


@pytest.fixture
def basket():
    return make_basket()


@pytest.fixture
def order():
    def make(count=1):
        return {"count": count}

    return make


@pytest.fixture
def two_orders(order):
    return [order(), order(2)]
""",
)
