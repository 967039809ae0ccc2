"""The forms of a report, each as a formatter of flake8: ``--format lfx-sarif`` there, ``--format sarif`` here.

flake8 imports this file at every start; what a format needs comes with its first report.
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from flake8.formatting.base import BaseFormatter
from flake8.violation import Violation

if TYPE_CHECKING:
    from flake8.statistics import Statistics


class Report(BaseFormatter):
    """Collects the violations of a run, and writes them all in the end, in the form of one module of this package."""

    form: ClassVar[str]

    def after_init(self) -> None:
        self._violations: list[Violation] = []
        self._is_written = False
        if os.environ.get("NO_COLOR") and self.options.color != "always":
            self.color = False

    def start(self) -> None:
        if self.filename and os.path.exists(self.filename):  # noqa: PTH110
            os.truncate(self.filename, 0)  # flake8 appends, and two documents in one file are none
        super().start()

    def handle(self, error: Violation) -> None:
        self._violations.append(error)

    def show_statistics(self, statistics: Statistics) -> None:
        """Beside the report, on stderr: in it they would break its form."""
        self._report()
        file, self.output_fd = self.output_fd, None
        with redirect_stdout(sys.stderr):
            super().show_statistics(statistics)
        self.output_fd = file

    def stop(self) -> None:
        self._report()
        super().stop()

    def _report(self) -> None:
        if self._is_written:
            return
        self._is_written = True
        from lint_fixtures.formats.found import found_of

        module = import_module(f"lint_fixtures.formats.{self.form}")
        text: str = module.render(found_of(self._violations), self.color and self.output_fd is None)
        if text:
            self._write(text)


class Text(Report):
    form = "text"


class Json(Report):
    form = "json"


class Sarif(Report):
    form = "sarif"


class Github(Report):
    form = "github"


class Gitlab(Report):
    form = "gitlab"


class Junit(Report):
    form = "junit"


FORMATS: dict[str, type[Report]] = {each.form: each for each in (Text, Json, Sarif, Github, Gitlab, Junit)}
