"""One file's syntax tree -> facts, in one pass; the only readers of syntax."""

from __future__ import annotations

import ast
import io
import warnings

from lint_fixtures.extract.definitions import Definitions
from lint_fixtures.extract.statements import block
from lint_fixtures.extract.text import is_called_through
from lint_fixtures.facts import WORDS, FileFacts

_SEED = "lfx: seed"


def extract(tree: ast.Module, lines: list[str]) -> FileFacts:
    """The facts of a parsed file; ``lines`` is its text, for the comments that the tree does not hold.

    Never raises: what is too deep to follow counts as not parsed, and so as unknown.
    """
    try:
        found = Definitions(lines)
        found.enter_block(tree.body)
        statements = block(tree.body)
    except RecursionError:
        return FileFacts(parsed=False)
    text = "".join(lines)
    return FileFacts(
        parsed=True,
        imports=tuple(found.imports),
        stars=tuple(found.stars),
        exported=_exported(tree.body),
        functions=tuple(found.functions),
        classes=tuple(found.classes),
        statements=statements,
        mentions=mentioned(text),
        called_through=frozenset(item.local for item in found.imports if is_called_through(item.local, text)),
        seeds=_seeds(lines) if _SEED in text else frozenset(),
    )


def extract_source(text: str) -> FileFacts:
    """The facts of a file's text; broken syntax gives ``parsed=False``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as invalid escapes: the file's own business
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return FileFacts(parsed=False)
    # not str.splitlines: form feeds, U+2028 and their kind end no line of Python's
    return extract(tree, list(io.StringIO(text, newline=None)))


def _seeds(lines: list[str]) -> frozenset[int]:
    return frozenset(number for number, line in enumerate(lines, 1) if _SEED in line and "#" in line)


def mentioned(text: str) -> frozenset[str]:
    return frozenset(word for word in WORDS if word in text)


def _exported(body: list[ast.stmt]) -> tuple[str, ...] | None:
    names: tuple[str, ...] | None = None
    for statement in body:
        targets, value = _assignment(statement)
        if not any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            continue
        literal = isinstance(value, (ast.List, ast.Tuple)) and isinstance(statement, (ast.Assign, ast.AnnAssign))
        items = value.elts if literal and isinstance(value, (ast.List, ast.Tuple)) else []
        strings = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
        if not literal or len(strings) != len(items):
            return None
        names = tuple(strings)
    return names


def _assignment(statement: ast.stmt) -> tuple[list[ast.expr], ast.expr | None]:
    if isinstance(statement, ast.Assign):
        return statement.targets, statement.value
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        return [statement.target], statement.value
    return [], None
