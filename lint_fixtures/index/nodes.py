"""Tests as pytest collects them, and the places that provide fixtures to each, outermost first."""

# Strings instead of pathlib objects, as in sources.
# ruff: noqa: PTH118, PTH120

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatch

from lint_fixtures.body import Assign, Const, Expr, Name, Op, Seq
from lint_fixtures.facts import FileFacts, Function, Import, Location
from lint_fixtures.files import ancestors
from lint_fixtures.frozen import frozen, replace
from lint_fixtures.index.fixtures import Fixture, Fixtures
from lint_fixtures.index.modules import Module, Modules, flatten
from lint_fixtures.index.mro import attributes
from lint_fixtures.index.names import ClassRef, External, FunctionRef, Names

_UNITTEST_CASES = frozenset(
    {
        "unittest.TestCase",
        "unittest.case.TestCase",
        "unittest.IsolatedAsyncioTestCase",
        "django.test.TestCase",
        "django.test.TransactionTestCase",
    }
)
_DEPTH = 8


@frozen
class Node:
    """Where fixtures are asked from: a module, or a class in it with the classes around it (outermost first)."""

    module: Module
    classes: tuple[ClassRef, ...] = ()


@frozen
class Test:
    """A test function as it is collected at a node. ``function`` may stand in another file: an inherited method."""

    node: Node
    module: Module
    function: Function
    unittest: bool = False

    @property
    def location(self) -> Location:
        return Location(self.module.path, self.function.line, self.function.col)


class Nodes:
    """Collects tests and holders; remembers holders of a folder for one run."""

    def __init__(self, modules: Modules, names: Names, fixtures: Fixtures) -> None:
        self.modules = modules
        self.names = names
        self.fixtures = fixtures
        self._outer: dict[Module, tuple[tuple[Fixture, ...], ...]] = {}
        self._providers: dict[Module, tuple[Module, ...]] = {}
        self._tests: dict[Module, tuple[Test, ...]] = {}

    def forget(self, module: Module) -> None:
        self._tests.pop(module, None)
        self._outer.pop(module, None)
        self._providers.pop(module, None)

    def is_test_module(self, path: str) -> bool:
        return self.modules.sources.settings(path).is_test_file(path)

    def tests(self, module: Module) -> tuple[Test, ...]:
        """The tests that pytest collects from a test module, in source order of their classes and functions."""
        if module not in self._tests:
            self._tests[module] = tuple(self._collected(module))
        return self._tests[module]

    def _collected(self, module: Module) -> Iterator[Test]:
        if not self.is_test_module(module.path) or self.is_left_out(module.path):
            return
        settings = self.modules.sources.settings(module.path)
        node = Node(module)
        disabled = self._disabled(module)
        for name in self._collectable(module):
            for target in self.names.global_name(module, name):
                if isinstance(target, FunctionRef) and settings.is_test_function(name):
                    unwanted = target.function.typing_only or target.function.name in disabled
                    if not unwanted and not self.fixtures.is_fixture(target.module, target.function):
                        yield Test(node, target.module, target.function)
                elif isinstance(target, ClassRef):
                    yield from self._class_tests(Node(module, (target,)), name)

    def _collectable(self, module: Module) -> Iterator[str]:
        """The names that may be tests. Imported ones are not looked up unless they are named like one: a test file
        imports most of the application."""
        settings = self.modules.sources.settings(module.path)
        for name, bindings in module.bindings.items():
            imported = all(isinstance(binding.what, Import) for binding in bindings)
            named = settings.is_test_function(name) or settings.is_test_class(name)
            named = named or ("test" in name.lower() and not name.isupper())  # a base class, and no constant
            if name != "*" and (named or not imported):
                yield name

    def _class_tests(self, node: Node, name: str) -> Iterator[Test]:
        ref = node.classes[-1]
        settings = self.modules.sources.settings(node.module.path)
        unittest = self.is_unittest(ref)
        if not (unittest or settings.is_test_class(name)) or self._not_collected(ref):
            return
        for method_name, module, function in self._methods(ref):
            wanted = method_name.startswith("test") if unittest else settings.is_test_function(method_name)
            if wanted and not self.fixtures.is_fixture(module, function):
                yield Test(node, module, function, unittest)
        for cls in ref.module.facts.classes if not unittest else ():
            if cls.qualname == f"{ref.cls.qualname}.{cls.name}":
                yield from self._class_tests(Node(node.module, (*node.classes, ClassRef(ref.module, cls))), cls.name)

    def is_unittest(self, ref: ClassRef, depth: int = 0) -> bool:
        for base in self.names.bases(ref.module, ref.cls) if depth < _DEPTH else ():
            if isinstance(base, External) and (base.dotted in _UNITTEST_CASES or base.dotted.endswith("TestCase")):
                return True
            if isinstance(base, ClassRef) and self.is_unittest(base, depth + 1):
                return True
        return False

    def _not_collected(self, ref: ClassRef) -> bool:
        found = attributes(self.names, ref)
        _, wanted = found.get("__test__", (ref, None))
        constructed = "__init__" in found or "__new__" in found
        return wanted == Const(False) or (constructed and not self.is_unittest(ref))

    def _methods(self, ref: ClassRef) -> Iterator[tuple[str, Module, Function]]:
        for name, (owner, what) in attributes(self.names, ref).items():
            if isinstance(what, Function):
                yield name, owner.module, what

    def _disabled(self, module: Module) -> frozenset[str]:
        """The functions with ``test_x.__test__ = False`` below them."""
        statements = (
            s for s, _ in flatten(module.facts.statements) if isinstance(s, Assign) and s.value == Const(False)
        )
        targets = (target for statement in statements for target in statement.targets)
        names = (target.dotted.rpartition(".") for target in targets if isinstance(target, Name))
        return frozenset(name for name, _, attribute in names if attribute == "__test__")

    def holders(self, node: Node) -> tuple[tuple[Fixture, ...], ...]:
        """The fixtures visible at a node, by holder: plugins, conftest files from the outermost in, module, classes."""
        inner = [self.fixtures.of_class(ref) for ref in node.classes]
        if node.module not in self._outer:
            self._outer[node.module] = tuple(map(self.fixtures.of_module, self.providers(node.module)))
        return (*self._outer[node.module], *inner)

    def providers(self, module: Module) -> tuple[Module, ...]:
        """The modules that provide fixtures to a file, in the order of :meth:`holders`: the file itself is the last."""
        if module not in self._providers:
            self._providers[module] = self._modules(module)
        return self._providers[module]

    def _modules(self, module: Module) -> tuple[Module, ...]:
        paths = self.modules.sources.conftest_chain(module.path)
        # one that cannot be read is one that cannot be parsed: it may define anything
        chain = [self.modules.load(path) or Module(path, FileFacts(parsed=False)) for path in paths]
        named = [*self.modules.sources.settings(module.path).plugins]
        plugins: dict[str, Module] = {}
        for name in named:
            self._plugin(name, module, plugins, 0)
        for holder in (*chain, module):
            for name in self.plugin_names(holder):
                self._plugin(name, holder, plugins, 0)
        conftests = [holder for holder in chain if holder.path not in plugins and holder is not module]
        return (*plugins.values(), *conftests, module)

    def usefixtures(self, module: Module) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Those of the settings: for sure, and only where pytest is not started further up, with other settings."""
        sources = self.modules.sources
        settings = sources.settings(module.path)
        above = os.path.dirname(settings.rootdir)
        is_inner = settings.usefixtures and sources.is_inside(above)
        outer = sources.settings(os.path.join(above, "conftest.py")) if is_inner else None
        return ((), settings.usefixtures) if outer and outer.inifile else (settings.usefixtures, ())

    def outside(self, module: Module) -> Iterator[Fixture]:
        """The fixtures of conftest files above the file's root, outermost first. Whether they are there cannot be told:
        pytest loads them when it is started further up, with the settings of an outer root."""
        sources = self.modules.sources
        loaded = sources.conftest_chain(module.path)
        folders = ancestors(os.path.dirname(module.path), sources.root)
        paths = [os.path.join(folder, "conftest.py") for folder in folders]
        unused = sources.settings(module.path).noconftest
        outer = [path for path in paths if path not in loaded and sources.is_file(path) and not unused]
        for conftest in map(self.modules.load, reversed(outer)):
            for fixture in self.fixtures.of_module(conftest) if conftest else ():
                yield replace(fixture, certain=False, autouse=False)

    def _plugin(self, name: str, importer: Module, found: dict[str, Module], depth: int) -> None:
        path = self.modules.sources.module_file(name, importer.path)
        plugin = self.modules.load(path) if path else None
        if plugin is None or plugin.path in found or depth > _DEPTH:
            return
        found[plugin.path] = plugin  # pytest registers a plugin before those that it names
        for inner in self.plugin_names(plugin):
            self._plugin(inner, plugin, found, depth + 1)

    def plugin_names(self, module: Module) -> tuple[str, ...]:
        """The literal names of ``pytest_plugins``."""
        return tuple(name.strip() for text in _variable(module, "pytest_plugins") for name in text.split(","))

    def names_unknown_plugins(self, module: Module) -> bool:
        """Whether ``pytest_plugins`` is given something else than literal names."""
        for statement, _ in flatten(module.facts.statements) if "pytest_plugins" in module.bindings else ():
            if isinstance(statement, Assign) and Name("pytest_plugins") in statement.targets:
                value = statement.value
                items = value.items if isinstance(value, Seq) else (value,)
                if not all(isinstance(item, Const) for item in items):
                    return True
        return False

    def is_left_out(self, path: str) -> bool:
        """Whether a conftest's ``collect_ignore`` or ``collect_ignore_glob`` names the file or a folder above it."""
        for conftest in map(self.modules.load, self.modules.sources.conftest_chain(path)):
            base = os.path.dirname(conftest.path) if conftest else ""
            for place in ancestors(path, base) if conftest else ():
                inside = os.path.relpath(place, base)
                if inside in map(os.path.normpath, _variable(conftest, "collect_ignore")):
                    return True
                if any(fnmatch(inside, pattern) for pattern in _variable(conftest, "collect_ignore_glob")):
                    return True
        return False


def _variable(module: Module | None, name: str) -> Iterator[str]:
    """The literal strings that a module-level variable is given."""
    for statement, _ in flatten(module.facts.statements) if module and name in module.bindings else ():
        if isinstance(statement, Assign) and Name(name) in statement.targets:
            yield from _literals(statement.value)


def _literals(value: Expr | None) -> Iterator[str]:
    match value:
        case Const(value=str() as text):
            yield text
        case Seq(items=items) | Op(kind="Add", parts=items):
            for item in items:
                yield from _literals(item)
