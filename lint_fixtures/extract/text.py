"""What text tells without its syntax tree, and Python that is written inside a string."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property

from lint_fixtures.body import Expr
from lint_fixtures.extract.expressions import expression

_CALL = re.compile(r"[\s\\]*\(")
_CALL_OF_ATTRIBUTE = re.compile(r"(?:[\s\\]*\.[\s\\]*\w+){1,20}[\s\\]*\(")  # bounded, for a text may be hostile


class Excerpt:
    """Some lines of a file, from 1."""

    def __init__(self, lines: list[str], first: int, last: int) -> None:
        self._lines = lines
        self._first = first
        self._last = last

    @cached_property
    def _text(self) -> str:
        return "".join(self._lines[self._first - 1 : self._last])

    def mentions(self, word: str) -> bool:
        return word in self._text

    def calls(self, name: str) -> bool:
        """Whether it seems to hold ``name()`` or ``a.name()``."""
        return any(_CALL.match(self._text, end) and before != "def " for before, end in _places(name, self._text))


def is_called_through(name: str, text: str) -> bool:
    """Whether the text seems to hold ``name.a()``."""
    return any(_CALL_OF_ATTRIBUTE.match(text, end) and before[-1:] != "." for before, end in _places(name, text))


def _places(name: str, text: str) -> Iterator[tuple[str, int]]:
    """Where the name stands: what is up to four characters before it, and its end."""
    place = text.find(name)
    while place >= 0:
        end, before = place + len(name), text[max(0, place - 4) : place]
        if not before[-1:].isidentifier():
            yield before, end
        place = text.find(name, end)


def expression_of(text: str) -> Expr | None:
    """The expression that the text holds, as in forward references and SQLAlchemy's lazily evaluated arguments.

    None when it holds none.
    """
    try:
        return expression(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
