"""Where mutations start: the rules' examples, the projects of these tests, and a corpus folder when there is one."""

from __future__ import annotations

import os
import random
import site
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lint_fixtures.examples import read_example
from lint_fixtures.rule import load_rules
from tests.repositories import ROOT

SOME = 1000
TALE = ("conftest.py", "test_", "models", "_test.py", "factories", "fixtures", "app", "main")


@cache
def examples() -> tuple[dict[str, bytes], ...]:
    """The projects of all examples, file by file."""
    texts = [text for rule in load_rules() for text in (rule.bad, rule.good)]
    return tuple({name: text.encode() for name, text in read_example(text).files.items()} for text in texts)


@cache
def projects() -> tuple[dict[str, bytes], ...]:
    """The test suite's own small projects."""
    folders = sorted(path for path in (ROOT / "tests" / "projects").iterdir() if path.is_dir())
    return tuple(_files(folder) for folder in folders)


@cache
def real_files(corpus: Path | None) -> tuple[bytes, ...]:
    """Some sources of test files below `corpus`, at most 60 KB each; those of the small projects without one."""
    if corpus is None:
        return tuple(source for project in projects() for name, source in project.items() if name.endswith(".py"))
    paths = [path for path in sorted(corpus.rglob("*.py")) if any(word in path.name for word in TALE)]
    some = paths[:: len(paths) // SOME + 1]
    return tuple(path.read_bytes() for path in some if path.is_file() and 0 < path.stat().st_size < 60_000)


def library(rng: random.Random, more: tuple[Path, ...]) -> Iterator[str]:
    """Every Python file of the standard library, of the installed packages and of more folders, once."""
    folders = {Path(sysconfig.get_path("stdlib")), *map(Path, site.getsitepackages()), *more}
    paths = [os.fspath(path) for folder in sorted(folders) for path in folder.rglob("*.py") if path.is_file()]
    rng.shuffle(paths)
    yield from dict.fromkeys(paths)


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in (".py", ".ini", ".toml"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
