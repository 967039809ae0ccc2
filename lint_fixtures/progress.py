"""How far a long run is: one line on stderr that is overwritten, and gone in the end; nothing where nobody looks."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.pool import Pool
from typing import Any, TextIO

from flake8.checker import FileChecker

SOON, OFTEN = 0.5, 0.1  # seconds until the first word, and between two


class Progress:
    """``done`` is what has happened to the files that are counted, such as "checked"; no stream: no word."""

    def __init__(
        self, done: str, total: int, stream: TextIO | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._done, self._total, self._stream, self._clock = done, total, stream, clock
        self._count, self._width = 0, 0
        self._next = clock() + SOON

    def one_more(self) -> None:
        self._count += 1
        if self._stream is not None and self._clock() >= self._next:
            line = f"lint-fixtures: {self._done} {self._count} of {self._total} files"
            print(f"\r{line}", end="", file=self._stream, flush=True)
            self._width = len(line)
            self._next = self._clock() + OFTEN

    def clear(self) -> None:
        """Makes room for something else."""
        if self._width:
            print(f"\r{' ' * self._width}\r", end="", file=self._stream, flush=True)
            self._width = 0


@contextmanager
def progress(done: str, total: int, wanted: bool) -> Iterator[Progress]:
    """Told on stderr if that is wanted and somebody looks at it, in a terminal that can overwrite a line."""
    is_watched = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    told = Progress(done, total, sys.stderr if wanted and is_watched else None)
    try:
        yield told
    finally:
        told.clear()


@contextmanager
def of_checks(total: int, wanted: bool) -> Iterator[None]:
    """Counts the files that flake8 checks meanwhile, in this process or in a pool of others."""
    process = os.getpid()
    run_checks, imap_unordered = FileChecker.run_checks, Pool.imap_unordered

    def counted_checks(checker: FileChecker) -> Any:
        found = run_checks(checker)
        if os.getpid() == process:  # no worker of the pool, whose files are counted as they come back
            told.one_more()
        return found

    def counted_pool(pool: Pool, function: Callable[..., Any], items: Iterable[Any]) -> Iterator[Any]:
        for result in imap_unordered(pool, function, items):
            told.one_more()
            yield result

    with progress("checked", total, wanted) as told:
        FileChecker.run_checks = counted_checks  # type: ignore[assignment,method-assign]
        Pool.imap_unordered = counted_pool  # type: ignore[assignment,method-assign]
        try:
            yield
        finally:
            FileChecker.run_checks = run_checks  # type: ignore[method-assign]
            Pool.imap_unordered = imap_unordered  # type: ignore[method-assign]
