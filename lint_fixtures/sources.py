"""Where the modules and conftest chains of a project lie on disk.

Paths are absolute, normalised strings. A look-up never raises: what cannot be read is absent.
"""

# Strings instead of pathlib objects, which cost milliseconds on every editor save.
# ruff: noqa: PTH118, PTH119, PTH120, PTH206

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

from lint_fixtures.cache import FactsCache, content_key
from lint_fixtures.files import INSTALLED, Files, ancestors
from lint_fixtures.pytest_ini import IniFile, parse_ini
from lint_fixtures.pytest_settings import PytestSettings, settings_for


def decode(source: bytes) -> str:
    """The text of Python source, line ends kept.

    Raises SyntaxError, UnicodeDecodeError or LookupError when its encoding is wrong or unknown.
    """
    second_line_end = source.find(b"\n", source.find(b"\n") + 1)
    if b"coding" not in source[:second_line_end] and not source.startswith(b"\xef\xbb\xbf"):
        return source.decode("utf-8")
    from tokenize import detect_encoding

    lines = iter(source.splitlines(keepends=True))
    encoding, _ = detect_encoding(lambda: next(lines, b""))
    try:
        return source.decode(encoding)
    except UnicodeDecodeError:
        raise
    except UnicodeError as error:  # codecs such as punycode and idna
        raise SyntaxError(str(error)) from error


class Sources(Files):
    """What of a project may be read, and where pytest and Python look for it; remembered for one run."""

    def __init__(self, root: str, overlay: Mapping[str, bytes] | None = None, cache: FactsCache | None = None) -> None:
        super().__init__(root, overlay)
        self._cache = cache or FactsCache(None)
        self._inis: dict[str, IniFile | None] = {}
        self._settings: dict[str, PytestSettings] = {}
        self._chains: dict[str, tuple[str, ...]] = {}
        self._bases: dict[str, tuple[str, ...]] = {}

    def settings(self, path: str) -> PytestSettings:
        """pytest's settings for the file."""
        folder = os.path.dirname(path)
        if folder not in self._settings:
            self._settings[folder] = settings_for(path, self.root, self.is_file, self._ini)
        return self._settings[folder]

    def conftest_chain(self, path: str) -> tuple[str, ...]:
        """The conftest files that pytest loads for the file, outermost first; a conftest's chain ends with itself."""
        folder = os.path.dirname(path)
        if folder not in self._chains:
            settings = self.settings(path)
            self._chains[folder] = () if settings.noconftest else self._conftests(folder, settings.confcutdir)
        return self._chains[folder]

    def module_file(self, dotted: str, importer: str, level: int = 0) -> str | None:
        """The file of a project's module as `importer` sees it, `level` dots up.

        None: third-party, standard library, absent, or a folder without `__init__.py`.
        """
        parts = dotted.split(".") if dotted else []
        if not all(part.isidentifier() for part in parts):
            return None
        if level:
            folder = importer
            for _ in range(level):
                folder = os.path.dirname(folder)
            return self._module_below(folder, parts) if self.is_inside(folder) else None
        if not parts or parts[0] in sys.stdlib_module_names:  # imported long before any path of the project counts
            return None
        return self._absolute_module(parts, importer)

    def names_in(self, folder: str) -> list[str]:
        """The names of the files and folders directly in a folder, sorted; none for a folder that cannot be read."""
        return sorted(self._listing(folder))

    def submodule(self, package_file: str, name: str) -> str | None:
        """The file of `package.name`, given the package's `__init__.py`."""
        if os.path.basename(package_file) != "__init__.py" or not name.isidentifier():
            return None
        return self._module_below(os.path.dirname(package_file), [name])

    def _conftests(self, folder: str, confcutdir: str) -> tuple[str, ...]:
        # only what lies above confcutdir is cut off: a folder beside it keeps its own conftest files
        cut = frozenset(ancestors(confcutdir)) - {confcutdir}
        places = [place for place in ancestors(folder, self.root) if place not in cut]
        files = (os.path.join(place, "conftest.py") for place in reversed(places))
        return tuple(file for file in files if self.is_file(file))

    def _absolute_module(self, parts: list[str], importer: str) -> str | None:
        namespaced = None
        for base in self._import_bases(importer):
            if not self._holds(base, parts[0]):
                continue  # most imports are of third-party packages
            top = os.path.join(base, parts[0])
            found = self._module_below(base, parts)
            if found is None or found == importer:  # `import redis` in redis.py means the library
                continue
            if len(parts) == 1 or self._is_package(top):
                return found
            namespaced = namespaced or found  # Python prefers a regular package, even from a later base
        return namespaced

    def _holds(self, base: str, name: str) -> bool:
        """Whether a folder has a package or module of that name."""
        if self.is_inside(base):
            listing = self._listing(base)
            return name in listing or f"{name}.py" in listing
        top = os.path.join(base, name)
        return self.is_dir(top) or self.is_file(f"{top}.py")

    def _module_below(self, folder: str, parts: list[str]) -> str | None:
        path = os.path.join(folder, *parts)
        package = os.path.join(path, "__init__.py")
        if self.is_file(package):
            return package
        return f"{path}.py" if parts and self.is_file(f"{path}.py") else None

    def _import_bases(self, importer: str) -> tuple[str, ...]:
        """Folders that absolute imports start from, in the order that they are likely to have on `sys.path`."""
        folder = os.path.dirname(importer)
        if folder not in self._bases:
            settings = self.settings(importer)
            base = self._base_folder(folder)
            top = (settings.rootdir, self.root)
            places = ancestors(base, self.root) if self.is_inside(base) else top
            upward = [place for place in places if place in top or not self._is_package(place)]
            below = [os.path.join(place, name) for place in upward for name in ("src", "lib")]
            if settings.import_mode == "importlib":  # inserts nothing: what is beside a test is the last guess
                bases = [*settings.pythonpath, settings.rootdir, *reversed(upward), *below]
            else:
                conftests = reversed(self.conftest_chain(importer))
                inserted = [base, *(self._base_folder(os.path.dirname(conftest)) for conftest in conftests)]
                bases = [*inserted, *settings.pythonpath, *upward, *below]
            self._bases[folder] = tuple(base for base in dict.fromkeys(bases) if self._may_hold_sources(base))
        return self._bases[folder]

    def _base_folder(self, folder: str) -> str:
        """What pytest puts on `sys.path` for a file in the folder: the first one upward that is no package."""
        for place in ancestors(folder):
            if not os.path.basename(place).isidentifier() or not self._is_package(place):
                return place
        return folder

    def _is_package(self, folder: str) -> bool:
        return self.is_file(os.path.join(folder, "__init__.py"))

    def _may_hold_sources(self, base: str) -> bool:
        inside = os.path.join(base, "").removeprefix(self._below)
        return INSTALLED.isdisjoint(inside.split(os.sep)) and self.is_dir(base)

    def _ini(self, path: str) -> IniFile | None:
        if path not in self._inis:
            data = self.read(path)
            self._inis[path] = None if data is None else self._parsed(path, data)
        return self._inis[path]

    def _parsed(self, path: str, data: bytes) -> IniFile | None:
        """TOML is parsed once per content: to load its parser takes longer than to check a file."""
        if not path.endswith(".toml") or b"pytest" not in data:
            return parse_ini(path, data)
        key = content_key(os.path.basename(path).encode() + b"\n" + data)
        stored = self._cache.get(key)
        if stored is not None:
            try:
                found = json.loads(stored)
                return IniFile(path, found["values"], found["native"]) if found else None
            except (ValueError, KeyError, TypeError):
                pass  # written by something else: as good as missing
        ini = parse_ini(path, data)
        try:
            payload = json.dumps({"values": dict(ini.values), "native": ini.native} if ini else None)
        except TypeError:  # a date: nothing that pytest takes, so not worth a form of its own
            return ini
        self._cache.put(key, payload.encode())
        return ini
