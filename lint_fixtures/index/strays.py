"""Fixtures that exist in the project but are out of a test's reach, for names that a test asks for in vain."""

from __future__ import annotations

import os
import re

from lint_fixtures.index.fixtures import Fixture, Fixtures
from lint_fixtures.index.modules import Module, Modules
from lint_fixtures.index.plugin_fixtures import BUILTIN_SCOPES, CONFIGURATION, PLUGINS, ROWLESS

_DEPENDENCY_FILES = ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "Pipfile", "environment.yml")
_GENERATED = (
    rb"\bregister\(|pytest_generate_tests|register_fixture|target_fixture|import_plugin|pluginmanager|globals\(\)"
    rb"|pytest_plugins\s*(?:\.|\+=)"
)
_CREATING = rb"(?s)\blisten(?:s_for)?\(.*[\"']after_create[\"']"
_INSERTING = rb"(?s)\blisten(?:s_for)?\(.*[\"'](?:before|after)_(?:insert|flush|begin|attach)[\"']"
_INSERTS = rb"(?i)\binsert\(|\binsert\s+into\b"


class Strays:
    """Looks through the test files of the project; reads them at most once per run, and only when it is asked."""

    def __init__(self, modules: Modules, fixtures: Fixtures) -> None:
        self.modules = modules
        self.fixtures = fixtures
        self._texts: dict[str, dict[str, bytes]] = {}
        self._dependencies: dict[str, bytes] = {}
        self._generated: dict[str, bool] = {}
        self._migration_texts: list[bytes] | None = None
        self._listens: bool | None = None

    def find(self, name: str, module: Module) -> Fixture | None:
        """A definition of the name in some file of the same test tree; None when a plugin may well provide it."""
        if name in BUILTIN_SCOPES or name in CONFIGURATION or name in ROWLESS or self._of_plugin(name, module):
            return None
        found: list[Fixture] = []
        for path, text in self._candidates(module.path).items():
            if path == module.path or not _may_define(text, name):
                continue
            other = self.modules.load(path)
            found += [each for each in self.fixtures.own(other) if each.name == name] if other else []
        return min(found, key=lambda each: each.location) if found else None

    def generated(self, paths: tuple[str, ...]) -> bool:
        """Whether some of these files makes fixtures or arguments in a way that cannot be followed."""
        for path in paths:
            if path not in self._generated:
                self._generated[path] = bool(re.search(_GENERATED, self.modules.sources.read(path) or b""))
        return any(self._generated[path] for path in paths)

    def seeded(self, table: str, module: Module) -> bool:
        """Whether a migration of the project inserts into a table, or a listener may."""
        wanted = re.compile(
            rb"(?:insert\s+into\s+\S*|bulk_insert\(.*)" + re.escape(table).encode(), re.IGNORECASE | re.DOTALL
        )
        return any(wanted.search(text) for text in self._migrations()) or self._listened()

    def _listened(self) -> bool:
        """Whether a listener runs when tables are created, or one of the mapper or session inserts."""
        if self._listens is None:
            sources = self.modules.sources
            texts = (sources.read(path) or b"" for path in sources.python_files(sources.root))
            self._listens = any(map(_may_seed, (text for text in texts if b"listen" in text)))
        return self._listens

    def _migrations(self) -> list[bytes]:
        if self._migration_texts is None:
            sources = self.modules.sources
            places = ((path, os.path.relpath(path, sources.root)) for path in sources.python_files(sources.root))
            found = [path for path, inside in places if re.search("migration|alembic|versions", inside)]
            self._migration_texts = [sources.read(path) or b"" for path in found]
        return self._migration_texts

    def _candidates(self, path: str) -> dict[str, bytes]:
        """Files with fixtures below the rootdir of a test file, by path."""
        rootdir = self.modules.sources.settings(path).rootdir
        if rootdir not in self._texts:
            texts = ((each, self.modules.sources.read(each) or b"") for each in self._files(rootdir))
            self._texts[rootdir] = {each: text for each, text in texts if b"fixture" in text}
        return self._texts[rootdir]

    def _files(self, rootdir: str) -> list[str]:
        return sorted(
            path
            for path in self.modules.sources.python_files(rootdir)
            if re.search("test|fixture", os.path.relpath(path, rootdir))
        )

    def _of_plugin(self, name: str, module: Module) -> bool:
        owners = [plugin for plugin, names in PLUGINS.items() if name in names]
        return any(plugin.encode() in self.named_dependencies(module) for plugin in owners)

    def named_dependencies(self, module: Module) -> bytes:
        """The text of the files that name the project's dependencies, at the root and at pytest's rootdir."""
        rootdir = self.modules.sources.settings(module.path).rootdir
        if rootdir not in self._dependencies:
            places = dict.fromkeys((rootdir, self.modules.sources.root))
            files = (
                f"{place}{os.sep}{name}" for place in places for name in _names(self.modules.sources.names_in(place))
            )
            self._dependencies[rootdir] = b"\n".join(self.modules.sources.read(each) or b"" for each in files).lower()
        return self._dependencies[rootdir]


def _names(listed: list[str]) -> list[str]:
    wanted = [name for name in listed if name in _DEPENDENCY_FILES]
    return wanted + [name for name in listed if name.startswith("requirements") and name.endswith((".txt", ".in"))]


def _may_seed(text: bytes) -> bool:
    return bool(re.search(_CREATING, text) or (re.search(_INSERTING, text) and re.search(_INSERTS, text)))


def _may_define(text: bytes, name: str) -> bool:
    wanted = name.encode()
    return b"def " + wanted in text or b'"' + wanted + b'"' in text or b"'" + wanted + b"'" in text
