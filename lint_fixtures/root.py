"""The root of a project, told by the files that mark it."""

# Strings instead of pathlib objects, which cost milliseconds on every editor save.
# ruff: noqa: PTH100, PTH110, PTH112, PTH113, PTH118, PTH120

from __future__ import annotations

import os

from lint_fixtures.files import ancestors

# Files that hold pytest's settings, in pytest's order.
INI_NAMES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_MARKERS = (*INI_NAMES, "setup.py")


def find_root(path: str) -> str:
    """The nearest folder upward with `.git`, else the outermost with settings of a Python project, else the file's."""
    start = os.path.abspath(path)
    if not os.path.isdir(start):
        start = os.path.dirname(start)
    outermost = start
    for folder in ancestors(start):
        if os.path.exists(os.path.join(folder, ".git")):  # a file in worktrees and submodules
            return folder
        if any(os.path.isfile(os.path.join(folder, name)) for name in _MARKERS):
            outermost = folder
    return outermost
