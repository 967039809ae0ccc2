"""What ``lint-fixtures check`` can be told: its own options, and those of flake8 that its help names."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from lint_fixtures.formats import FORMATS
from lint_fixtures.frozen import frozen

_EXAMPLES = """\
examples:
  lint-fixtures check                                  the project in this folder
  lint-fixtures check tests/test_x.py                  one file, with the knowledge of the whole project
  lint-fixtures check --select LFX1,LFX202 .           a family and one rule
  lint-fixtures check --statistics -q .                how often each rule is broken
  lint-fixtures check --format sarif --output-file report.sarif
  lint-fixtures check --explain-unknown tests/test_x.py   where the rules are silent, and why
silence one line with `# noqa: LFX101`, a file with per-file-ignores, a suite that adopts the rules with
`lint-fixtures baseline`
settings are read from [flake8] in setup.cfg, tox.ini or .flake8; every option of flake8 works: see `flake8 --help`
on a terminal a long run says how far it is, unless it is --quiet
exit codes: 0 nothing found, 1 violations found, 2 wrong usage or a broken setting, 130 interrupted
"""
_OF_FLAKE8: dict[str, tuple[tuple[str, str, str], ...]] = {
    "which files": (
        ("--exclude", "PATTERNS", "leave out files and folders, instead of flake8's own list"),
        ("--extend-exclude", "PATTERNS", "leave out these too"),
        ("--stdin-display-name", "PATH", "with the path -: the file that the text on stdin belongs to"),
    ),
    "which rules": (
        (
            "--select",
            "CODES",
            "these codes or beginnings of codes, and no others (default: LFX, or those of LFX that"
            " `select` in the settings names)",
        ),
        ("--extend-select", "CODES", "these too"),
        ("--ignore", "CODES", "not these"),
        ("--extend-ignore", "CODES", "not these either"),
        ("--per-file-ignores", "PAIRS", "not these in some files: 'tests/old/*:LFX1,LFX304'"),
        ("--disable-noqa", "", "report what `# noqa` silences as well"),
    ),
    "how to report": (
        ("--output-file", "FILE", "write the report there"),
        ("--color", "WHEN", "auto, always or never; NO_COLOR in the environment is honoured"),
        ("--statistics", "", "count how often each rule is broken"),
        ("--count", "", "print the number of violations"),
        ("--quiet", "", "only the names of files with violations; twice: nothing"),
        ("--exit-zero", "", "exit with 0 although there are violations"),
    ),
    "how to run": (
        ("--jobs", "N", "processes (default: one for each core)"),
        ("--config", "FILE", "the settings file of flake8"),
        ("--isolated", "", "read no settings file of flake8"),
        ("--lfx-cache-dir", "DIR", "where facts of files are cached; 'off' for no cache"),
        ("--lfx-session-names", "NAMES", "names that mean a session where nothing in the source says otherwise"),
    ),
}


@frozen
class Own:
    """The options that flake8 does not know. ``baseline`` is None for the project's own file, if there is one."""

    explain_unknown: str | None = None
    baseline: str | None = None
    use_baseline: bool = True


def add_options(parser: argparse.ArgumentParser) -> None:
    """For help and completion; what flake8 means by its options is up to flake8."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = "Lints files and folders: flake8 with these rules as the only checks."
    parser.epilog = _EXAMPLES
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: this folder)")
    own = parser.add_argument_group("adoption")
    own.add_argument("--baseline", metavar="FILE", help="known violations (default: the project's own file, if any)")
    own.add_argument("--no-baseline", action="store_true", help="report what the baseline knows, too")
    own.add_argument("--explain-unknown", metavar="FILE", help="print what could not be told about this file, and why")
    for title, options in _OF_FLAKE8.items():
        group = parser.add_argument_group(title)
        if title == "how to report":
            formats = ", ".join(FORMATS)
            group.add_argument("--format", metavar="FORM", help=f"{formats}, or any that flake8 knows")
        for name, metavar, text in options:
            if metavar:
                group.add_argument(name, metavar=metavar, help=text)
            else:
                group.add_argument(name, action="store_true", help=text)


def split(arguments: Sequence[str]) -> tuple[Own, list[str]]:
    """Our own options, and the rest for flake8. Raises argparse.ArgumentError."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--baseline")
    parser.add_argument("--no-baseline", dest="use_baseline", action="store_false")
    parser.add_argument("--explain-unknown")
    parsed, rest = parser.parse_known_args(arguments[:end])
    return Own(parsed.explain_unknown, parsed.baseline, parsed.use_baseline), [*rest, *arguments[end:]]


def selects(arguments: Sequence[str]) -> bool:
    """Whether the command line itself, not a settings file, says what is selected."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--select")
    try:
        return parser.parse_known_args(arguments[:end])[0].select is not None
    except argparse.ArgumentError:  # without a value: flake8 says so
        return False


def near(name: str) -> str:
    """A hint for an option that there is not; '' when none is near."""
    return did_you_mean(name.partition("=")[0], tuple(_names()))


def did_you_mean(name: str, known: Sequence[str]) -> str:
    found = get_close_matches(name, known, 1)
    return f"; did you mean {found[0]}?" if found else ""


def _names() -> Iterator[str]:
    yield from ("--baseline", "--no-baseline", "--explain-unknown", "--help", "--version")
    yield from flake8_options()


def flake8_options() -> Iterator[str]:
    """Those that the help names."""
    yield "--format"
    for options in _OF_FLAKE8.values():
        yield from (name for name, _, _ in options)
