"""What the user has given: settings as flake8 reads them, and one line for what is wrong with them."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from importlib import import_module
from pathlib import Path

from flake8.exceptions import ExecutionError
from flake8.options.parse_args import parse_args

from lint_fixtures.engine import INTERNAL
from lint_fixtures.options import near
from lint_fixtures.root import find_root
from lint_fixtures.rule import load_rules
from lint_fixtures.settings import Settings, settings_of

OWN = "LFX"
_LOOK_ALIKES = str.maketrans("OIl", "011")


class WrongUsage(Exception):
    """One line for the user."""


@contextmanager
def in_one_line() -> Iterator[None]:
    """Raises WrongUsage for what flake8 answers with several lines."""
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            yield
    except SystemExit as error:
        if error.code == 2:
            raise WrongUsage(_of_argparse(said.getvalue())) from None
        raise
    except (ExecutionError, ValueError) as error:  # of a settings file
        raise WrongUsage(str(error)) from None
    sys.stderr.write(said.getvalue())


def settings_here(arguments: Sequence[str] = ()) -> Settings:
    """Those of the working directory, as `check` has them with these arguments. Raises WrongUsage."""
    with in_one_line():
        return settings_of(parse_args(arguments)[1])


def check_paths(given: Sequence[str]) -> None:
    """Raises WrongUsage, also for a broken pyproject.toml beside them."""
    for path in given:
        if path != "-" and not os.path.lexists(path):  # flake8 itself reports a dangling link
            raise WrongUsage(f"no such file or folder: {path}")
    for root in dict.fromkeys(find_root(path) for path in given or (os.curdir,) if path != "-"):
        settings = os.path.join(root, "pyproject.toml")  # noqa: PTH118
        cause = _broken_toml(settings)
        if cause:
            raise WrongUsage(f"{os.path.relpath(settings)} is no TOML ({cause}): mend it, pytest refuses it too")


def check_codes(options: argparse.Namespace) -> None:
    """Raises WrongUsage for codes of ours that there are not."""
    given = (options.select, options.extend_select, options.ignore, options.extend_ignore)
    ours = [code for each in given for code in each or () if code.startswith(OWN) and code != OWN]
    codes = (*(rule.code for rule in load_rules()), INTERNAL) if ours else ()  # reading them all takes a while
    for code in ours:
        if not _begins_one(code, codes):
            meant = code.translate(_LOOK_ALIKES)  # a near number means nothing
            hint = f"; did you mean {meant}?" if _begins_one(meant, codes) else ""
            raise WrongUsage(f"no code begins with {code}{hint}; `lint-fixtures rules` lists them")


def _begins_one(beginning: str, codes: Sequence[str]) -> bool:
    return any(code.startswith(beginning) for code in codes)


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
