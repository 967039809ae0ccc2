"""The files that hold pytest's settings: which one pytest chooses, and the values as written.

The rules are those of `_pytest/config/findpaths.py` and of iniconfig.
"""

# Strings instead of pathlib objects, which cost milliseconds on every editor save.
# ruff: noqa: PTH119, PTH123

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from lint_fixtures.frozen import frozen
from lint_fixtures.root import INI_NAMES

_ALWAYS = frozenset(INI_NAMES[:4])  # the settings even when they say nothing


@frozen
class IniFile:
    """The settings file that pytest would choose. The readers answer None for what is absent or what pytest refuses."""

    path: str
    values: Mapping[str, Any]
    native: bool = False  # TOML types are kept: a string is not a list of words
    overrides: Mapping[str, str] = MappingProxyType({})  # -o name=value in addopts

    def words(self, name: str) -> tuple[str, ...] | None:
        value = self.overrides.get(name, self.values.get(name))
        if isinstance(value, str) and (not self.native or name in self.overrides):
            return _split(value)
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        return None

    def text(self, name: str) -> str | None:
        value = self.overrides.get(name, self.values.get(name))
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool | None:
        word = str(self.overrides.get(name, self.values.get(name))).strip().lower()
        if word in ("1", "true", "yes", "on", "y", "t"):
            return True
        return False if word in ("0", "false", "no", "off", "n", "f") else None


def load_ini(path: str) -> IniFile | None:
    """None when the file cannot be read or pytest would look further."""
    try:
        with open(path, "rb") as file:
            return parse_ini(path, file.read())
    except OSError:
        return None


def parse_ini(path: str, data: bytes) -> IniFile | None:
    """The settings in the content of a file; None when pytest would look further.

    A file that pytest stops at with a usage error counts as chosen and empty: there is no run to agree with.
    """
    name = os.path.basename(path)
    if b"pytest" not in data:  # parsing TOML costs more than all the rest
        return IniFile(path, {}) if name in _ALWAYS else None
    try:
        text = data.decode("utf-8")
        ini = _from_toml(path, text) if name.endswith(".toml") else _from_sections(path, _ini_sections(text))
    except (ValueError, RecursionError):
        return IniFile(path, {})
    return IniFile(path, {}) if ini is None and name in _ALWAYS else ini


def _from_toml(path: str, text: str) -> IniFile | None:
    # by name: the module differs between the supported Pythons, and its import is worth delaying
    document = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli").loads(text)
    if os.path.basename(path) != "pyproject.toml":
        return IniFile(path, _table(document, "pytest"), native=True)
    native = dict(_table(_table(document, "tool"), "pytest"))
    if "ini_options" not in native:
        return IniFile(path, native, native=True) if native else None
    options = _table(native, "ini_options")
    if options and len(native) > 1:
        raise ValueError("[tool.pytest] and [tool.pytest.ini_options] at once")
    if len(native) > 1:
        return IniFile(path, native, native=True)
    return IniFile(path, {key: value if isinstance(value, list) else str(value) for key, value in options.items()})


def _table(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = parent.get(name, {})
    if not isinstance(table, dict):
        raise ValueError(f"{name} is not a table")  # noqa: TRY004 - one error for whatever pytest refuses
    return table


def _from_sections(path: str, sections: Mapping[str, Mapping[str, str]]) -> IniFile | None:
    if os.path.basename(path) != "setup.cfg":
        return IniFile(path, sections["pytest"]) if "pytest" in sections else None
    if "tool:pytest" in sections:
        return IniFile(path, sections["tool:pytest"])
    if "pytest" in sections:
        raise ValueError("[pytest] in setup.cfg")
    return None


def _ini_sections(text: str) -> dict[str, dict[str, str]]:
    """Sections as iniconfig reads them; configparser differs in comments, continuations and duplicates.

    Raises ValueError where iniconfig refuses the text.
    """
    sections: dict[str, dict[str, str]] = {}
    section: dict[str, str] | None = None
    name = None
    for line in text.removeprefix("\ufeff").splitlines():
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        header = line.split("#")[0].split(";")[0].rstrip()
        if line[0] == "[" and header.endswith("]"):
            section, name = _open_section(sections, header[1:-1]), None
        elif section is None:
            raise ValueError("text before the first section")
        elif line[0] == "[" or line[0].isspace():
            if name is None:
                raise ValueError("unexpected continuation")
            section[name] = f"{section[name]}\n{stripped}" if section[name] else stripped
        else:
            name, value = _option(line)
            if name in section:
                raise ValueError("duplicate name")
            section[name] = value
    return sections


def _open_section(sections: dict[str, dict[str, str]], header: str) -> dict[str, str]:
    if not header or header in sections:
        raise ValueError("empty or duplicate section")
    return sections.setdefault(header, {})


def _option(line: str) -> tuple[str, str]:
    name, separator, value = line.partition("=")
    if not separator or ":" in name:
        name, separator, value = line.partition(":")
    if not separator:
        raise ValueError("neither a section nor an option")
    return name.strip(), value.strip()


def _split(text: str) -> tuple[str, ...] | None:
    plain = text.isascii() and text.replace("\n", " ").isprintable()
    if plain and not any(sign in text for sign in "'\"\\"):
        return tuple(text.split())  # as shlex does, which takes a hundred times as long
    import shlex

    try:
        return tuple(shlex.split(text))
    except ValueError:
        return None
