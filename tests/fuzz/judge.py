"""Lints one file as flake8 does, with and without the plugin, and says what must not be."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from flake8.checker import FileChecker
from flake8.main.application import Application
from flake8.plugins.finder import Checkers
from flake8.processor import FileProcessor

from lint_fixtures import engine
from lint_fixtures.extract import extract, extract_source
from lint_fixtures.extract.store import dump, load
from lint_fixtures.flake8_plugin import Plugin
from lint_fixtures.sources import decode

SLOWER = 10  # times bare flake8, the plugin's own part included
FREE_SECONDS = 2.0  # the first file of a process pays for imports, and a clock on a busy machine wobbles
GIVES_UP = (RecursionError, MemoryError, ValueError)  # flake8 alone gives up with these on some files


def judged(paths: list[str], cached: bool, deep: bool) -> Iterator[str]:
    """One line for each thing that must not be; bare flake8 is asked only where something is to be compared.

    Rules may give up on `deep` programs; in others that would be a search without an end.
    """
    engine.TOO_DEEP = (RecursionError,) if deep else ()
    for path in paths:
        ours, seconds = _checked(path, "ours", cached)
        if isinstance(ours, Exception):
            yield from _crash(path, ours, cached)
            continue
        yield from _wrong(path, ours, cached)
        if seconds > FREE_SECONDS:
            yield from _slow(path, paths, seconds, cached)
        again, _ = _checked(path, "ours", cached)
        if again != ours:
            yield f"unsteady: {path}: {ours!r:.300} and then {again!r:.300}"
        yield from _two_readings(path)


def _crash(path: str, error: Exception, cached: bool) -> Iterator[str]:
    bare, _ = _checked(path, "bare", cached)
    if not isinstance(bare, Exception):  # else it ends there without us too
        cause = getattr(error, "original_exception", None) or error
        yield f"crash: {path}: {type(error).__name__}: {cause!r:.300}"


def _slow(path: str, paths: list[str], seconds: float, cached: bool) -> Iterator[str]:
    """A file is known by those that it imports from: flake8 too shall read all."""
    bare = sum(_checked(each, "bare", cached)[1] for each in paths)
    if seconds > bare * (SLOWER - 1):
        yield f"slow: {path}: {seconds:.2f} s beside flake8's {bare:.2f} s"


def _wrong(path: str, ours: list[Any], cached: bool) -> Iterator[str]:
    for code, line, column, text, _ in ours:
        if code == engine.INTERNAL:
            yield f"internal error: {path}: {text}"
        elif not code.startswith("LFX") and (code, line) not in _known(path, cached):
            yield f"{code} that bare flake8 has not: {path}:{line}: {text}"
        elif code.startswith("LFX") and (line < 1 or column < 0):
            yield f"place: {path}:{line}:{column} {code}"


def _known(path: str, cached: bool) -> set[tuple[str, int]]:
    bare, _ = _checked(path, "bare", cached)
    return set() if isinstance(bare, Exception) else {(code, line) for code, line, *_ in bare}


def _two_readings(path: str) -> Iterator[str]:
    """The facts of a file must be the same from flake8's tree, from the disk and from the cache."""
    try:
        from_disk = extract_source(decode(Path(path).read_bytes()))
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return
    if not from_disk.parsed:
        if _is_python(path):
            yield f"unread: {path}: Python parses it"
        return  # flake8 may be more lenient: it takes away two byte order marks
    _, _, options = _flake8()
    processor = FileProcessor(path, options)
    processor.strip_utf_bom()
    try:
        tree = processor.build_ast()
    except (SyntaxError, *GIVES_UP):
        return
    from_flake8 = extract(tree, processor.lines)  # type: ignore[arg-type]
    stored = dump(from_disk)
    if stored != dump(from_flake8):
        yield f"two readings: {path}: {_difference(stored, dump(from_flake8))}"
    loaded = load(stored)
    if loaded.parsed and dump(loaded) != stored:  # else too deep for it
        yield f"store: {path}: facts change on their way through the cache"


def _is_python(path: str) -> bool:
    """As far as the facts go: what is too deep for them is not."""
    try:
        return extract(ast.parse(Path(path).read_bytes()), []).parsed
    except (SyntaxError, *GIVES_UP):
        return False


def _difference(one: bytes, other: bytes) -> str:
    place = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, place - 40)
    return f"{one[start : place + 60]!r} from the disk, {other[start : place + 60]!r} from flake8"


def _checked(path: str, which: str, cached: bool) -> tuple[list[Any] | Exception, float]:
    bare, ours, options = _flake8()
    options.lfx_cache_dir = "" if cached else "off"
    Plugin.parse_options(options)
    start = time.process_time()
    try:
        found: list[Any] | Exception = FileChecker(
            filename=path, plugins=ours if which == "ours" else bare, options=options
        ).run_checks()[1]
    except Exception as error:  # noqa: BLE001 (whatever comes out is what is looked for)
        found = error
    return found, time.process_time() - start


@cache
def _flake8() -> tuple[Checkers, Checkers, Any]:
    """Checkers of bare flake8, our own alone, and flake8's options."""
    application = Application()
    application.initialize(["--isolated", "--disable-noqa"])
    assert application.plugins is not None
    checkers = application.plugins.checkers
    own = [plugin for plugin in checkers.tree if plugin.entry_name == "LFX"]
    rest = [plugin for plugin in checkers.tree if plugin.entry_name != "LFX"]
    bare = Checkers(tree=rest, logical_line=checkers.logical_line, physical_line=checkers.physical_line)
    return bare, Checkers(tree=own, logical_line=[], physical_line=[]), application.options
