"""Rewritten modules as edits of lines, so that several repairs of one text can be taken at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import libcst as cst

from lint_fixtures.fixes.source import Source, parts_of
from lint_fixtures.frozen import frozen


@frozen(order=True)
class Edit:
    """Other lines for those from ``first`` until before ``last``, counted from 0."""

    first: int
    last: int
    lines: tuple[str, ...]


def edits_of(source: Source, module: cst.Module) -> Iterator[Edit]:
    """What a module changes whose other statements are those of the source: one edit for what lies between these."""
    places = {part: index for index, part in enumerate(source.parts)}
    done = 0
    new: list[str] = []
    for part in parts_of(module):
        if part in places:
            yield from _edit(source, done, places[part], new)
            done, new = places[part] + 1, []
        else:
            new += source.lines_of(part)
    yield from _edit(source, done, len(source.parts), new)


def _edit(source: Source, done: int, until: int, new: Sequence[str]) -> Iterator[Edit]:
    """Of the lines of some parts; none where all stay. Lines that stay at both ends are no part of it."""
    first, last = source.starts[done], source.starts[until]
    old = source.lines[first:last]
    head = _alike(old, new)
    old, new = old[head:], new[head:]
    tail = _alike(old[::-1], new[::-1])
    if old or new:
        yield Edit(first + head, last - tail, tuple(new[: len(new) - tail]))


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many are the same from the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (ours, theirs) in pairs if ours != theirs), min(len(one), len(other)))


def fit(edits: Collection[Edit], others: Collection[Edit]) -> bool:
    """Whether edits change nothing that the others change, nor a line beside it.

    An import may be new for both; but what changes nothing of its own is not taken beside the others.
    """
    own = set(edits).difference(others)
    return bool(own) and not any(one.first <= each.last and each.first <= one.last for one in own for each in others)


def applied(source: Source, edits: Iterable[Edit]) -> bytes:
    """The text with edits that fit each other."""
    lines = list(source.lines)
    for each in sorted(set(edits), reverse=True):
        lines[each.first : each.last] = each.lines
    return source.encoded(lines)
