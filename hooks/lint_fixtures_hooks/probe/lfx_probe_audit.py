"""The one audit hook of this process, and who hears which event.

Python calls a hook a hundred times in a small test, mostly for events that nobody here cares for: a plain function
that looks an event up and returns costs a quarter of a microsecond, a bound method ten times that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

Hearer = Callable[[str, "tuple[Any, ...]"], None]


def hear(hearers: dict[str, Hearer]) -> None:
    """Event to who hears it, for as long as the process lasts: a hook cannot be taken back."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in hearers:
            hearers[event](event, arguments)

    sys.addaudithook(hook)
