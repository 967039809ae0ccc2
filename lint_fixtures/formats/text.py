"""For people: the message, the line that it speaks of, and the line of the other half."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lint_fixtures.formats.found import Found, Place

_BOLD, _RED, _CYAN, _GRAY, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[36m", "\x1b[90m", "\x1b[0m"


def render(found: Sequence[Found], color: bool) -> str:
    return "\n\n".join("\n".join(_lines(each, _Paint(color))) for each in found)


class _Paint:
    def __init__(self, color: bool) -> None:
        self._color = color

    def __call__(self, style: str, text: str) -> str:
        return f"{style}{text}{_PLAIN}" if self._color else text


def _lines(found: Found, paint: _Paint) -> Iterator[str]:
    place = found.place
    where = f"{place.path}:{place.line}:{found.column}:"
    yield f"{paint(_BOLD, where)} {paint(_RED, found.code)} {found.message}"
    width = len(str(max(each.line for each in (place, *found.related))))
    if place.source:
        yield _source(place, width, paint)
        yield f"{paint(_GRAY, f'{str():{width}} |')} {_before(place.source, found.column)}{paint(_RED, '^')}"
    for other in found.related:
        yield f"{paint(_CYAN, f'{other.path}:{other.line}:')} the other half"
        yield _source(other, width, paint)


def _source(place: Place, width: int, paint: _Paint) -> str:
    return f"{paint(_GRAY, f'{place.line:>{width}} |')} {place.source}"


def _before(source: str, column: int) -> str:
    """Blanks as wide as what stands before a column; tabs stay tabs."""
    return "".join("\t" if each == "\t" else " " for each in source[: column - 1])
