"""Known violations of a suite that adopts the rules: by path, code and node, never by line, so that lines may move."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from lint_fixtures.formats.found import Found
from lint_fixtures.frozen import frozen
from lint_fixtures.root import find_root

NAME = ".lint-fixtures-baseline.json"
_VERSION = 1


class BrokenBaseline(Exception):
    """One line for the user: what is wrong with the file, and what to do."""


@frozen(order=True)
class Known:
    """``path`` is relative to the baseline's folder, with slashes; ``node`` is '' outside functions and classes."""

    path: str
    code: str
    node: str


def default_path() -> Path:
    """Of the project that the working directory belongs to."""
    return Path(find_root(os.curdir), NAME)


def read(path: Path) -> Counter[Known]:
    """How often each is known. Raises BrokenBaseline."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["version"] != _VERSION:
            raise BrokenBaseline(f"{_shown(path)} is of another version: delete it and run `lint-fixtures baseline`")
        return Counter({Known(each["path"], each["code"], each["node"]): each["count"] for each in told["violations"]})
    except FileNotFoundError:
        raise BrokenBaseline(
            f"no baseline {_shown(path)}: `lint-fixtures baseline --file {_shown(path)}` writes it"
        ) from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        cause = f"{type(error).__name__}: {error}".splitlines()[0]
        advice = "mend it, or delete it and run `lint-fixtures baseline`"
        raise BrokenBaseline(f"{_shown(path)} cannot be read ({cause}): {advice}") from None


def write(path: Path, known: Mapping[Known, int]) -> None:
    """One line for each, in order: what changes in review is what changed in the suite."""
    lines = [
        json.dumps({"path": each.path, "code": each.code, "node": each.node, "count": known[each]}, ensure_ascii=False)
        for each in sorted(known)
        if known[each] > 0
    ]
    body = ",\n".join(f"    {line}" for line in lines)
    text = f'{{\n  "version": {_VERSION},\n  "violations": [\n{body}\n  ]\n}}\n'
    path.write_text(text.replace("[\n\n", "[\n"), encoding="utf-8")


def known_of(found: Found, folder: Path) -> Known | None:
    """None for what no baseline may hide: files that cannot be parsed, errors of our own."""
    if found.rule is None:
        return None
    return Known(relative(found.place.path, folder), found.code, found.node)


def relative(path: str, folder: Path) -> str:
    return os.path.relpath(path, folder).replace(os.sep, "/")


def sift(found: Iterable[Found], known: Counter[Known], folder: Path) -> tuple[list[bool], Counter[Known]]:
    """Whether each violation is new, in order, and what of ``known`` is left over."""
    left = Counter(known)
    new = []
    for each in found:
        key = known_of(each, folder)
        is_known = key is not None and left[key] > 0
        if key is not None and is_known:
            left[key] -= 1
        new.append(not is_known)
    return new, left


def _shown(path: Path) -> str:
    return os.path.relpath(path)
