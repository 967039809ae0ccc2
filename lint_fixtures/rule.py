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
from lint_fixtures.index.features import Features
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


_ADDING = (".add(", ".add_", ".merge(", "insert(", "bulk_save_objects(")
_BUILDING = ("create", "make_", "build", "actory", ".save(", "bulk_insert", "INSERT", "insert into")
_EMPTYING = ("delete(", "DELETE", "delete from", "TRUNCATE", "truncate")
_FIXTURE = ("fixture",)
_NEEDED_WORDS: dict[str, tuple[str, ...]] = {  # a rule has nothing to say about a file that holds none of these
    **dict.fromkeys(("lfx101", "lfx102", "lfx103", "lfx201", "lfx203", "lfx204"), _FIXTURE),
    **dict.fromkeys(("lfx205", "lfx303", "lfx304", "lfx305", "lfx306"), _FIXTURE),
    "lfx110": ("pytest_plugins",),
    "lfx403": ("dependency_overrides",),
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
_NEEDED_FEATURES: dict[str, tuple[str, ...]] = {  # ... or that lacks one of these, of which the cheapest stands first
    "lfx101": ("is_test_module", "fixtures"),
    "lfx102": ("is_conftest", "fixtures"),
    "lfx103": ("several_fixtures",),
    **dict.fromkeys(("lfx104", "lfx106", "lfx405", "lfx406"), ("is_collected",)),
    **dict.fromkeys(("lfx105", "lfx107", "lfx404"), ("tests",)),
    "lfx109": ("is_test_module", "globals", "tests"),
    **dict.fromkeys(("lfx201", "lfx203", "lfx204"), ("wide_fixtures",)),
    **dict.fromkeys(("lfx202", "lfx301", "lfx403", "lfx601", "lfx602"), ("is_test_code",)),
    "lfx205": ("loop_fixtures",),
    "lfx302": ("defaults",),
    **dict.fromkeys(("lfx303", "lfx304", "lfx305", "lfx306"), ("fixtures",)),
    **dict.fromkeys(("lfx501", "lfx502", "lfx503", "lfx506"), ("is_test_code", "builds")),
    **dict.fromkeys(("lfx401", "lfx402"), ("is_test_code", "overrides")),
    "lfx504": ("is_test_code", "sends_keys"),
    "lfx505": ("is_test_code", "helpers"),
    "lfx507": ("fixtures", "helpers"),
    "lfx603": ("is_test_code", "calls_at_import"),
}


def load_rules(
    mentions: Collection[str] = frozenset(WORDS),
    extended: Collection[str] = EXTENDED,
    features: Features | None = None,
) -> tuple[Rule, ...]:
    """The rules, by code, that may have something to say about a file with these words and features; all by default.

    Of the extended rules only those that are named.
    """
    off = {code.lower() for code in EXTENDED if code not in extended}
    wanted = (name for name in _names() if name[:6] not in off and _may_apply(name, mentions, features))
    return tuple(_load(name) for name in sorted(wanted))


def rules_for(project: Project, path: str, extended: Collection[str] = EXTENDED) -> tuple[Rule, ...]:
    """The rules that may have something to say about a file of the project; none about one that cannot be parsed."""
    module = project.module(path)
    return load_rules(module.facts.mentions, extended, Features(project, module)) if module else ()


def _may_apply(name: str, mentions: Collection[str], features: Features | None) -> bool:
    words = _NEEDED_WORDS.get(name[:6])
    if words is not None and not any(word in mentions for word in words):
        return False
    try:
        return features is None or all(getattr(features, needed) for needed in _NEEDED_FEATURES.get(name[:6], ()))
    except Exception:  # noqa: BLE001 (any input: the rule meets it too, and there it is told)
        return True


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    (folder,) = import_module("lint_fixtures.rules").__path__
    files = os.listdir(folder)  # noqa: PTH208 (pathlib and pkgutil cost more than a rule)
    return tuple(name.removesuffix(".py") for name in files if name.startswith("lfx") and name.endswith(".py"))


@cache
def _load(name: str) -> Rule:
    rule: Rule = import_module(f"lint_fixtures.rules.{name}").RULE
    return rule
