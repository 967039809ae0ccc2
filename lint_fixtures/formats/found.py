"""What all formats say of a violation: its place and rule, the test or fixture around it, and the other half."""

from __future__ import annotations

import ast
import os
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from flake8.violation import Violation

from lint_fixtures.frozen import frozen
from lint_fixtures.places import PLACE, base_of
from lint_fixtures.root import find_root
from lint_fixtures.rule import Rule, load_rules

_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_INNER = (ast.stmt, ast.ExceptHandler, ast.match_case)  # what may hold one


@frozen
class Place:
    """``path`` is relative to the working directory, with slashes; ``source`` is the line, '' when it is not there."""

    path: str
    line: int
    source: str


@frozen
class Found:
    """One violation. ``column`` counts from 1, in characters; ``node`` is the test, fixture or class around the line,
    '' for none; ``rule`` is None for what is no rule's (a file that cannot be parsed); ``related`` is the other half.
    """

    place: Place
    column: int
    code: str
    message: str
    node: str
    rule: Rule | None
    related: tuple[Place, ...]


def found_of(violations: Iterable[Violation]) -> tuple[Found, ...]:
    told = tuple(violations)
    files = _Files()
    rules = {rule.code: rule for rule in load_rules()} if told else {}  # reading them all takes a while
    return tuple(_found(files, rules, each) for each in told)


def _found(files: _Files, rules: dict[str, Rule], violation: Violation) -> Found:
    path, line = violation.filename, violation.line_number
    source = (violation.physical_line or files.line(path, line)).splitlines()
    return Found(
        place=Place(shown(path), line, source[0] if source else ""),
        column=violation.column_number,
        code=violation.code,
        message=violation.text,
        node=files.node(path, line),
        rule=rules.get(violation.code),
        related=tuple(_related(files, path, violation.text)),
    )


def _related(files: _Files, path: str, message: str) -> Iterator[Place]:
    base = base_of(find_root(path))
    for named, line in dict.fromkeys(PLACE.findall(message)):
        other = os.path.relpath(Path(base, named))
        source = files.line(other, int(line))
        if source:
            yield Place(shown(other), int(line), source)


def shown(path: str) -> str:
    """A path as reports write it."""
    return os.path.normpath(path).replace(os.sep, "/")


class _Files:
    """Reads each file once; a file that cannot be read has no lines and no nodes."""

    def __init__(self) -> None:
        self._texts: dict[str, bytes] = {}
        self._nodes: dict[str, dict[int, str]] = {}

    def line(self, path: str, number: int) -> str:
        lines = self._text(path).decode("utf-8", "replace").splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def node(self, path: str, line: int) -> str:
        """The innermost function or class around a line, by qualified name; decorators belong to what they decorate."""
        if path not in self._nodes:
            self._nodes[path] = dict(_spans(self._text(path)))
        return self._nodes[path].get(line, "")

    def _text(self, path: str) -> bytes:
        if path not in self._texts:
            try:
                self._texts[path] = Path(path).read_bytes()
            except OSError:
                self._texts[path] = b""
        return self._texts[path]


def _spans(source: bytes) -> Iterator[tuple[int, str]]:
    """Each line of each function and class with its name; the inner ones come later."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as invalid escapes: the file's own business
            waiting: list[tuple[ast.AST, str]] = [(ast.parse(source), "")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node, outer in waiting:
        name = outer
        if isinstance(node, _NESTED):
            name = f"{outer}.{node.name}".lstrip(".")
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            yield from ((line, name) for line in range(first, (node.end_lineno or first) + 1))
        waiting += [(child, name) for child in ast.iter_child_nodes(node) if isinstance(child, _INNER)]
