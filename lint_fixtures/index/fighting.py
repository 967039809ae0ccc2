"""Overrides of one dependency by several fixtures of one test: those that are gone again before the test starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Const
from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.names import Target
from lint_fixtures.index.nodes import Test
from lint_fixtures.index.override_effects import Effects, Entry, mentions, of_fixture, of_test
from lint_fixtures.index.override_identity import App, are_different
from lint_fixtures.index.setup_order import setup_orders
from lint_fixtures.index.uses import uses_in
from lint_fixtures.index.values import outcomes

if TYPE_CHECKING:
    from lint_fixtures.index import Project


@frozen
class Fight:
    """What ``loser`` sets is replaced, or taken out, by what ``winner`` does after it."""

    loser: Fixture
    lost: Entry
    winner: Fixture
    won: Entry
    clients: bool  # both hand out clients; else the loser does nothing but set overrides


def fight(project: Project, test: Test) -> Fight | None:
    """The first that is certain, and that cannot be meant.

    Two fixtures of which neither requests the other: a default and what refines it are told by that, and by autouse.
    """
    arguments = project.fixtures.arguments(test.module, test.function)
    if test.unittest or len(arguments) < 2:
        return None
    closure = project.resolution.closure(test)
    if closure.opaque or sum(mentions(each.module, each.function) for each in closure.fixtures()) < 2:
        return None
    effects = [of_fixture(project, each, test.node) for each in closure.fixtures()]
    if any(each.opaque for each in effects) or of_test(project, test) != Effects():
        return None
    found = [list(_fights(project, test, order, arguments)) for order in setup_orders(project, test)]
    return next((each for each in found[0] if all(each in other for other in found)), None) if found else None


def _fights(project: Project, test: Test, order: tuple[Fixture, ...], arguments: tuple[str, ...]) -> Iterator[Fight]:
    left = _left(project, test, order)
    for loser in order:
        if loser.name not in arguments or not loser.certain or loser.autouse is not False:
            continue
        sets = of_fixture(project, loser, test.node).sets
        lost = [(mine, *left[mine.app, mine.key]) for mine in sets]
        beaten = [
            (mine, winner, won) for mine, winner, won in lost if _beats(project, test, (winner, won), (loser, mine))
        ]
        for mine, winner, won in beaten:
            if _sends_requests(project, test, loser) and project.values.role(winner, test.node) == kinds.CLIENT:
                yield Fight(loser, mine, winner, won, clients=True)
            elif len(beaten) == len(lost) and _is_asked_for_beside(winner, loser, arguments) and _only_sets(loser):
                yield Fight(loser, mine, winner, won, clients=False)


def _left(
    project: Project, test: Test, order: tuple[Fixture, ...]
) -> dict[tuple[App, Target | None], tuple[Fixture, Entry]]:
    """Whose the entries are once all fixtures are set up; those who took them out count too."""
    left: dict[tuple[App, Target | None], tuple[Fixture, Entry]] = {}
    for fixture in order:
        effects = of_fixture(project, fixture, test.node)
        for entry in sorted((*effects.drops, *effects.sets), key=lambda one: one.line):
            if entry.late:
                continue
            if not entry.is_drop:
                left[entry.app, entry.key] = (fixture, entry)
                continue
            gone = [at for at in left if at[0] == entry.app and entry.key in {None, at[1]}]
            left.update((at, (fixture, entry)) for at in gone if left[at][0] is not fixture)
    return left


def _beats(project: Project, test: Test, winning: tuple[Fixture, Entry], losing: tuple[Fixture, Entry]) -> bool:
    (winner, won), (loser, lost) = winning, losing
    if winner is loser or winner.autouse is not False or not winner.certain:
        return False
    if winner.parametrized or loser.parametrized or _requests(project, test, winner, loser):
        return False
    return won.is_drop or are_different(won.given, lost.given)


def _requests(project: Project, test: Test, one: Fixture, other: Fixture) -> bool:
    """Whether one of the two is in the closure of the other."""
    for start, wanted in ((one, other), (other, one)):
        closure = project.resolution.node_closure(test.node, (start.name,))
        if any(each.function is wanted.function for each in closure.fixtures()):
            return True
    return False


def _sends_requests(project: Project, test: Test, fixture: Fixture) -> bool:
    is_client = project.values.role(fixture, test.node) == kinds.CLIENT
    return is_client and any(uses_in(test.function, frozenset({fixture.name})))


def _is_asked_for_beside(winner: Fixture, loser: Fixture, arguments: tuple[str, ...]) -> bool:
    return winner.name in arguments and winner.scope == loser.scope


def _only_sets(fixture: Fixture) -> bool:
    """Whether it does nothing but set and take out overrides: asking for it has no other use."""
    calls = fixture.function.body.calls
    handed = all(value == Const(None) for value in outcomes(fixture.function))
    return handed and all("dependency_overrides" in call.dotted or call.dotted.endswith(".setitem") for call in calls)
