"""The command line: ``lint-fixtures check | fix | explain | graph | rules | baseline | demo | completion``."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import NoReturn

from lint_fixtures.flake8_plugin import VERSION

_CODE = re.compile(r"[A-Za-z]*\d+")
_EXAMPLES = """\
examples:
  lint-fixtures check                      the project in this folder
  lint-fixtures check tests/test_x.py      one file, with the knowledge of the whole project
  lint-fixtures check --statistics .       how often each rule is broken
  lint-fixtures fix --diff                 what can be mended mechanically
  lint-fixtures baseline                   adopt the rules today: only new violations fail
  lint-fixtures explain LFX101             why it breaks at run time, and the way out
  lint-fixtures graph tests/test_x.py::test_y   what this test gets, and from where
  lint-fixtures graph --models app         tables, their keys, and an order to insert rows in
exit codes: 0 nothing found, 1 violations found, 2 wrong usage, 130 interrupted
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a subcommand; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["check"] and not {"-h", "--help"} & set(arguments):
        return _guarded(lambda: _check(arguments[1:]))  # flake8 reads the rest: its options are what its users expect
    if arguments[:1] == ["fix"] and not {"-h", "--help"} & set(arguments):
        parsed, rest = _parser(["fix"]).parse_known_args(arguments)
        return _guarded(lambda: _fix(parsed, rest))
    parsed = _parser(arguments[:1]).parse_args(arguments)
    if parsed.command is None:
        _parser().print_help()
        return 2
    return _guarded(lambda: _COMMANDS[parsed.command](parsed))


def _parser(asked: Sequence[str] = ()) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="lint-fixtures",
        description="Finds broken pytest + SQLAlchemy test set-up before the commit.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"lint-fixtures {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    check = commands.add_parser("check", help="lint files or folders; takes flake8's options too")
    if "check" in asked or "completion" in asked:  # its options are many, and flake8's
        from lint_fixtures.options import add_options

        add_options(check)
    _add_fix(commands.add_parser("fix", help="mend what can be mended mechanically"))
    explain = commands.add_parser("explain", help="what a code means, an example, and how to mend it")
    explain.add_argument("code", metavar="CODE")
    _add_graph(commands.add_parser("graph", help="what a test gets and from where; the tables and their keys"))
    commands.add_parser("rules", help="every rule: its code, its name and what it finds")
    _add_baseline(commands.add_parser("baseline", help="record the known violations, so that only new ones fail"))
    demo = commands.add_parser("demo", help="the whole tool on a small example project, in a temporary folder")
    demo.add_argument("--keep-in", metavar="DIR", help="lay the example projects here instead of a temporary folder")
    completion = commands.add_parser("completion", help="print what makes a shell complete these commands")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    return parser


class _Parser(argparse.ArgumentParser):
    """Says what is near a misspelled command."""

    def error(self, message: str) -> NoReturn:
        wrong = re.search(r"invalid choice: '([^']+)' \(choose from (.*)\)", message)
        near = get_close_matches(wrong[1], re.findall(r"[\w-]+", wrong[2]), 1) if wrong else []
        hint = f"; did you mean {near[0]}?" if near else ""
        print(f"{self.prog}: {message}{hint}", file=sys.stderr)
        raise SystemExit(2)


def _add_graph(graph: argparse.ArgumentParser) -> None:
    what = (
        "what it requests, in which scope, and what is overridden; with --models: a file or folder (default: this one)"
    )
    graph.add_argument("target", nargs="?", metavar="NODEID|FILE|FOLDER|FIXTURE", help=what)
    graph.add_argument("--models", action="store_true", help="tables, their keys, and an order to insert rows in")
    formats = ("text", "mermaid", "dot", "svg", "json")
    graph.add_argument("--format", choices=formats, default="text", help="how to draw it (default: %(default)s)")


def _add_fix(fix: argparse.ArgumentParser) -> None:
    fix.description = "Mends files in place. Takes flake8's options too, --select and --exclude among them."
    fix.add_argument("--diff", action="store_true", help="write nothing; print what would change, exit 1 if anything")
    kind = fix.add_mutually_exclusive_group()
    kind.add_argument("--safe", action="store_true", help="only what keeps the meaning of the tests (the default)")
    kind.add_argument("--unsafe", action="store_true", help="also what a person should look at: scopes, parents")
    fix.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: this folder)")


def _add_baseline(baseline: argparse.ArgumentParser) -> None:
    baseline.add_argument("paths", nargs="*", metavar="PATH", help="files and folders to lint (default: this folder)")
    baseline.add_argument(
        "--file", metavar="FILE", help="the baseline (default: .lint-fixtures-baseline.json, at the root)"
    )
    baseline.add_argument("--add-new", action="store_true", help="record violations that a baseline does not know, too")


def _check(arguments: list[str]) -> int:
    from lint_fixtures.runner import check

    return check(arguments)


def _fix(parsed: argparse.Namespace, rest: list[str]) -> int:
    try:
        from lint_fixtures.fixes.command import Own, fix
    except ModuleNotFoundError as error:
        if error.name != "libcst":
            raise
        print("lint-fixtures: fix needs the extra `fix`: pip install 'lint-fixtures[fix]'", file=sys.stderr)
        return 2
    return fix(Own(parsed.diff, parsed.unsafe), [*rest, *parsed.paths])


def _baseline(parsed: argparse.Namespace) -> int:
    from pathlib import Path

    from lint_fixtures.runner import write_baseline

    return write_baseline(Path(parsed.file) if parsed.file else None, parsed.paths, parsed.add_new)


def _completion(parsed: argparse.Namespace) -> int:
    try:
        import shtab
    except ImportError:
        needs = "completion needs the extra `completion`: pip install 'lint-fixtures[completion]'"
        print(f"lint-fixtures: {needs}", file=sys.stderr)
        return 2
    print(shtab.complete(_parser(["completion"]), parsed.shell))
    return 0


def _explain(parsed: argparse.Namespace) -> int:
    from lint_fixtures.docs import render_rule
    from lint_fixtures.rule import load_rules

    by_name = {rule.name: rule for rule in load_rules()}
    rules = by_name | {rule.code: rule for rule in by_name.values()}
    wanted = parsed.code.upper() if _CODE.fullmatch(parsed.code) else parsed.code.lower()
    if wanted not in rules:
        near = [] if _CODE.fullmatch(wanted) else get_close_matches(wanted, by_name, 1)  # a near number means nothing
        hint = f"; did you mean {near[0]}?" if near else "; `lint-fixtures rules` lists them"
        print(f"lint-fixtures: no rule {parsed.code!r}{hint}", file=sys.stderr)
        return 2
    print(render_rule(rules[wanted]))
    return 0


def _graph(parsed: argparse.Namespace) -> int:
    from lint_fixtures.graph import models, render, render_models, targets
    from lint_fixtures.usage import WrongUsage

    try:
        if parsed.models:
            print(render_models.FORMATS[parsed.format](models.model_graph(parsed.target or ".")))
        elif parsed.target:
            print(render.FORMATS[parsed.format](targets.trees(parsed.target)))
        else:
            raise targets.UnknownTarget("graph of what? name a test, a file, a folder or a fixture, or take --models")
    except (targets.UnknownTarget, render.CannotRender, WrongUsage) as error:
        print(f"lint-fixtures: {error}", file=sys.stderr)
        return 2
    return 0


def _rules(parsed: argparse.Namespace) -> int:
    from lint_fixtures.docs import summary
    from lint_fixtures.rule import load_rules

    rules = load_rules()
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        found = summary(rule).replace("\\|", "|")  # escaped for a table of Markdown
        mark = " (extended: off until selected)" if rule.extended else ""
        print(f"{rule.code}  {rule.name:{width}}  {found}{mark}")
    return 0


def _demo(parsed: argparse.Namespace) -> int:
    from pathlib import Path

    from lint_fixtures import demo

    return demo.run(Path(parsed.keep_in) if parsed.keep_in else None)


_COMMANDS = {
    "explain": _explain,
    "graph": _graph,
    "rules": _rules,
    "baseline": _baseline,
    "demo": _demo,
    "completion": _completion,
}


def _guarded(command: Callable[[], int]) -> int:
    try:
        return command()
    except KeyboardInterrupt:
        print("lint-fixtures: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader (head, less) is gone: not our failure
        sys.stderr.close()
        return 141


if __name__ == "__main__":
    raise SystemExit(main())
