"""What a file has that many rules ask for: where it lacks that, they need not even be imported."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from lint_fixtures.body import Assign, Call, Const, Map, Name, Seq, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lint_fixtures.body import Expr
    from lint_fixtures.facts import Function
    from lint_fixtures.index import Project
    from lint_fixtures.index.fixtures import Fixture
    from lint_fixtures.index.modules import Module


class Features:
    """Of one parsed file of a project; each is found out when it is asked for."""

    def __init__(self, project: Project, module: Module) -> None:
        self._project = project
        self._module = module
        self._path = module.path

    @cached_property
    def is_conftest(self) -> bool:
        return self._project.is_conftest(self._path)

    @cached_property
    def is_test_module(self) -> bool:
        """A conftest is none."""
        return not self.is_conftest and self._project.is_test_module(self._path)

    @cached_property
    def is_collected(self) -> bool:
        return self.is_conftest or self.is_test_module

    @cached_property
    def is_test_code(self) -> bool:
        from lint_fixtures.index.test_code import is_test_code

        return self.is_collected or is_test_code(self._project, self._path)

    @cached_property
    def tests(self) -> frozenset[Function]:
        return frozenset(test.function for test in self._project.tests(self._path))

    @cached_property
    def helpers(self) -> bool:
        """Functions that are no tests."""
        return any(function not in self.tests for function in self._module.facts.functions)

    @cached_property
    def fixtures(self) -> tuple[Fixture, ...]:
        """Those whose ``def`` stands in the file."""
        return tuple(fixture for fixture, _ in self._project.own_fixtures(self._path))

    @cached_property
    def several_fixtures(self) -> bool:
        return len(self.fixtures) > 1

    @cached_property
    def wide_fixtures(self) -> bool:
        """Fixtures of another scope than a function's."""
        return any(map(_is_wide, self.fixtures))

    @cached_property
    def loop_fixtures(self) -> bool:
        """Wide ones, and async ones under pytest's own decorator."""
        return any(_is_wide(each) or _is_plain_async(each) for each in self.fixtures)

    @cached_property
    def defaults(self) -> bool:
        """Parameters with a default."""
        functions = self._module.facts.functions
        return any(param.default is not None for function in functions for param in function.params)

    @cached_property
    def globals(self) -> bool:
        bindings = self._module.bindings.values()
        return any(isinstance(each.what, Assign) for several in bindings for each in several)

    @cached_property
    def calls_at_import(self) -> bool:
        facts = self._module.facts
        blocks = (facts.statements, *(cls.statements for cls in facts.classes if not cls.nested))
        return any(type(node) is Call for node in walk(blocks))

    @cached_property
    def overrides(self) -> bool:
        """Dependency overrides, in the file or in one that it imports functions from."""
        return any("dependency_overrides" in each.facts.mentions for each in (self._module, *self._helping()))

    def _helping(self) -> Iterator[Module]:
        facts, modules = self._module.facts, self._project.modules
        called = {node.func.dotted.partition(".")[0] for node in self._calls() if isinstance(node.func, Name)}
        for item in (*facts.imports, *(each for function in facts.functions for each in function.imports)):
            if item.local in called and (item.attribute is None or item.attribute[:1].islower()):
                path = modules.sources.module_file(item.module, self._path, item.level)
                module = modules.load(path) if path else None
                if module is not None:
                    yield module

    def _calls(self) -> Iterator[Call]:
        facts = self._module.facts
        blocks = (facts.statements, *(cls.statements for cls in facts.classes))
        yield from (node for node in walk(blocks) if isinstance(node, Call))
        for function in facts.functions:
            yield from function.body.calls

    @cached_property
    def builds(self) -> bool:
        """Calls that may build rows."""
        from lint_fixtures.index.building import may_build

        return may_build(self._project, self._module)

    @cached_property
    def sends_keys(self) -> bool:
        """Calls with a JSON body that may have a key in it."""
        bodies = (call.keyword("json") for each in self._module.facts.functions for call in each.body.calls)
        return any(_may_have_key(body) for body in bodies if body is not None)


def _is_wide(fixture: Fixture) -> bool:
    return fixture.scope not in {None, "function"}


def _is_plain_async(fixture: Fixture) -> bool:
    return fixture.function.is_async and fixture.maker == "pytest.fixture"


def _may_have_key(body: Expr) -> bool:
    """Whether the name of some field may be that of a key; told of literal mappings."""
    if not isinstance(body, Map):
        return not isinstance(body, (Const, Seq))
    names = (key.value if isinstance(key, Const) else None for key, _ in body.items)
    return any(not isinstance(name, str) or "id" in name.lower() for name in names)
