"""What the linter finds, and where. Apart from the other facts: an answer that is kept needs no more than this."""

from __future__ import annotations

from lint_fixtures.frozen import frozen


@frozen(order=True)
class Location:
    """A place in a file: absolute path, line from 1, column from 0 in UTF-8 bytes."""

    path: str
    line: int
    col: int


@frozen(order=True)
class Violation:
    """One rule broken at one place."""

    location: Location
    code: str
    message: str
