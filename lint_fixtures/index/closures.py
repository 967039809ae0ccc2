"""All that a test or a fixture gets: the definitions that run for it, and those that they request in turn."""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import cached_property

from lint_fixtures.frozen import frozen, replace
from lint_fixtures.index.fixtures import Fixture


@frozen(eq=False)
class Closure:
    """All that a test gets. ``definitions`` maps each name to its definitions, the one that is used last.

    ``missing`` are names that no file of the project provides at that node: builtin, of an installed plugin, or absent.
    ``opaque`` is True when something is requested whose name cannot be told. ``extending`` are the overriding
    definitions that request their own name, also through others.
    """

    definitions: dict[str, tuple[Fixture, ...]]
    missing: frozenset[str]
    direct: frozenset[str]  # filled by parametrize
    opaque: bool
    extending: frozenset[Fixture] = frozenset()

    def fixtures(self) -> Iterator[Fixture]:
        """Every definition that runs for the test: the last of each name, and those that it extends."""
        return iter(self._running)

    def runs(self, fixture: Fixture) -> bool:
        """Whether it is one of these."""
        return fixture in running(fixture.name, self.definitions.get(fixture.name, ()), self.extending)

    @cached_property
    def _running(self) -> tuple[Fixture, ...]:
        return tuple(one for name, found in self.definitions.items() for one in running(name, found, self.extending))


@frozen(eq=False)
class Step:
    """What one name adds to a closure: its definitions, and the names that these request, for sure or perhaps."""

    definitions: tuple[Fixture, ...]
    extending: tuple[Fixture, ...]
    sure: tuple[str, ...]
    unsure: tuple[str, ...]
    opaque: bool


def running(name: str, definitions: tuple[Fixture, ...], extending: Set[Fixture]) -> Iterator[Fixture]:
    """The used definition, and the ones that it extends by requesting its own name; all, where that is uncertain."""
    for fixture in reversed(definitions):
        yield fixture
        if fixture.certain and name not in fixture.requests and fixture not in extending:
            return


def reaches(fixture: Fixture, name: str, visible: dict[str, tuple[Fixture, ...]], seen: set[str]) -> bool:
    """Whether setting up a fixture may request the name, directly or through others."""
    if name in fixture.requests:
        return True
    fresh = [each for each in fixture.requests if each not in seen]
    seen.update(fresh)
    found = (one for each in fresh for one in visible.get(each, ()))  # in a circle any of them may run
    return any(reaches(one, name, visible, seen) for one in found)


def uncertain(definitions: tuple[Fixture, ...]) -> tuple[Fixture, ...]:
    return tuple(replace(one, certain=False) for one in definitions)
