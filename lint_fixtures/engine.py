"""Rules x one file of the project -> sorted violations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lint_fixtures.facts import Location, Violation
from lint_fixtures.index import Project
from lint_fixtures.rule import Rule

INTERNAL = "LFX000"
TOO_DEEP: tuple[type[Exception], ...] = (RecursionError,)  # no person wrote that: unknown, and so silence


def check_file(project: Project, path: str, rules: Iterable[Rule]) -> list[Violation]:
    """The violations of one file, each (line, code) once, by line. Never raises: see :func:`_run`."""
    found = {violation for rule in rules for violation in _run(project, path, rule)}
    return sorted(found)


def _run(project: Project, path: str, rule: Rule) -> Iterator[Violation]:
    """One rule. An error in it becomes one LFX000 line, for an exception would lose every other plugin's results."""
    try:
        yield from [
            Violation(location, rule.code, message)
            for location, message in rule.check(project, path)
            if location.path == path
        ]
    except TOO_DEEP:
        return
    except Exception as error:  # noqa: BLE001 (any rule, any input: the others must still report)
        yield internal_error(path, f"in rule {rule.code}", error)


def internal_error(path: str, where: str, error: Exception) -> Violation:
    """The one line that tells of an error of ours; flake8 puts the file's name before it."""
    cause = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    message = f"internal error {where} ({cause}); please report it, all else has been checked"
    return Violation(Location(path, 1, 0), INTERNAL, message)
