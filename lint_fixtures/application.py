"""flake8's application with this plugin as the only checker."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from flake8.checker import Manager
from flake8.main.application import Application
from flake8.plugins.finder import Checkers

from lint_fixtures.formats import FORMATS
from lint_fixtures.options import did_you_mean, selects
from lint_fixtures.progress import of_checks
from lint_fixtures.unparsable import GIVES_UP, UNREADABLE, reported_by_file
from lint_fixtures.usage import OWN, WrongUsage, check_codes, check_paths, in_one_line

_NOT_THE_PROJECT = (".venv", "venv", ".env", "env", "site-packages", "node_modules", "build", "dist")


class OnlyOurs(Application):
    """flake8 without the other checkers: they would cost five times the run and be filtered anyway."""

    def __init__(self, with_progress: bool | None = None) -> None:
        """``with_progress``: whether a terminal is told how far it is; by default unless --quiet is given."""
        super().__init__()
        self._with_progress = with_progress
        self._user_selects = False

    def initialize(self, argv: Sequence[str]) -> None:
        """Raises WrongUsage for what flake8 would answer with several lines."""
        self._user_selects = selects(argv)
        with in_one_line():
            super().initialize(argv)

    def make_formatter(self) -> None:
        assert self.options is not None
        assert self.plugins is not None
        name: str = self.options.format
        if os.environ.get("NO_COLOR") and self.options.color == "auto":
            self.options.color = "never"
        for_people = name == "default" and sys.stdout.isatty() and not self.options.output_file
        if not self.options.quiet and (name in FORMATS or for_people):
            self.formatter = FORMATS["text" if for_people else name](self.options)
            return
        known = [*FORMATS, *self.plugins.reporters]
        there_are = f"; there are {', '.join(FORMATS)}"
        if name not in known and "%(" not in name:
            raise WrongUsage(f"no format {name!r}{did_you_mean(name, known) or there_are}")
        super().make_formatter()

    def make_guide(self) -> None:
        """Adjusts what flake8 has parsed: a second --extend-exclude or --select would replace the user's."""
        assert self.options is not None
        given: list[str] = self.options.filenames
        check_paths(given)
        check_codes(self.options)
        named = {Path(path).name for path in given}  # who names such a folder means it
        self.options.extend_exclude = [
            *self.options.extend_exclude,
            *(folder for folder in _NOT_THE_PROJECT if folder not in named),
        ]
        # a file that cannot be read or parsed must not pass for a clean one, whatever is selected
        self.options.select = [*self._selected(), UNREADABLE]
        super().make_guide()

    def _selected(self) -> list[str]:
        """All of ours where a settings file selects none of them: its `select = E,F` is about what flake8 shows."""
        assert self.options is not None
        given: list[str] = self.options.select or []
        ours = [code for code in given if code.startswith(OWN) or OWN.startswith(code)]
        return given if self._user_selects else ours or [OWN]

    def make_file_checker_manager(self, argv: Sequence[str]) -> None:
        assert self.options is not None
        assert self.guide is not None
        assert self.plugins is not None
        tree = [plugin for plugin in self.plugins.checkers.tree if plugin.entry_name == OWN]
        manager = _Counting(self.guide, Checkers(tree=tree, logical_line=[], physical_line=[]), argv)
        manager.with_progress = not self.options.quiet if self._with_progress is None else self._with_progress
        self.file_checker_manager = manager

    def run_checks(self) -> None:
        with reported_by_file(), warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # an invalid escape in "<unknown>" helps nobody
            try:
                super().run_checks()
            except GIVES_UP:  # worker processes that are not forks parse as flake8 alone does: without them, then
                assert self.file_checker_manager is not None
                self.file_checker_manager.jobs = 1
                self.file_checker_manager.run()


class _Counting(Manager):
    with_progress = False

    def run(self) -> None:
        with of_checks(len(self.filenames), self.with_progress):
            super().run()
