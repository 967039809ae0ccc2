"""An order of tables in which every parent comes before its children, and the circles that leave none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter


def insertion_order(parents: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The tables of ``parents`` (by name, each with those it needs), ordered; and circles, each from its first table.

    A key of each circle is left out of the order: no order satisfies them all. Tables that are needed but are no key of
    ``parents`` do not count.
    """
    needed = {name: {each for each in sorted(set(needs)) if each in parents} for name, needs in parents.items()}
    circles: list[tuple[str, ...]] = []
    while circle := _circle(needed):
        turned = _turned(circle)
        circles.append(turned)
        needed[turned[0]].discard(turned[1 % len(turned)])
    return tuple(_sorted(needed)), tuple(circles)


def _circle(needed: Mapping[str, set[str]]) -> list[str]:
    """Tables each of which is needed by the next one, the first one once more at the end; empty when there is none."""
    try:
        TopologicalSorter(needed).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def _sorted(needed: Mapping[str, set[str]]) -> list[str]:
    """In waves, by name within each, so that the order does not depend on where a class stands."""
    sorter = TopologicalSorter({name: needed[name] for name in sorted(needed)})
    sorter.prepare()
    found: list[str] = []
    while sorter.is_active():
        wave = sorted(sorter.get_ready())
        found += wave
        sorter.done(*wave)
    return found


def _turned(circle: list[str]) -> tuple[str, ...]:
    """From child to parent, starting at the first name of the alphabet."""
    names = circle[:0:-1]
    start = names.index(min(names))
    return (*names[start:], *names[:start])
