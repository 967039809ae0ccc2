"""What a rule is, and the catalogue: every file of ``rules/`` is one rule."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from functools import cache, lru_cache
from importlib import import_module
from typing import TypeAlias

from lint_fixtures.facts import WORDS, Location
from lint_fixtures.frozen import frozen
from lint_fixtures.index import Project
from lint_fixtures.settings import EXTENDED

Check: TypeAlias = Callable[[Project, str], Iterator[tuple[Location, str]]]


@frozen
class Rule:
    """One rule of the catalogue.

    ``check`` yields (location, message) for one file of the project and reports in that file only. ``bad`` and ``good``
    are small projects in the form that :mod:`lint_fixtures.examples` reads: they are run as tests and shown on the
    rule's page. ``mend`` says how to get out of it. An ``extended`` rule is off until it is selected.
    """

    code: str
    name: str
    why: str
    check: Check
    bad: str
    good: str
    mend: str
    extended: bool = False


_ADDING = (".add(", ".add_all(", ".merge(", "insert(", "bulk_save_objects(")
_BUILDING = ("create", "make_", "build", "actory", ".save(", "bulk_insert", "INSERT", "insert into")
_EMPTYING = ("delete(", "DELETE", "delete from", "TRUNCATE", "truncate")
_NEEDED_WORDS: dict[str, tuple[str, ...]] = {  # a rule has nothing to say about a file that holds none of these
    **dict.fromkeys(("lfx101", "lfx102", "lfx103", "lfx201", "lfx203", "lfx204"), ("fixture",)),
    **dict.fromkeys(("lfx205", "lfx303", "lfx304", "lfx305", "lfx306"), ("fixture",)),
    "lfx110": ("pytest_plugins",),
    **dict.fromkeys(("lfx401", "lfx402", "lfx403"), ("dependency_overrides",)),
    **dict.fromkeys(("lfx505", "lfx507"), _EMPTYING),
    "lfx404": ("client",),
    "lfx405": ("environ", "setenv", "settings."),
    "lfx406": ("dependency_overrides", "client"),
    "lfx601": ("sqlite",),
    "lfx602": ("postgres", "mysql", "mariadb", "mssql", "oracle"),
    **dict.fromkeys(("lfx501", "lfx502", "lfx506"), (*_ADDING, *_BUILDING)),
    "lfx503": _ADDING,
    "lfx504": ("json=",),
}


def load_rules(mentions: Collection[str] = frozenset(WORDS), extended: Collection[str] = EXTENDED) -> tuple[Rule, ...]:
    """The rules, by code, that may have something to say about a file that mentions these words; all by default.

    Of the extended rules only those that are named.
    """
    off = {code.lower() for code in EXTENDED if code not in extended}
    wanted = (name for name in _names() if name[:6] not in off and _may_apply(name, mentions))
    return tuple(_load(name) for name in sorted(wanted))


def _may_apply(name: str, mentions: Collection[str]) -> bool:
    needed = _NEEDED_WORDS.get(name[:6])
    return needed is None or any(word in mentions for word in needed)


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    (folder,) = import_module("lint_fixtures.rules").__path__
    files = os.listdir(folder)  # noqa: PTH208 (pathlib and pkgutil cost more than a rule)
    return tuple(name.removesuffix(".py") for name in files if name.startswith("lfx") and name.endswith(".py"))


@cache
def _load(name: str) -> Rule:
    rule: Rule = import_module(f"lint_fixtures.rules.{name}").RULE
    return rule
