"""Under which settings the suite of a file runs, as pytest decides it (checked against pytest 9.2)."""

# Strings instead of pathlib objects, which cost milliseconds on every editor save.
# ruff: noqa: PTH117, PTH118, PTH119, PTH120

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from fnmatch import fnmatch

from lint_fixtures.files import ancestors
from lint_fixtures.frozen import frozen, replace
from lint_fixtures.pytest_ini import IniFile, load_ini
from lint_fixtures.root import INI_NAMES

_SHORT_OPTIONS = {"-p": "-p", "-o": "--override-ini"}
_VALUED_OPTIONS = {
    *("-p", "--override-ini", "--ignore", "--ignore-glob", "--import-mode", "--confcutdir"),
    *("--asyncio-mode", "--anyio-mode"),
}


@frozen
class PytestSettings:
    """What decides which tests and fixtures pytest sees; the defaults are pytest's. Paths are absolute."""

    rootdir: str
    inifile: str | None
    confcutdir: str
    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    python_classes: tuple[str, ...] = ("Test",)
    python_functions: tuple[str, ...] = ("test",)
    testpaths: tuple[str, ...] = ()  # as written: relative to rootdir, may be globs
    norecursedirs: tuple[str, ...] = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}")
    usefixtures: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()  # -p in addopts
    blocked_plugins: tuple[str, ...] = ()  # -p no:name
    ignored: tuple[str, ...] = ()  # --ignore
    ignored_globs: tuple[str, ...] = ()  # --ignore-glob
    pythonpath: tuple[str, ...] = ()
    import_mode: str = "prepend"
    noconftest: bool = False
    collect_imported_tests: bool = True
    asyncio_mode: str | None = None
    asyncio_default_fixture_loop_scope: str | None = None
    asyncio_default_test_loop_scope: str | None = None
    anyio_mode: str | None = None

    def is_test_file(self, path: str) -> bool:
        return path.endswith(".py") and any(_matches_path(path, pattern) for pattern in self.python_files)

    def is_test_class(self, name: str) -> bool:
        return _matches_name(name, self.python_classes)

    def is_test_function(self, name: str) -> bool:
        return _matches_name(name, self.python_functions)

    def is_ignored(self, path: str) -> bool:
        """Whether pytest, run in rootdir without arguments, passes over the file (`collect_ignore` not counted)."""
        named = [os.path.normpath(os.path.join(self.rootdir, testpath)) for testpath in self.testpaths]
        for place in ancestors(path, self.rootdir):
            if place == self.rootdir or any(fnmatch(place, argument) for argument in named):
                return False  # pytest enters what it is given as an argument, whatever the patterns say
            if place in self.ignored or any(fnmatch(place, pattern) for pattern in self.ignored_globs):
                return True
            if place != path and any(_matches_path(place, pattern) for pattern in self.norecursedirs):
                return True
        return False


def settings_for(
    path: str,
    root: str,
    is_file: Callable[[str], bool],
    load: Callable[[str], IniFile | None] = load_ini,
) -> PytestSettings:
    """The settings under which the suite of the file `path` runs; nothing above `root` is looked at.

    As for `pytest path`, the nearest ini file upward wins. A caller with many files remembers what `load` says.
    """
    folders = tuple(ancestors(os.path.dirname(path), root))
    pyproject = None
    for folder in folders:
        for name in INI_NAMES:
            candidate = os.path.join(folder, name)
            if not is_file(candidate):
                continue
            if name == "pyproject.toml" and pyproject is None:
                pyproject = candidate
            ini = load(candidate)
            if ini is not None:
                return _settings(ini)
    if pyproject is not None:  # without settings for pytest it still marks the rootdir
        return _settings(IniFile(pyproject, {}))
    rootdir = next((folder for folder in folders if is_file(os.path.join(folder, "setup.py"))), root)
    return PytestSettings(rootdir, None, rootdir)


def _settings(ini: IniFile) -> PytestSettings:
    rootdir = os.path.dirname(ini.path)
    options = _options(ini.words("addopts") or ())
    overrides = [text.partition("=") for text in options.get("--override-ini", ())]
    ini = replace(ini, overrides={name: value for name, equals, value in overrides if equals})
    default = PytestSettings(rootdir, ini.path, rootdir)

    def words(name: str, otherwise: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = ini.words(name)
        return otherwise if value is None else value

    def absolute(paths: Iterable[str]) -> tuple[str, ...]:
        return tuple(os.path.normpath(os.path.join(rootdir, path)) for path in paths)

    def last(option: str, otherwise: str | None) -> str | None:
        return options[option][-1] if option in options else otherwise

    plugins, blocked_plugins = _plugins(options.get("-p", ()))
    return PytestSettings(
        rootdir=rootdir,
        inifile=ini.path,
        confcutdir=absolute(options.get("--confcutdir", ["."]))[-1],
        python_files=words("python_files", default.python_files),
        python_classes=words("python_classes", default.python_classes),
        python_functions=words("python_functions", default.python_functions),
        testpaths=words("testpaths"),
        norecursedirs=words("norecursedirs", default.norecursedirs),
        usefixtures=words("usefixtures"),
        plugins=plugins,
        blocked_plugins=blocked_plugins,
        ignored=absolute(options.get("--ignore", ())),
        ignored_globs=absolute(options.get("--ignore-glob", ())),
        pythonpath=absolute(words("pythonpath")),
        import_mode=last("--import-mode", None) or default.import_mode,
        noconftest="--noconftest" in options,
        collect_imported_tests=ini.flag("collect_imported_tests") is not False,
        asyncio_mode=last("--asyncio-mode", ini.text("asyncio_mode")),
        asyncio_default_fixture_loop_scope=ini.text("asyncio_default_fixture_loop_scope"),
        asyncio_default_test_loop_scope=ini.text("asyncio_default_test_loop_scope"),
        anyio_mode=last("--anyio-mode", ini.text("anyio_mode")),
    )


def _options(words: Iterable[str]) -> dict[str, list[str]]:
    """Values by option, in order. Options of plugins are unknown here, so that argparse could not read the line."""
    found: dict[str, list[str]] = {}
    rest = iter(words)
    for word in rest:
        short = _SHORT_OPTIONS.get(word[:2])
        option, equals, value = word.partition("=")
        if short is not None:
            option, equals, value = short, word[2:], word[2:]
        if option in _VALUED_OPTIONS:
            found.setdefault(option, []).append(value if equals else next(rest, ""))
        elif word == "--noconftest":
            found[word] = []
    return found


def _plugins(arguments: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(loaded, blocked): the last word on a plugin counts."""
    loaded = {argument.strip().removeprefix("no:"): not argument.strip().startswith("no:") for argument in arguments}
    return tuple(name for name in loaded if loaded[name]), tuple(name for name in loaded if not loaded[name])


def _matches_path(path: str, pattern: str) -> bool:
    # pytest's fnmatch_ex: the whole path counts as soon as the pattern has a separator
    pattern = pattern.replace("/", os.sep)
    if os.sep not in pattern:
        return _matches_basename(os.path.basename(path), pattern)
    return fnmatch(path, pattern if os.path.isabs(pattern) else f"*{os.sep}{pattern}")


def _matches_basename(name: str, pattern: str) -> bool:
    """``fnmatch``, which compiles a regular expression for what nearly always is ``test_*.py`` or ``*_test.py``."""
    start, star, end = pattern.partition("*")
    if star and not any(sign in start + end for sign in "*?["):
        return len(name) >= len(start) + len(end) and name.startswith(start) and name.endswith(end)
    return fnmatch(name, pattern)


def _matches_name(name: str, patterns: Iterable[str]) -> bool:
    return any(
        name.startswith(pattern) or (any(sign in pattern for sign in "*?[") and fnmatch(name, pattern))
        for pattern in patterns
    )
