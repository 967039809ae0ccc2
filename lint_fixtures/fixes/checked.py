"""Texts of a file, and what the rules say about them."""

from __future__ import annotations

import ast
import gc
import io

from lint_fixtures.cache import FactsCache, chosen_directory
from lint_fixtures.engine import check_file
from lint_fixtures.extract import extract
from lint_fixtures.frozen import frozen
from lint_fixtures.index import Project
from lint_fixtures.root import find_root
from lint_fixtures.rule import load_rules
from lint_fixtures.settings import Settings
from lint_fixtures.sources import decode
from lint_fixtures.violation import Violation

_BROKEN = (SyntaxError, ValueError, LookupError, RecursionError, MemoryError)
_LINTS_PER_COLLECTION = 16  # each leaves some ten megabytes behind


@frozen
class Checked:
    """``project`` knows the text in the place of the file."""

    content: bytes
    project: Project
    violations: tuple[Violation, ...]
    lines: tuple[str, ...]


class Lints:
    """Of one file, by its absolute path, with one text after the other; the collector of garbage may be off."""

    def __init__(self, path: str, settings: Settings) -> None:
        self._path, self._settings = path, settings
        self._count = 0

    def of(self, content: bytes) -> Checked | None:
        """None for what cannot be parsed."""
        self._count += 1
        if self._count % _LINTS_PER_COLLECTION == 0:
            gc.collect()
        return check_content(self._path, content, self._settings)


def check_content(path: str, content: bytes, settings: Settings) -> Checked | None:
    """None for what cannot be parsed."""
    root = find_root(path)
    project = Project(root, FactsCache(chosen_directory(root, settings.cache_dir)), settings)
    try:
        tree = ast.parse(content)
        lines = list(io.StringIO(decode(content), newline=""))
    except _BROKEN:
        return None
    facts = extract(tree, lines)
    project.add(path, facts)
    found = check_file(project, path, load_rules(facts.mentions, settings.extended))
    return Checked(content, project, tuple(found), tuple(lines))
