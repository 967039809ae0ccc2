"""The command line: `verify-suite` itself and the commands beside it."""

import argparse
import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lint_fixtures_hooks import flags
from lint_fixtures_hooks.errors import UsageError

USAGE = """verify-suite [flags]
       verify-suite status [--require REVISION]
       verify-suite bisect [TEST ...]
       verify-suite merge DIR ...
       verify-suite postgres status|clean [ID ...]|shell|keep"""
DESCRIPTION = """\
Runs the project's tests on a PostgreSQL of its own and answers three questions: is the suite green, is it
isolated (does every test leave the database, the process and the tree as it found them), is the tree clean?
A tree that was proved gets a stamp in .git/lint-fixtures and is not run again.
"""
EPILOG = """\
exit codes:
  0    verified
  1    not green, not isolated, or the tree was dirtied: the output names the test
  2    usage or settings
  3    could not tell: no server, no interpreter with pytest, nothing collected
  130  interrupted

examples:
  verify-suite                                    the tree as it is staged
  verify-suite --staged                           ... in a folder of its own, whatever is unstaged
  verify-suite --setup 'alembic upgrade head'     with migrations, run once per state of them
  verify-suite --env 'DATABASE_URL={url:asyncpg}' the name and driver that the project reads
  verify-suite --tests 'tests/test_a.py::test_a' --tests 'tests/test_b.py::test_b'
  verify-suite status --require HEAD              in CI: was exactly this tree verified?
  verify-suite bisect                             which earlier tests make the last run's failures
  verify-suite --shard 2/5 --report out           one machine's part; then: verify-suite merge out-*
  verify-suite --keep && verify-suite postgres shell   psql in the database of a run that failed

The same settings live in pyproject.toml:

  [tool.lint_fixtures.suite]
  setup = "alembic upgrade head"
  env = { DATABASE_URL = "{url}" }
"""
STAGED = "check the index out into a folder of its own, run there"
NOTES = "refs/notes/lint-fixtures"


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise UsageError(f"{message}; `{self.prog} --help` shows what there is")


def parse(arguments: Sequence[str], version: str) -> argparse.Namespace:
    command = arguments[0] if arguments and arguments[0] in COMMANDS else ""
    parser = COMMANDS[command]() if command else _verify(version)
    given, unknown = parser.parse_known_args(_with_values(arguments[1:] if command else arguments))
    if unknown:
        raise UsageError(_unknown(parser, unknown[0]))
    given.command = command or "verify"
    given.words = tuple(arguments[1:] if command else arguments)
    return given


def _with_values(arguments: Sequence[str]) -> list[str]:
    """What follows --args is its value, although pytest's flags begin like ours."""
    joined: list[str] = []
    for argument in arguments:
        if joined[-1:] == ["--args"]:
            joined[-1] = f"--args={argument}"
        else:
            joined.append(argument)
    return joined


def _unknown(parser: argparse.ArgumentParser, argument: str) -> str:
    known = [flag for action in parser._actions for flag in action.option_strings]
    near = difflib.get_close_matches(argument.partition("=")[0], [*known, *COMMANDS], n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    kind = "flag" if argument.startswith("-") else "argument"
    return f"unknown {kind} {argument!r}{hint}; `{parser.prog} --help` shows what there is"


def _verify(version: str) -> Parser:
    parser = Parser(
        "verify-suite",
        USAGE,
        DESCRIPTION,
        EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"verify-suite {version}")
    parser.add_argument("--staged", action="store_true", help=STAGED)
    parser.add_argument("--again", action="store_true", help="run although the tree has its stamp")
    parser.add_argument("--report", metavar="DIR", help="write report.json, index.html, junit.xml and the logs there")
    parser.add_argument("--shard", metavar="I/N", help="run the I-th of N parts; `verify-suite merge` joins them")
    parser.add_argument("--notes", action="store_true", help=f"when verified, say so in {NOTES} too")
    flags.add(parser)
    return parser


def _status() -> Parser:
    parser = Parser(
        "verify-suite status",
        description="What is verified, and since when. A stamp counts when it claims all that the settings in the tree "
        "ask for, and the flags given here over them.",
        allow_abbrev=False,
    )
    parser.add_argument("--require", metavar="REVISION", help="exit 0 when its tree is verified, else 1")
    parser.add_argument("--notes", action="store_true", help=f"believe {NOTES} too: whoever may push it is trusted")
    flags.add(parser)
    return parser


def _bisect() -> Parser:
    parser = Parser(
        "verify-suite bisect",
        description="Finds the fewest earlier tests that make a test fail, or that it needs, on fresh servers. "
        "The order is the one of the last run that was not verified; `timeout` bounds the whole search.",
        allow_abbrev=False,
    )
    parser.add_argument("tests_to_explain", nargs="*", metavar="TEST", help="else what failed in the last run")
    parser.add_argument("--staged", action="store_true", help=STAGED)
    flags.add(parser)
    return parser


def _merge() -> Parser:
    parser = Parser(
        "verify-suite merge",
        description="Joins the reports of all shards into one verdict and one stamp.",
        allow_abbrev=False,
    )
    parser.add_argument("folders", nargs="+", metavar="DIR", help="a folder that --report wrote")
    parser.add_argument("--report", metavar="DIR", help="write the joined report there")
    parser.add_argument("--notes", action="store_true", help=f"when verified, say so in {NOTES} too")
    return parser


def _postgres() -> Parser:
    parser = Parser(
        "verify-suite postgres",
        description="status: cached data directories and running servers. clean: ends kept servers and leftovers, "
        "empties the cache; with ID only what status lists by that name. "
        "shell: psql on the server kept last, else on a fresh one with the schema. "
        "keep: starts one that stays until clean.",
        allow_abbrev=False,
    )
    parser.add_argument("action", choices=("status", "clean", "shell", "keep"))
    parser.add_argument("ids", nargs="*", metavar="ID", help="for clean, as status lists them")
    parser.add_argument("--staged", action="store_true", help="the schema of the index, not of the work tree")
    flags.add(parser)
    return parser


COMMANDS: Mapping[str, Callable[[], Parser]] = {
    "status": _status,
    "bisect": _bisect,
    "merge": _merge,
    "postgres": _postgres,
}
