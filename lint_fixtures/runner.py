"""``lint-fixtures check`` and ``baseline``: flake8 itself, with this plugin as the only checker.

So noqa, per-file-ignores, exclude, -j, --format and configuration files mean what flake8's users expect.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from flake8.exceptions import ExecutionError

from lint_fixtures import baseline
from lint_fixtures.application import OnlyOurs
from lint_fixtures.options import split
from lint_fixtures.ratchet import Ratchet
from lint_fixtures.usage import WrongUsage


def check(arguments: Sequence[str]) -> int:
    """Lints as flake8 does with these arguments; returns 0 for clean, 1 for violations, 2 for wrong usage."""
    try:
        own, rest = split(arguments)
        if own.explain_unknown is not None:
            from lint_fixtures.unknown_report import explain_unknown

            return explain_unknown(own.explain_unknown, rest)
        path = Path(own.baseline) if own.baseline else baseline.default_path()
        ratchet = Ratchet(path, baseline.read(path)) if own.use_baseline and (own.baseline or path.exists()) else None
        return _lint(OnlyOurs(), rest, ratchet)
    except (argparse.ArgumentError, ExecutionError, WrongUsage, baseline.BrokenBaseline) as error:
        return _failed(str(error))


def write_baseline(path: Path | None, paths: Sequence[str], add_new: bool) -> int:
    """Records what is known; returns 1 when something is not recorded: what is new, or a file that cannot be parsed.

    Returns 2 for wrong usage.
    """
    target = path or baseline.default_path()
    try:
        ratchet = Ratchet(target, baseline.read(target) if target.exists() else None)
        if _lint(OnlyOurs(with_progress=True), ["-qq", "--exit-zero", "--", *paths], ratchet):
            return 1
        return ratchet.record(add_new)
    except (ExecutionError, WrongUsage, baseline.BrokenBaseline) as error:
        return _failed(str(error))


def _lint(application: OnlyOurs, arguments: Sequence[str], ratchet: Ratchet | None) -> int:
    application.initialize(arguments)
    application.run_checks()
    if ratchet:
        assert application.file_checker_manager is not None
        assert application.guide is not None
        ratchet.take(application.file_checker_manager, application.guide)
    application.report()
    assert application.options is not None
    if application.options.count:
        print(application.result_count)
    stale = ratchet.say_mended() if ratchet and not application.options.exit_zero else False
    return application.exit_code() or int(stale)


def _failed(message: str) -> int:
    print(f"lint-fixtures: {message}", file=sys.stderr)
    return 2
