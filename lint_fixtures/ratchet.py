"""A run beside a baseline: the known is not reported, the new is, and the mended must leave the baseline."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flake8.checker import Manager
from flake8.style_guide import Decision, StyleGuideManager
from flake8.violation import Violation

from lint_fixtures import baseline
from lint_fixtures.baseline import Known, known_of, relative, sift
from lint_fixtures.formats.found import found_of
from lint_fixtures.unparsable import UNREADABLE

_NAMED = 5  # files in one line


class Ratchet:
    """``known`` is None where there is no baseline yet: then everything is new."""

    def __init__(self, path: Path, known: Counter[Known] | None) -> None:
        self._path = path
        self._folder = Path(os.path.abspath(path)).parent  # noqa: PTH100 (links stay as they are, as in reports)
        self._is_first = known is None
        self._known = known or Counter()
        self._new: Counter[Known] = Counter()
        self._mended: list[Known] = []
        self._unreadable: list[str] = []

    def take(self, manager: Manager, guide: StyleGuideManager) -> None:
        """Takes the known violations out of the results of a run, before flake8 counts and reports them."""
        reported = list(_reported(manager, guide))
        found = found_of(violation for violation, _ in reported)
        new, left = sift(found, self._known, self._folder)
        for is_new, each, (_, (results, result)) in zip(new, found, reported, strict=True):
            if not is_new:
                results.remove(result)
            elif key := known_of(each, self._folder):
                self._new[key] += 1
        unreadable = (each.place for each in found if each.code.startswith(UNREADABLE))
        self._unreadable = [f"{place.path}:{place.line}" for place in unreadable]
        checked = {relative(path, self._folder) for path in manager.filenames}
        self._mended = sorted(key for key, count in left.items() if count > 0 and self._is_mended(key, checked, guide))
        self._left = left

    def _is_mended(self, key: Known, checked: set[str], guide: StyleGuideManager) -> bool:
        """In a checked file, by a rule that ran there; or in a file that is gone."""
        path = Path(self._folder, key.path)
        if not path.exists():
            return True
        ran = guide.style_guide_for(os.path.relpath(path)).should_report_error(key.code) is Decision.Selected
        return ran and key.path in checked

    def say_mended(self) -> bool:
        """Whether there is something to take out of the baseline; says what."""
        for key in self._mended:
            where = f"{key.path}::{key.node.replace('.', '::')}" if key.node else key.path
            print(
                f"lint-fixtures: {where}: {key.code} is mended: take it out with `lint-fixtures baseline`",
                file=sys.stderr,
            )
        return bool(self._mended)

    def record(self, add_new: bool) -> int:
        """Writes the baseline without what is mended; with what is new if it is the first one, or if that is wanted."""
        keeps = self._is_first or add_new
        wanted = Counter(self._known)
        for key in self._mended:
            wanted[key] -= self._left[key]
        baseline.write(self._path, wanted + (self._new if keeps else Counter()))
        new, out = self._new.total(), sum(self._left[key] for key in self._mended)
        print(f"{os.path.relpath(self._path)}: {new if keeps else 0} added, {out} mended and taken out")
        if new and not keeps:
            what, them = ("violation is", "it") if new == 1 else ("violations are", "them")
            advice = f"mend {them}, or record {them} with --add-new"
            print(f"lint-fixtures: {new} new {what} not recorded: {advice}", file=sys.stderr)
        return int(self._say_unreadable() or (bool(new) and not keeps))

    def _say_unreadable(self) -> bool:
        """Whether there are files that no rule has seen; says which."""
        count = len(self._unreadable)
        if count:
            files, them = ("1 file", "is not") if count == 1 else (f"{count} files", "are not")
            named = ", ".join(self._unreadable[:_NAMED]) + (", ..." if count > _NAMED else "")
            print(f"lint-fixtures: {files} cannot be read or parsed and {them} covered: {named}", file=sys.stderr)
        return bool(count)


_Result = tuple[str, int, int, str, "str | None"]


def _reported(manager: Manager, guide: StyleGuideManager) -> Iterator[tuple[Violation, tuple[list[_Result], _Result]]]:
    """What flake8 will report: selected, and not silenced on its line; each with the list that it stands in."""
    for path, results, _ in sorted(manager.results, key=lambda result: result[0]):
        for result in sorted(results, key=lambda result: result[1:3]):
            code, line, column, text, physical = result
            violation = Violation(code, path, line, (column or 0) + 1, text, physical)
            selected = guide.style_guide_for(path).should_report_error(code) is Decision.Selected
            if selected and not violation.is_inline_ignored(guide.options.disable_noqa):
                yield violation, (results, result)
