"""Which version of the rules this is: what another one found is no answer of this one."""

# Strings instead of pathlib objects, which cost milliseconds on every editor save.
# ruff: noqa: PTH120, PTH123

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache

from lint_fixtures.cache import FactsCache, content_key


def ourselves(cache: FactsCache) -> str:
    """A digest of the linter's own files, the same wherever they are installed.

    Reading them all would take longer than an editor's run. So the digest is kept under their sizes and times, by which
    Python itself tells whether its byte code of them still stands.
    """
    stored = cache.get(_state())
    if stored is None:
        stored = _digest().encode()
        cache.put(_state(), stored)
    return stored.decode()


@lru_cache(maxsize=1)
def _state() -> str:
    states = sorted((entry.path, entry.stat().st_mtime_ns, entry.stat().st_size) for entry in _files())
    return content_key(repr(states).encode(errors="surrogatepass"))


@lru_cache(maxsize=1)
def _digest() -> str:
    parts = []
    for path in sorted(entry.path for entry in _files()):
        with open(path, "rb") as file:
            parts.append(content_key(file.read()))
    return content_key("\n".join(parts).encode())


def _files() -> Iterator[os.DirEntry[str]]:
    pending = [os.path.dirname(__file__)]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    yield entry
                elif entry.is_dir() and entry.name[0] not in "._":
                    pending.append(entry.path)
