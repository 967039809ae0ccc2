"""Whole programs: real ones crossed with each other, ones out of Python's grammar, deep ones and large ones."""

from __future__ import annotations

import ast
import copy
import random
import warnings
from collections.abc import Iterator, Sequence

import hypothesmith
from hypothesis import HealthCheck, Phase, given, seed, settings

BATCH = 20

REPEATED = (  # before, again and again, in the middle, again and again, after
    *(
        ("x = ", "(", "1", ")", ""),
        ("x = ", "[", "", "]", ""),
        ("x = ", "f(", "y", ")", ""),
        ("x: ", "a[", "b", "]", ""),
    ),
    *(("x = ", "-", "1", "", ""), ("x = ", "not ", "y", "", ""), ("x = ", "lambda: ", "0", "", "")),
    *(
        ("x = a", "", "", ".b", ""),
        ("x = a", "", "", "()", ""),
        ("x = a", "", "", "[0]", ""),
        ("x = a", "", "", "+ a", ""),
    ),
    *(("x = ", "a if b else ", "c", "", ""), ("x = ", "a and ", "b", "", ""), ("x = ", "a < ", "b", "", "")),
    *(("x = '", "", "", "y" * 200, "'"), ("x = f'", "", "", "{a}", "'"), ("x = 1", "", "", "\nx = x.add(x)", "")),
    *(("if a: pass\n", "", "", "elif b: pass\n", ""), ("match x:\n", "", "", "    case 1: pass\n", "")),
    ("try: pass\n", "", "", "except A: pass\n", ""),
    ("@pytest.mark.parametrize('a', [", "", "", "(1, 2, 3), ", "])\ndef test_it(a): pass"),
)
CHAINED = (  # after these lines, this one for each number n, then a last one
    ("", "def f{n}(): return f{next}()\n", "@pytest.fixture\ndef db(): return f0()"),
    ("", "class A{n}(A{next}): pass\n", ""),
    ("", "@pytest.fixture\ndef f{n}(f{next}): return f{next}\n", "def test_it(f0): pass"),
    ("from sqlalchemy import *\n", "a{n} = a{next}\n", "Session(a0)"),
    ("def test_it(", "f{n}, ", "): pass"),
)
NESTED = ("if a{n}:", "def test_{n}(db):", "class A{n}:", "with a{n} as b{n}:", "async def f{n}():", "for a in b:")
LONGEST_CHAIN = 500
DEEPEST_BLOCK = 95  # Python's own limit is 100 levels
IMPORTS = "import pytest\nfrom fastapi import *\nfrom sqlalchemy.orm import *\n"


def deep(rng: random.Random, depth: int | None = None) -> bytes:
    depth = depth or rng.choice((1, 20, 80, 150, 190, 300, 900, 1500, 5000, 15_000))
    return (IMPORTS + rng.choice((_repeated, _chained, _nested))(rng, depth) + "\n").encode()


def _repeated(rng: random.Random, depth: int) -> str:
    before, opening, middle, closing, after = rng.choice(REPEATED)
    return before + opening * depth + middle + closing * depth + after


def _chained(rng: random.Random, depth: int) -> str:
    before, line, after = rng.choice(CHAINED)
    return before + "".join(line.format(n=n, next=n + 1) for n in range(min(depth, LONGEST_CHAIN))) + after


def _nested(rng: random.Random, depth: int) -> str:
    levels = min(depth, DEEPEST_BLOCK)
    heads = "".join(" " * level + rng.choice(NESTED).format(n=level) + "\n" for level in range(levels))
    return f"{heads}{' ' * levels}pass"


def large(rng: random.Random, sources: Sequence[bytes], size: int = 1_000_000) -> bytes:
    """Real files one after another, of about `size` bytes."""
    parts: list[bytes] = []
    while sum(map(len, parts)) < size:
        parts.append(rng.choice(sources) + b"\n")
    return b"".join(parts)


def of_grammar(number: int) -> list[str]:
    """Programs that Python's own compiler accepts, and nobody would write."""
    found: list[str] = []

    @seed(number)
    @settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(hypothesmith.from_grammar() | hypothesmith.from_node())
    def collect(text: str) -> None:
        found.append(text)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the compiler, about what it was given
        collect()
    return found


class _Cross(ast.NodeTransformer):
    """Puts foreign expressions and statements in the places of some of a tree's own."""

    def __init__(self, rng: random.Random, expressions: Sequence[ast.expr], statements: Sequence[ast.stmt]) -> None:
        self._rng = rng
        self._expressions = expressions
        self._statements = statements
        self._chance = rng.choice((0.01, 0.03, 0.1))

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.JoinedStr):  # its parts are of kinds of their own
            return node
        loads = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if isinstance(node, ast.expr) and loads and self._rng.random() < self._chance:
            return copy.deepcopy(self._rng.choice(self._expressions))
        if isinstance(node, ast.stmt) and self._rng.random() < self._chance:
            return copy.deepcopy(self._rng.choice(self._statements))
        found: ast.AST = super().generic_visit(node)
        return found


class Crosser:
    """Crosses trees of a pool of sources; what comes out is nearly always valid."""

    def __init__(self, sources: Sequence[bytes]) -> None:
        self._trees = list(_parsed(sources))
        nodes = [node for tree in self._trees for node in ast.walk(tree)]
        self._expressions = [node for node in nodes if isinstance(node, ast.expr)]
        self._statements = [node for node in nodes if isinstance(node, ast.stmt)]

    def crossed(self, rng: random.Random, source: bytes) -> bytes:
        """The source with parts of others; unchanged when it cannot be parsed."""
        for tree in _parsed([source]):
            other = copy.deepcopy(rng.choice(self._trees)).body if rng.random() < 0.3 else []
            tree.body += other
            rng.shuffle(other)
            cross = _Cross(rng, self._expressions, self._statements)
            try:
                text = ast.unparse(ast.fix_missing_locations(cross.visit(tree)))
            except (ValueError, TypeError, AttributeError, RecursionError):
                return source  # a tree of no program
            return text.encode("utf-8", errors="replace")
        return source


def _parsed(sources: Sequence[bytes]) -> Iterator[ast.Module]:
    return (tree for source in sources if (tree := _tree(source)))


def _tree(source: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
