"""flake8's application with this plugin as the only checker."""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import redirect_stderr
from importlib import import_module
from pathlib import Path

from flake8.main.application import Application
from flake8.plugins.finder import Checkers, Plugins

from lint_fixtures.engine import INTERNAL
from lint_fixtures.formats import FORMATS
from lint_fixtures.options import did_you_mean, near
from lint_fixtures.root import find_root
from lint_fixtures.rule import load_rules
from lint_fixtures.unparsable import GIVES_UP, reported_by_file

_OWN = "LFX"
_LOOK_ALIKES = str.maketrans("OIl", "011")
_UNREADABLE = "E9"  # a file that cannot be read or parsed must not pass for a clean one, whatever is selected
_NOT_THE_PROJECT = (".venv", "venv", ".env", "env", "site-packages", "node_modules", "build", "dist")


class WrongUsage(Exception):
    """One line for the user."""


class OnlyOurs(Application):
    """flake8 without the other checkers: they would cost five times the run and be filtered anyway."""

    def initialize(self, argv: Sequence[str]) -> None:
        """Raises WrongUsage for what flake8 would answer with several lines."""
        said = io.StringIO()
        try:
            with redirect_stderr(said):
                super().initialize([f"--select={_OWN}", *argv])  # in front: a --select of the user's takes its place
        except SystemExit as error:
            if error.code == 2:
                raise WrongUsage(_of_argparse(said.getvalue())) from None
            raise
        except ValueError as error:  # of a settings file
            raise WrongUsage(str(error)) from None
        sys.stderr.write(said.getvalue())

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
        _check_paths(given)
        self._check_codes()
        named = {Path(path).name for path in given}  # who names such a folder means it
        self.options.extend_exclude = [
            *self.options.extend_exclude,
            *(folder for folder in _NOT_THE_PROJECT if folder not in named),
        ]
        self.options.select = [*(self.options.select or ()), _UNREADABLE]
        super().make_guide()

    def make_file_checker_manager(self, argv: Sequence[str]) -> None:
        assert self.plugins is not None
        tree = [plugin for plugin in self.plugins.checkers.tree if plugin.entry_name == _OWN]
        self.plugins = Plugins(
            checkers=Checkers(tree=tree, logical_line=[], physical_line=[]),
            reporters=self.plugins.reporters,
            disabled=self.plugins.disabled,
        )
        super().make_file_checker_manager(argv)

    def run_checks(self) -> None:
        with reported_by_file(), warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # an invalid escape in "<unknown>" helps nobody
            try:
                super().run_checks()
            except GIVES_UP:  # worker processes that are not forks parse as flake8 alone does: without them, then
                assert self.file_checker_manager is not None
                self.file_checker_manager.jobs = 1
                self.file_checker_manager.run()

    def _check_codes(self) -> None:
        assert self.options is not None
        options = self.options
        given = (options.select, options.extend_select, options.ignore, options.extend_ignore)
        ours = [code for each in given for code in each or () if code.startswith(_OWN) and code != _OWN]
        codes = (*(rule.code for rule in load_rules()), INTERNAL) if ours else ()  # reading them all takes a while
        for code in ours:
            if not _begins_one(code, codes):
                meant = code.translate(_LOOK_ALIKES)  # a near number means nothing
                hint = f"; did you mean {meant}?" if _begins_one(meant, codes) else ""
                raise WrongUsage(f"no code begins with {code}{hint}; `lint-fixtures rules` lists them")


def _begins_one(beginning: str, codes: Sequence[str]) -> bool:
    return any(code.startswith(beginning) for code in codes)


def _check_paths(given: Sequence[str]) -> None:
    for path in given:
        if path != "-" and not os.path.lexists(path):  # flake8 itself reports a dangling link
            raise WrongUsage(f"no such file or folder: {path}")
    for root in dict.fromkeys(find_root(path) for path in given or (os.curdir,) if path != "-"):
        settings = os.path.join(root, "pyproject.toml")  # noqa: PTH118
        cause = _broken_toml(settings)
        if cause:
            raise WrongUsage(f"{os.path.relpath(settings)} is no TOML ({cause}): mend it, pytest refuses it too")


def _broken_toml(path: str) -> str:
    """What is wrong with it; '' when it is sound or not there."""
    toml = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        toml.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:  # ValueError: no TOML, or no UTF-8
        return str(error).splitlines()[0]
    return ""


def _of_argparse(said: str) -> str:
    """Its last line, without the name of the program, with a hint for a misspelled option."""
    message = said.strip().splitlines()[-1].partition("error: ")[2]
    _, found, rest = message.partition("unrecognized arguments: ")
    return f"{message}{near(rest.split()[0])}; see `lint-fixtures check --help`" if found else message
