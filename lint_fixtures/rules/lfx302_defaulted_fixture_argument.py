"""A test or fixture parameter with a default, whose name is a fixture: ``def test_order(db_session=None)``.

pytest fills only parameters without a default. The fixture is never set up and the test runs with the default: with
``None`` it fails at the first use, or worse, skips what it was meant to check and passes.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.body import Const
from lint_fixtures.facts import Function, Location, Param
from lint_fixtures.index import Project
from lint_fixtures.index.modules import Module
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.plugin_fixtures import BUILTIN_SCOPES
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for test in project.tests(path):
        if not test.unittest and test.module.path == path and _takes_default(project, test.module, test.function):
            filled = project.resolution.closure(test).direct
            yield from _defaulted(project, test.location, test.function, test.node, filled)
    for fixture, node in project.own_fixtures(path):
        if _takes_default(project, fixture.module, fixture.function):
            yield from _defaulted(project, fixture.location, fixture.function, node, frozenset())
    yield from _made_by_factories(project, path)


def _made_by_factories(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    """Fixtures that stand inside a function; there a default may also be meant to hand in a value from around it."""
    module = project.module(path)
    for function in module.facts.functions if module else ():
        if module is None or not function.nested or function.owner or not project.fixtures.is_fixture(module, function):
            continue
        plain = [param for param in function.params if param.default == Const(None)]
        if plain and _takes_default(project, module, function):
            kept = frozenset(param.name for param in function.params if param not in plain)
            yield from _defaulted(project, project.location(module, function), function, Node(module), kept)


def _takes_default(project: Project, module: Module, function: Function) -> bool:
    """Whether a function has parameters with a default, which no decorator fills."""
    if all(param.default is None for param in function.params):
        return False
    from lint_fixtures.index.injecting import may_inject  # few functions that pytest calls have any

    return not may_inject(project, module, function)


def _defaulted(
    project: Project, location: Location, function: Function, node: Node, filled: frozenset[str]
) -> Iterator[tuple[Location, str]]:
    for param in function.params:
        if param.default is not None and param.name not in filled:
            known = project.resolution.definitions(param.name, node)
            if known and known[-1].certain and known[-1].function is not function:
                yield location, _message(param, f"the fixture of {project.where(known[-1].location)}")
            elif param.name in BUILTIN_SCOPES:
                yield location, _message(param, "pytest's own fixture")


def _message(param: Param, fixture: str) -> str:
    value = repr(param.default.value) if isinstance(param.default, Const) else "its default"
    return f"'{param.name}' has a default, so pytest never passes {fixture}: this runs with {value}"


RULE = Rule(
    code="LFX302",
    name="defaulted-fixture-argument",
    why=__doc__ or "",
    check=check,
    mend="Drop the default. For a value that only some tests set, use `parametrize`, or a fixture that they override.",
    bad="""
# file: tests/conftest.py
import pytest


@pytest.fixture
def catalogue():
    return ["book"]


@pytest.fixture
def basket(catalogue=None):  # LFX302
    return {"catalogue": catalogue}
# file: tests/test_basket.py
def test_basket(basket=None):  # LFX302
    assert not basket


class TestExport:
    def test_file(self, *, tmp_path=None):  # LFX302
        assert tmp_path is None
""",
    good="""
# file: tests/conftest.py
import pytest


@pytest.fixture
def catalogue():
    return ["book"]


@pytest.fixture
def basket(catalogue):
    def fill(count=1, catalogue=None):
        return [catalogue] * count

    return fill
# file: tests/test_basket.py
def total(basket=None):
    return len(basket or [])


def test_basket(basket, currency="EUR"):
    assert total(basket()) == 1 and currency
""",
)
