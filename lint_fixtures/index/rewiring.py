"""Whether something in a suite may point the application at another database than its own settings say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lint_fixtures.index.modules import Module
from lint_fixtures.index.test_code import is_test_code
from lint_fixtures.index.wiring import imports_of

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_WORDS = re.compile(
    rb"(?i)overrid|patch|setattr|sys\.modules|importlib|reload|\.configure\(|\.state\.|subprocess"
    rb"|\.\w*(?:engine|session|database)\w*\s*=[^=]"
)


def may_be_rewired(project: Project, path: str, modules: Iterable[Module] = ()) -> bool:
    """By the text of a test file, of its conftests and plugins, of these modules, and of test code that any imports."""
    loaded = {module for each in (path, *project.sources.conftest_chain(path)) if (module := project.module(each))}
    loaded |= {plugin for module in tuple(loaded) for plugin in project.nodes.providers(module)} | set(modules)
    helpers = {each for module in loaded for each in imports_of(project, module) if is_test_code(project, each)}
    paths = {*helpers, *(module.path for module in loaded)}
    return any(_WORDS.search(project.sources.read(each) or b"") for each in paths)
