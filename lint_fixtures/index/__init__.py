"""The project as rules see it: all their questions are answered here, from facts, file by file as they are reached."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from lint_fixtures.cache import FactsCache
from lint_fixtures.facts import FileFacts, Function, Location
from lint_fixtures.index.fixtures import Fixture, Fixtures
from lint_fixtures.index.marks import Marks
from lint_fixtures.index.modules import Module, Modules
from lint_fixtures.index.names import ClassRef, Names
from lint_fixtures.index.nodes import Node, Nodes, Test
from lint_fixtures.index.resolution import Resolution
from lint_fixtures.index.values import Values
from lint_fixtures.settings import Settings
from lint_fixtures.sources import Sources

if TYPE_CHECKING:
    from lint_fixtures.index.helper_rows import HelperRows
    from lint_fixtures.index.models import Models
    from lint_fixtures.index.parents import Parents
    from lint_fixtures.index.required import Required
    from lint_fixtures.index.routes import Routes
    from lint_fixtures.index.rows import Rows
    from lint_fixtures.index.strays import Strays

_T = TypeVar("_T")


class Project:
    """All facts of one project, loaded as they are asked for. Made anew for each run: nothing here may go stale."""

    def __init__(
        self,
        root: str,
        cache: FactsCache,
        settings: Settings = Settings(),  # noqa: B008 (frozen)
        overlay: Mapping[str, bytes] | None = None,
    ) -> None:
        self.root = root
        self.settings = settings
        self.sources = Sources(root, overlay, cache)
        self.modules = Modules(self.sources, cache)
        self.names = Names(self.modules)
        self.marks = Marks(self.names)
        self.fixtures = Fixtures(self.names, self.marks)
        self.nodes = Nodes(self.modules, self.names, self.fixtures)
        self.resolution = Resolution(self.nodes, self.fixtures, self.marks)
        self.values = Values(self.names, self.resolution, settings.session_names)
        self._cache = cache
        self._found: dict[Module, dict[Hashable, object]] = {}

    # What only few files need is imported when it is asked for: an editor starts all of this anew at every save.

    @cached_property
    def strays(self) -> Strays:
        from lint_fixtures.index.strays import Strays

        return Strays(self.modules, self.fixtures)

    @cached_property
    def models(self) -> Models:
        from lint_fixtures.index.models import Models

        return Models(self.names, self._cache)

    @cached_property
    def rows(self) -> Rows:
        from lint_fixtures.index.rows import Rows

        return Rows(self.names, self.models, self.values, self.settings.session_names)

    @cached_property
    def helper_rows(self) -> HelperRows:
        from lint_fixtures.index.helper_rows import HelperRows

        return HelperRows(self.rows)

    @cached_property
    def parents(self) -> Parents:
        from lint_fixtures.index.parents import Parents

        return Parents(self.names, self.rows)

    @cached_property
    def required(self) -> Required:
        from lint_fixtures.index.required import Required

        return Required(self.models, self.sources)

    @cached_property
    def routes(self) -> Routes:
        from lint_fixtures.index.routes import Routes

        return Routes(self.names)

    def add(self, path: str, facts: FileFacts) -> None:
        """Takes the facts of a file that is already parsed, in the place of what is on disk."""
        self.modules.add(path, facts)

    def module(self, path: str) -> Module | None:
        """The module of a file; None when it cannot be read or parsed."""
        module = self.modules.load(path)
        return module if module and module.facts.parsed else None

    def is_conftest(self, path: str) -> bool:
        return path.endswith(f"{os.sep}conftest.py")

    def is_test_module(self, path: str) -> bool:
        return self.nodes.is_test_module(path)

    def tests(self, path: str) -> Iterator[Test]:
        """The tests collected from a file; none for other files."""
        module = self.module(path)
        return iter(self.nodes.tests(module)) if module else iter(())

    def tests_below(self, conftest: str) -> Iterator[Test]:
        """The tests of all test modules in a conftest's folder: reads many files, so ask only when it may matter."""
        for path in self.sources.python_files(os.path.dirname(conftest)):  # noqa: PTH120
            if self.is_test_module(path):
                yield from self.tests(path)

    def own_fixtures(self, path: str) -> Iterator[tuple[Fixture, Node]]:
        """Every fixture whose ``def`` stands in the file, with the node that it is registered at."""
        module = self.module(path)
        return iter(self.once(module, "own fixtures", lambda: self._own_fixtures(module)) if module else ())

    def _own_fixtures(self, module: Module) -> tuple[tuple[Fixture, Node], ...]:
        return tuple((fixture, self.node_of(fixture)) for fixture in self.fixtures.own(module))

    def node_of(self, fixture: Fixture) -> Node:
        """The class or module in whose body a fixture stands."""
        owners = fixture.function.owner.split(".") if fixture.function.owner else []
        names = [".".join(owners[: index + 1]) for index in range(len(owners))]
        classes = (fixture.module.classes.get(name) for name in names)
        return Node(fixture.module, tuple(ClassRef(fixture.module, cls) for cls in classes if cls))

    def location(self, module: Module, function: Function) -> Location:
        return Location(module.path, function.line, function.col)

    def where(self, location: Location) -> str:
        """A location for messages: path relative to the root, with slashes, and line."""
        return f"{self.relative(location.path)}:{location.line}"

    def relative(self, path: str) -> str:
        """A path below the root, with slashes."""
        return os.path.relpath(path, self.root).replace(os.sep, "/")

    def once(self, module: Module, key: Hashable, find: Callable[[], _T]) -> _T:
        """What ``find`` gives, found once for the module and key; a module's answers are dropped with it."""
        found = self._found.setdefault(module, {})
        if key not in found:
            found[key] = find()
        return found[key]  # type: ignore[return-value]

    def forget(self, path: str) -> None:
        """Drops a checked file with all that was found out about it: a run over a large tree must not hold it whole."""
        module = self.modules.drop(path)
        if module is not None:
            self._found.pop(module, None)
            for memo in (self.names, self.fixtures, self.nodes, self.resolution, self.values):
                memo.forget(module)
            for name in ("models", "rows", "helper_rows", "parents"):
                if name in self.__dict__:
                    self.__dict__[name].forget(module)
