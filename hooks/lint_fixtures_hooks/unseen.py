"""Failures of a class that has a rule, of which the linter says nothing: what could not be known before the run.

It had said it when it reports a rule of the same family in the function that the failure blames or in the test, or the
rule itself outside the functions of these files.
"""

import ast
from collections.abc import Container, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from lint_fixtures.cache import FactsCache
from lint_fixtures.engine import check_file
from lint_fixtures.index import Project
from lint_fixtures.rule import load_rules
from lint_fixtures_hooks.diagnosis import Diagnosis

Span = tuple[int, int]  # first and last line of a function


def not_seen(top: Path, root: Path, diagnoses: Sequence[Diagnosis], victims: Container[str]) -> tuple[Diagnosis, ...]:
    """Those of `diagnoses` that the linter does not report; what another test brings about is none of them."""
    own = [found for found in diagnoses if found.nodeid not in victims]
    if not own:
        return ()
    said = Said(root)
    return tuple(
        found for found in own if not any(said.within(found.code, *place) for place in _places(top, root, found))
    )


def _places(top: Path, root: Path, found: Diagnosis) -> Iterator[tuple[Path, Span]]:
    """The function around the blamed line, else that line; and the test."""
    path = top / found.path
    around = [(start, end) for _, start, end in functions(path) if start <= found.line <= end]
    yield path, max(around, default=(found.line, found.line))
    file, _, name = found.nodeid.partition("::")
    name = name.rpartition("::")[2].partition("[")[0]
    yield from ((root / file, (start, end)) for other, start, end in functions(root / file) if other == name)


def functions(path: Path) -> list[tuple[str, int, int]]:
    """Name, first line (of the first decorator) and last line of every function in a file."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (node.name, min([node.lineno, *(each.lineno for each in node.decorator_list)]), node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    ]


class Said:
    """The linter's violations, file by file, when somebody asks."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[Path, list[tuple[str, int]]] = {}

    @cached_property
    def project(self) -> Project:
        return Project(str(self.root), FactsCache(None))

    def reported(self, path: Path) -> list[tuple[str, int]]:
        """(code, line) of every violation in a file."""
        if path not in self.files:
            found = check_file(self.project, str(path), load_rules())
            self.files[path] = [(each.code, each.location.line) for each in found]
        return self.files[path]

    def within(self, code: str, path: Path, span: Span) -> bool:
        for other, line in self.reported(path):
            # a rule of the same family may see the other half: the request instead of the row that it makes
            if other[:4] == code[:4] and span[0] <= line <= span[1]:
                return True
            if other == code and not any(start <= line <= end for _, start, end in functions(path)):
                return True
        return False
