"""``lint-fixtures fix``: repairs files in place, or shows what it would do."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from flake8.exceptions import ExecutionError
from flake8.processor import FileProcessor
from flake8.style_guide import Decision
from flake8.violation import Violation as Reported

from lint_fixtures.application import OnlyOurs
from lint_fixtures.fixes import load_repairs
from lint_fixtures.fixes.run import Repaired, repair
from lint_fixtures.frozen import frozen
from lint_fixtures.progress import progress
from lint_fixtures.settings import settings_of
from lint_fixtures.usage import WrongUsage
from lint_fixtures.violation import Violation


@frozen
class Own:
    """The options that flake8 does not know."""

    diff: bool
    unsafe: bool


_PASSES = 5  # a repair may make another one possible, in another file


def fix(own: Own, arguments: Sequence[str]) -> int:
    """Returns 0 when all was done, 1 when ``--diff`` has something to show, 2 for wrong usage or a file not written."""
    total, waiting, failed = 0, 0, False
    try:
        for _ in range(1 if own.diff else _PASSES):
            one = _pass(own, arguments)
            total, waiting, failed = total + one.done, one.waiting, failed or one.failed
            if not one.done or failed:
                break
    except (WrongUsage, ExecutionError, argparse.ArgumentError) as error:
        print(f"lint-fixtures: {error}", file=sys.stderr)
        return 2
    _say_total(total, waiting, own)
    return 2 if failed else int(own.diff and total > 0)


@frozen
class _Pass:
    done: int
    waiting: int
    failed: bool


def _pass(own: Own, arguments: Sequence[str]) -> _Pass:
    """Lints all files as ``check`` does, and repairs those that need it."""
    application = OnlyOurs()
    application.initialize(arguments)
    assert application.options is not None
    if "-" in application.options.filenames:
        raise WrongUsage("fix mends files, not standard input: name a file or a folder")
    application.run_checks()
    return _over(application, _mendable(application), own)


def _over(application: OnlyOurs, paths: Sequence[str], own: Own) -> _Pass:
    assert application.options is not None
    done, waiting, failed = 0, 0, False
    with progress("looked into", len(paths), wanted=not application.options.quiet) as told:
        for path in paths:
            outcome = _repaired(application, path, own.unsafe)
            told.one_more()
            if outcome is None:
                continue
            done, waiting = done + len(outcome.done), waiting + len(outcome.unsafe)
            if outcome.done:
                told.clear()
                failed |= not _deliver(path, outcome, own.diff)
    return _Pass(done, waiting, failed)


def _mendable(application: OnlyOurs) -> list[str]:
    """Files with a violation, reported or not, that has a repair."""
    assert application.file_checker_manager is not None
    results, repairs = application.file_checker_manager.results, load_repairs()
    return sorted(path for path, found, _ in results if any(each[0] in repairs for each in found))


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

    def wanted(violations: Sequence[Violation], lines: list[str]) -> list[Violation]:
        reader = FileProcessor(path, options, lines)
        selected = (each for each in violations if guide.should_report_error(each.code) is Decision.Selected)
        return [each for each in selected if not _is_silenced(each, reader)]

    def _is_silenced(violation: Violation, reader: FileProcessor) -> bool:
        line = reader.noqa_line_for(violation.location.line)
        reported = Reported(violation.code, path, violation.location.line, 1, violation.message, line)
        return reported.is_inline_ignored(options.disable_noqa)

    return repair(os.path.abspath(path), content, settings_of(options), wanted, unsafe)  # noqa: PTH100


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
