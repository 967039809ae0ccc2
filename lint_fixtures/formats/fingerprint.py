"""What stays the same of a violation while lines move: for services that compare one report with the next."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from lint_fixtures.formats.found import Found


def fingerprints(found: Iterable[Found]) -> Iterator[str]:
    """One for each, no two alike: path, code and node, and a number where these are the same."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for each in found:
        key = (each.place.path, each.code, each.node)
        seen[key] += 1
        yield hashlib.sha256("\0".join((*key, str(seen[key]))).encode()).hexdigest()
