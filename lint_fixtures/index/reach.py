"""The modules that importing one module brings in, the nearest first: never a list of the whole project."""

from __future__ import annotations

import os.path
from collections.abc import Iterator

from lint_fixtures.facts import Import, Star
from lint_fixtures.index.modules import Module, Modules

# ruff: noqa: PTH120


class Reach:
    """Follows imports, those inside functions included, and the packages that an import runs on its way."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._direct: dict[Module, tuple[Module, ...]] = {}

    def forget(self, module: Module) -> None:
        self._direct.pop(module, None)

    def from_module(self, start: Module) -> Iterator[Module]:
        """The module itself first; lazily, so that a search stops where it finds."""
        seen = {start: None}
        queue = [start]
        for module in queue:
            yield module
            fresh = [each for each in self.direct(module) if each not in seen]
            seen |= dict.fromkeys(fresh)
            queue += fresh

    def direct(self, module: Module) -> tuple[Module, ...]:
        if module not in self._direct:
            self._direct[module] = tuple(dict.fromkeys(self._imported(module)))
        return self._direct[module]

    def siblings(self, module: Module) -> Iterator[Module]:
        """Modules in the same folder: models that know each other by table name only are registered by a third file."""
        folder = os.path.dirname(module.path)
        for path in self.modules.sources.python_files(folder):
            if os.path.dirname(path) != folder:  # files of the folder itself come first
                return
            found = self.modules.load(path) if path != module.path else None
            if found:
                yield found

    def _imported(self, module: Module) -> Iterator[Module]:
        local = (item for function in module.facts.functions for item in function.imports)
        for item in (*module.facts.imports, *local):
            yield from self._files(module, item)
        for star in module.facts.stars:
            yield from self._files(module, star)
        package = self.modules.sources.module_file("", module.path, 1)
        loaded = self.modules.load(package) if package else None
        if loaded:
            yield loaded

    def _files(self, module: Module, item: Import | Star) -> Iterator[Module]:
        sources = self.modules.sources
        paths = [sources.module_file(item.module, module.path, item.level)]
        if isinstance(item, Import) and item.attribute:
            dotted = f"{item.module}.{item.attribute}" if item.module else item.attribute
            paths.append(sources.module_file(dotted, module.path, item.level))
        parents = item.module.split(".")
        paths += [
            sources.module_file(".".join(parents[:count]), module.path, item.level) for count in range(1, len(parents))
        ]
        for path in paths:
            loaded = self.modules.load(path) if path else None
            if loaded:
                yield loaded
