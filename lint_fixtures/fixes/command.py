"""``lint-fixtures fix``: repairs files in place, or shows what it would do."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from flake8.discover_files import expand_paths
from flake8.exceptions import ExecutionError
from flake8.processor import FileProcessor
from flake8.style_guide import Decision
from flake8.violation import Violation as Reported

from lint_fixtures.application import OnlyOurs, WrongUsage
from lint_fixtures.facts import Violation
from lint_fixtures.fixes.run import Repaired, repair
from lint_fixtures.frozen import frozen
from lint_fixtures.settings import Settings


@frozen
class Own:
    """The options that flake8 does not know."""

    diff: bool
    unsafe: bool


def fix(own: Own, arguments: Sequence[str]) -> int:
    """Returns 0 when all was done, 1 when ``--diff`` has something to show, 2 for wrong usage or a file not written."""
    application = OnlyOurs()
    try:
        application.initialize(arguments)
    except (WrongUsage, ExecutionError, argparse.ArgumentError) as error:
        print(f"lint-fixtures: {error}", file=sys.stderr)
        return 2
    total, waiting, failed = 0, 0, False
    for path in _files(application):
        outcome = _repaired(application, path, own.unsafe)
        if outcome is None:
            continue
        total, waiting = total + len(outcome.done), waiting + len(outcome.unsafe)
        if outcome.done:
            failed |= not _deliver(path, outcome, own.diff)
    _say_total(total, waiting, own)
    return 2 if failed else int(own.diff and total > 0)


def _files(application: OnlyOurs) -> Iterator[str]:
    assert application.options is not None
    options = application.options
    return iter(
        sorted(
            expand_paths(
                paths=options.filenames,
                stdin_display_name=options.stdin_display_name,
                filename_patterns=options.filename,
                exclude=(*options.exclude, *options.extend_exclude),
            )
        )
    )


def _repaired(application: OnlyOurs, path: str, unsafe: bool) -> Repaired | None:
    """None for a file that cannot be read: `check` reports it."""
    try:
        content = Path(path).read_bytes()
    except OSError:
        return None
    assert application.options is not None
    assert application.guide is not None
    options = application.options
    guide = application.guide.style_guide_for(path)

    def wanted(violation: Violation, lines: list[str]) -> bool:
        if guide.should_report_error(violation.code) is not Decision.Selected:
            return False
        line = FileProcessor(path, options, lines).noqa_line_for(violation.location.line)
        reported = Reported(violation.code, path, violation.location.line, 1, violation.message, line)
        return not reported.is_inline_ignored(options.disable_noqa)

    settings = Settings(options.lfx_cache_dir, tuple(options.lfx_session_names))
    return repair(os.path.abspath(path), content, settings, wanted, unsafe)  # noqa: PTH100


def _deliver(path: str, outcome: Repaired, diff: bool) -> bool:
    """Shows or writes a file; False, with a line on stderr, where it cannot be written."""
    if diff:
        sys.stdout.writelines(_diff(path, Path(path).read_bytes(), outcome.content))
        return True
    try:
        _write(Path(path), outcome.content)
    except OSError as error:
        print(f"lint-fixtures: {path} is left as it was: {error.strerror}", file=sys.stderr)
        return False
    for line, code, done in outcome.done:
        print(f"{os.path.normpath(path)}:{line}: {code} {done}")
    return True


def _diff(path: str, before: bytes, after: bytes) -> Iterator[str]:
    name = os.path.normpath(path).replace(os.sep, "/")
    old, new = (content.decode("utf-8", "replace").splitlines(keepends=True) for content in (before, after))
    for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _write(path: Path, content: bytes) -> None:
    """All or nothing: whoever is killed here leaves the old file. A link stays a link."""
    target = path.resolve()
    mode = target.stat().st_mode
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _say_total(total: int, waiting: int, own: Own) -> None:
    verb = "would be mended" if own.diff else "mended"
    more = f"; {waiting} more with --unsafe (look at what it does: --unsafe --diff)" if waiting else ""
    print(f"lint-fixtures: {total} {verb}{more}", file=sys.stderr)
