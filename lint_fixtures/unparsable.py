"""What Python's parser gives up on counts as broken syntax of that file, and the others are checked."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from flake8.processor import FileProcessor

UNREADABLE = "E9"  # what flake8's codes for files that cannot be read or parsed begin with
_TOO_DEEP = (RecursionError, MemoryError)  # by Python's version and the kind of nesting
GIVES_UP = (*_TOO_DEEP, ValueError)  # NUL before Python 3.12; a lone surrogate out of an escape codec


@contextmanager
def reported_by_file() -> Iterator[None]:
    """flake8 itself reports a SyntaxError as E999 and ends the whole run with anything else, without a file's name."""
    original = FileProcessor.build_ast
    FileProcessor.build_ast = _build_ast  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        FileProcessor.build_ast = original  # type: ignore[method-assign]


def _build_ast(processor: FileProcessor) -> ast.AST:
    try:
        return ast.parse("".join(processor.lines))
    except _TOO_DEEP as error:
        raise SyntaxError("nested too deep to be parsed") from error
    except ValueError as error:
        # the tokenizer comes next, and stands surrogates no better
        processor.lines = [line.encode(errors="replace").decode() for line in processor.lines]
        raise SyntaxError(f"cannot be parsed ({error})") from error
