"""Whether something in a suite may point the application at another database than its own settings say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lint_fixtures.index.modules import Module
from lint_fixtures.index.test_code import is_test_code
from lint_fixtures.index.wiring import imports_of
from lint_fixtures.root import INI_NAMES

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_WORDS = (
    rb"(?i)overrid|\bpatch\b|setattr|sys\.modules|importlib|reload|\.configure\(|\.state\.|subprocess"
    rb"|\.\w*(?:engine|session|database)\w*\s*=[^=]"
)


def may_be_rewired(project: Project, path: str, modules: Iterable[Module] = ()) -> bool:
    """By the text of a test file, of its conftests and plugins, of these modules, and of test code that any imports."""
    loaded = {module for each in (path, *project.sources.conftest_chain(path)) if (module := project.module(each))}
    loaded |= {plugin for module in tuple(loaded) for plugin in project.nodes.providers(module)} | set(modules)
    helpers = {each for module in loaded for each in imports_of(project, module) if is_test_code(project, each)}
    paths = {*helpers, *(module.path for module in loaded)}
    return any(re.search(_WORDS, project.sources.read(each) or b"") for each in paths)


def is_set_elsewhere(project: Project, path: str, name: str) -> bool:
    """Whether another conftest above, or a file that configures the test run, names a setting."""
    settings = project.sources.settings(path)
    folders = dict.fromkeys((settings.rootdir, project.root))
    files = [f"{folder}/{each}" for folder in folders for each in (*INI_NAMES, "noxfile.py", ".env.test")]
    files += [each for each in project.sources.conftest_chain(path) if each != path]
    word = re.compile(rf"(?i)\b{re.escape(name)}\b".encode())
    return any(word.search(project.sources.read(each) or b"") for each in files)
