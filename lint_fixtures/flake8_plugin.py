"""flake8's side of the linter: its tree and options in, (line, column, text, type) out.

flake8 imports this file at every start, so it imports little itself; the rest comes with the first checked file.
"""

from __future__ import annotations

import argparse
import ast
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from lint_fixtures.settings import SESSION_NAMES, Settings, settings_of

if TYPE_CHECKING:
    from flake8.options.manager import OptionManager

    from lint_fixtures.linter import Linter
    from lint_fixtures.violation import Violation

VERSION = "0.1.0"


class Plugin:
    """One instance per checked file; what is known of the project is shared between the files of one run."""

    name = "lint-fixtures"
    version = VERSION
    _settings: ClassVar[Settings] = Settings()
    _linter: ClassVar[Linter | None] = None

    def __init__(self, tree: ast.Module, filename: str, lines: list[str]) -> None:
        self._tree = tree
        self._path = os.path.abspath(filename)  # noqa: PTH100 (pathlib costs more than the rest of this file)
        self._lines = lines

    @classmethod
    def add_options(cls, manager: OptionManager) -> None:
        manager.add_option(
            "--lfx-cache-dir",
            default="",
            metavar="DIR",
            parse_from_config=True,
            help="where facts are cached (default: .lint_fixtures_cache at the project root; 'off' for no cache)",
        )
        manager.add_option(
            "--lfx-session-names",
            default=",".join(SESSION_NAMES),
            metavar="NAMES",
            parse_from_config=True,
            comma_separated_list=True,
            help="names that mean a database session where nothing in the source says otherwise",
        )

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Called once per run: an editor may run flake8 again and again in one process, and files change."""
        cls._settings = settings_of(options)
        cls._linter = None

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        found = self._violations()
        if not found:
            return
        from lint_fixtures.places import from_here
        from lint_fixtures.root import find_root

        root = find_root(self._path)
        for violation in found:
            location = violation.location
            column = _characters(self._lines, location.line, location.col)
            yield location.line, column, f"{violation.code} {from_here(violation.message, root)}", type(self)

    def _violations(self) -> list[Violation]:
        cls = type(self)
        if cls._linter is None:
            from lint_fixtures.linter import Linter

            cls._linter = Linter(cls._settings)
        return cls._linter.check(self._path, self._tree, self._lines)


def _characters(lines: list[str], line: int, column: int) -> int:
    """A column in characters from one in UTF-8 bytes."""
    if not 0 < line <= len(lines):
        return column
    return len(lines[line - 1].encode()[:column].decode(errors="ignore"))
