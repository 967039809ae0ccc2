"""Text -> repaired text: what repairs propose is linted before it is taken."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from lint_fixtures.fixes.checked import Lints
from lint_fixtures.fixes.work import Wanted, Work
from lint_fixtures.frozen import frozen
from lint_fixtures.settings import Settings

_AT_MOST = 500  # repairs of one file


@frozen
class Repaired:
    """``done`` are (line at that time, code, what was done); ``unsafe``: (line, code) of repairs not asked for."""

    content: bytes
    done: tuple[tuple[int, str, str], ...]
    unsafe: tuple[tuple[int, str], ...]


def repair(
    path: str, content: bytes, settings: Settings, wanted: Wanted, unsafe: bool, at_once: int = _AT_MOST
) -> Repaired:
    """``path`` is absolute; ``wanted`` gives what flake8 would report (selected, not silenced), given the lines.

    At most ``at_once`` repairs share a lint: that changes how long it takes, not what comes out.
    """
    with _collector_off():
        lints = Lints(path, settings)
        work = Work(lints, wanted, at_once)
        checked = lints.of(content)
        if checked is None:
            return Repaired(content, (), ())
        done: list[tuple[int, str, str]] = []
        while len(done) < _AT_MOST:
            held = work.next(checked, lambda found: found.safe or unsafe)
            if held is None:
                break
            checked = held.checked
            taken = (plan.candidate for plan in held.plans)
            done += sorted((each.violation.location.line, each.violation.code, each.repair.done) for each in taken)
        waiting = [] if unsafe else work.waiting(checked)
        return Repaired(checked.content, tuple(done), tuple((each.location.line, each.code) for each in waiting))


@contextmanager
def _collector_off() -> Iterator[None]:
    """A lint makes hundreds of thousands of objects that all stay: looking for garbage is a fifth of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
            gc.collect()
