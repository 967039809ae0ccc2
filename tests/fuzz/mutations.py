"""Sources that are a little broken: bytes, tokens and lines changed, dropped, doubled and exchanged."""

from __future__ import annotations

import io
import random
import re
import tokenize
from collections.abc import Callable, Iterator

ODD_BYTES = (
    *(b"\x00", b"\x0c", b"\x0b", b"\x1c", b"\r", b"\r\n", b"\t", b"\\\n", b"\xff", b"\xe9", b"\x1a", b"\xef\xbb\xbf"),
    *("\u2028".encode(), "\x85".encode(), "\u200b".encode(), "\U0001f40d".encode(), "\ufb01".encode(), b"\xed\xa0\x80"),
)
COOKIES = (
    *("latin-1", "utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-7", "utf-32", "shift_jis", "ascii", "iso2022_jp"),
    *("idna", "punycode", "unicode_escape", "raw_unicode_escape", "rot13", "base64", "undefined", "mbcs", "no-such"),
)
WORDS = (
    *("yield", "await", "async", "lambda", "*", "**", "...", "None", "True", "not", "in", "is", "(", ")", "[", "]"),
    *("{", "}", ":", "=", ":=", "->", ",", ";", "@", ".", "|", "==", "+=", "\\", "#", "'", '"', "'''", "def", "class"),
    *("return", "import", "from", "as", "global", "nonlocal", "del", "with", "try:", "except*", "raise", "1_0", "0x"),
    *("1e999", "1j", "b''", "1if", "pytest", "fixture", "scope", "params", "autouse", "name", "request", "session"),
    *("db", "app", "relationship", "ForeignKey", "mapped_column", "Column", "Depends", "override", "clear()", "add("),
    *("__tablename__", "pytest_plugins", "dependency_overrides"),
)
PHRASES = (
    *("match x:", "case _:", "type T = int", "type T[U: int, *V, **W] = U", "def f[T]():", "class C[T = int]:"),
    *("lambda x=1, *a, **k:", "f'{x!r:>{y}}'", 'f"{f"{x}"}"', "t'{x}'", "rb'\\'", "'\\N{BEE}'", "'\\ud800'"),
)
TOKENS = (*WORDS, *PHRASES)
_LINE_END = re.compile(rb"(?<=\n)")

Mutation = Callable[[random.Random, bytes, bytes], bytes]


def mutated(rng: random.Random, source: bytes, other: bytes) -> bytes:
    """One to six changes; `other` is another source, for what may be brought over from it."""
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        source = rng.choice(MUTATIONS)(rng, source, other)
    return source


def _cut(rng: random.Random, source: bytes) -> tuple[int, int]:
    start = rng.randint(0, len(source))
    return start, min(len(source), start + rng.choice((1, 1, 2, 8, 80)))


def _change_bytes(rng: random.Random, source: bytes, other: bytes) -> bytes:
    start, end = _cut(rng, source)
    return source[:start] + rng.randbytes(end - start) + source[end:]


def _insert_odd(rng: random.Random, source: bytes, other: bytes) -> bytes:
    start, _ = _cut(rng, source)
    return source[:start] + rng.choice(ODD_BYTES) + source[start:]


def _drop_bytes(rng: random.Random, source: bytes, other: bytes) -> bytes:
    start, end = _cut(rng, source)
    return source[:start] + source[end:]


def _bring_bytes(rng: random.Random, source: bytes, other: bytes) -> bytes:
    start, _ = _cut(rng, source)
    there, end = _cut(rng, other)
    return source[:start] + other[there:end] + source[start:]


def _cookie(rng: random.Random, source: bytes, other: bytes) -> bytes:
    return b"# -*- coding: " + rng.choice(COOKIES).encode() + b" -*-\n" + source


def _line_ends(rng: random.Random, source: bytes, other: bytes) -> bytes:
    return source.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\x0c", b"\n\n", b" \\\n")))


def _mark(rng: random.Random, source: bytes, other: bytes) -> bytes:
    return b"\xef\xbb\xbf" + source


def _odd_line_ends(rng: random.Random, source: bytes, other: bytes) -> bytes:
    """What str.splitlines takes for the end of a line and Python does not, inside comments and strings."""
    odd = rng.choice(("\x0c", "\x0b", "\x1c", "\x85", "\u2028", "\u2029")).encode()
    return re.sub(rb"#(?=[^\n]*\n)", b"#" + odd + b"#", source, count=rng.randint(1, 3))


def _move_lines(rng: random.Random, source: bytes, other: bytes) -> bytes:
    lines = _LINE_END.split(source)
    here = rng.randrange(len(lines))
    chosen = rng.choice((lines, _LINE_END.split(other)))
    there = rng.randrange(len(chosen))
    piece = chosen[there : there + rng.choice((1, 1, 2, 5, 20))]
    if rng.random() < 0.5:
        piece = [b"    " + line for line in piece]
    return b"".join(lines[:here] + piece + lines[here + rng.choice((0, 0, 1, 3)) :])


def _change_token(rng: random.Random, source: bytes, other: bytes) -> bytes:
    """A token goes, comes twice, changes places with another, or gives way to one of the list."""
    text = source.decode("utf-8", errors="replace")
    spans = _spans(text)
    if not spans:
        return source
    (start, end), (there, until) = rng.choice(spans), rng.choice(spans)
    new = rng.choice(("", text[start:end] * 2, text[there:until], f" {rng.choice(TOKENS)} "))
    return (text[:start] + new + text[end:]).encode("utf-8", errors="replace")


def _spans(text: str) -> list[tuple[int, int]]:
    offsets = [0]
    for line in io.StringIO(text):
        offsets.append(offsets[-1] + len(line))
    return [
        (offsets[token.start[0] - 1] + token.start[1], offsets[token.end[0] - 1] + token.end[1])
        for token in _tokens(text)
        if token.string.strip() and token.end[0] < len(offsets)
    ]


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """Those before the first broken place."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text).readline)
    except (tokenize.TokenError, SyntaxError, SystemError, UnicodeError):  # the last two are CPython's own slips
        return


MUTATIONS: tuple[Mutation, ...] = (
    *(_change_token,) * 8,
    *(_move_lines,) * 4,
    *(_change_bytes, _insert_odd, _insert_odd, _drop_bytes, _bring_bytes),
    *(_cookie, _line_ends, _mark, _odd_line_ends),
)
