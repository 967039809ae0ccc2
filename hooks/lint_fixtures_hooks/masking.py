"""Texts and reports without the passwords that somebody else may have put there."""

import html
import json
import re
from collections.abc import Iterator, Sequence
from typing import TypeVar
from urllib.parse import quote, quote_plus

from lint_fixtures_hooks.errors import without_passwords

MASK = "****"
SHORT = 8  # characters; a shorter password may be a word, and as such a syllable of others
Value = TypeVar("Value")


def masked(text: str, secrets: Sequence[str]) -> str:
    """Without the secrets, as they are and in the spellings of urls, conninfo strings, Python, JSON and HTML."""
    for secret in filter(None, secrets):
        forms = "|".join(re.escape(form) for form in sorted(set(_spellings(secret)), key=len, reverse=True))
        text = re.sub(rf"(?<!\w)(?:{forms})(?!\w)" if len(secret) < SHORT else forms, MASK, text)
    return text


def masked_report(value: Value, secrets: Sequence[str]) -> Value:
    """Every string of it. Names of tests are told from each other by syllables, so short words stay outside urls."""
    return _everywhere(value, [secret for secret in secrets if len(secret) >= SHORT])


def _everywhere(value: Value, secrets: Sequence[str]) -> Value:
    found: object = value
    if isinstance(value, str):
        found = without_passwords(masked(value, secrets))
    elif isinstance(value, dict):
        found = {_everywhere(key, secrets): _everywhere(item, secrets) for key, item in value.items()}
    elif isinstance(value, (list, tuple)):
        found = type(value)(_everywhere(item, secrets) for item in value)
    return found  # type: ignore[return-value]


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret)
    yield quote(secret, safe="")
    yield quote(secret, safe=" +")  # SQLAlchemy's
    yield quote_plus(secret)
    yield re.sub(r"([\\'])", r"\\\1", secret)  # libpq's
    yield repr(secret)[1:-1]
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield html.escape(secret)
