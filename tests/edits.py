"""Random edits of a project, of the kinds that happen to one: each takes its root and does one thing to it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

FIXTURE = "import pytest\n\n\n@pytest.fixture{scope}\ndef {name}():\n    yield None\n"
SETTINGS = (
    *("python_files = check_*.py", "python_functions = check", "python_classes = Suite", "testpaths = tests"),
    *("pythonpath = src ../beside", "usefixtures = db", "addopts = --confcutdir=tests -p plugin", "addopts ="),
    *("addopts = --import-mode=importlib", "asyncio_mode = auto", "norecursedirs = tests", "addopts = --noconftest"),
)


def edit(root: Path, random: Random) -> str:
    """Does one of them; says which, for the message of a test that fails."""
    (root / "kept.txt").touch()  # one file there is always
    files = sorted(path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    folders = sorted({root, *(path.parent for path in files), *(path for path in root.iterdir() if path.is_dir())})
    folders = [folder for folder in folders if ".git" not in folder.parts and not folder.is_symlink()]
    change = random.choice(CHANGES)
    what, where = random.choice(files), random.choice(folders)
    with suppress(OSError):  # a folder in the place of a file, and the like
        change(what, where, random)
    return f"{change.__name__} {what.relative_to(root)} {where.relative_to(root)}"


def lines_go(path: Path, _folder: Path, random: Random) -> None:
    lines = path.read_text().splitlines(keepends=True)
    start = random.randrange(len(lines) + 1)
    path.write_text("".join(lines[:start] + lines[start + random.choice((1, 2, 5)) :]))


def a_name_changes(path: Path, _folder: Path, random: Random) -> None:
    """In the whole file, to another one of the same length, and the time of the file is put back."""
    text, before = path.read_text(), path.stat()
    names = sorted(set(re.findall(r"\b[a-z_]\w+", text)))
    if names:
        name = random.choice(names)
        path.write_text(re.sub(rf"\b{name}\b", name[:-1] + random.choice("abcz"), text))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def a_text_is_copied(path: Path, folder: Path, random: Random) -> None:
    name = random.choice(("conftest.py", "models.py", "test_copy.py", path.name))
    if not (folder / name).is_dir() and folder / name != path:
        shutil.copyfile(path, folder / name)


def it_is_deleted(path: Path, _folder: Path, random: Random) -> None:
    path.unlink()
    random.choice((Path.mkdir, lambda _: None))(path)


def it_is_moved(path: Path, folder: Path, random: Random) -> None:
    name = random.choice((path.name, "conftest.py", f"other_{path.name}"))
    if not (folder / name).exists():
        path.rename(folder / name)


def a_folder_is_renamed(_path: Path, folder: Path, random: Random) -> None:
    if not (folder / ".git").exists():
        moved = folder.rename(folder.with_name(f"{folder.name}_{random.randrange(3)}_"))
        if random.random() < 0.5:
            folder.symlink_to(moved, target_is_directory=True)


def a_fixture_comes(_path: Path, folder: Path, random: Random) -> None:
    scope = random.choice(("", '(scope="session")', "(autouse=True)"))
    name = random.choice(("db", "session", "client", "user", "engine"))
    with (folder / "conftest.py").open("a") as file:
        file.write(FIXTURE.format(scope=scope, name=name))


def a_file_appears(_path: Path, folder: Path, random: Random) -> None:
    names = ("__init__.py", "sqlalchemy.py", "plugin.py", "requirements.txt", "setup.py", "notes.md", "pyvenv.cfg")
    (folder / random.choice(names)).write_text(random.choice(("", "pytest-asyncio==0.21\n", "import pytest\n")))


def settings_change(_path: Path, folder: Path, random: Random) -> None:
    name, section = random.choice((("pytest.ini", "pytest"), ("setup.cfg", "tool:pytest"), ("tox.ini", "pytest")))
    (folder / name).write_text(f"[{section}]\n{random.choice(SETTINGS)}\n")


def a_module_appears_beside(path: Path, folder: Path, random: Random) -> None:
    """Outside of the project, where `pythonpath` may lead."""
    root = next(place for place in (folder, *folder.parents) if (place / ".git").exists())
    beside = root.parent / "beside"
    beside.mkdir(exist_ok=True)
    (beside / random.choice(("plugin.py", "models.py", path.name))).write_bytes(path.read_bytes())


def another_repository(_path: Path, folder: Path, random: Random) -> None:
    if random.random() < 0.3:
        (folder / ".git").mkdir(exist_ok=True)


CHANGES: tuple[Callable[[Path, Path, Random], None], ...] = (
    *(lines_go, a_name_changes, a_text_is_copied, it_is_deleted, it_is_moved, a_folder_is_renamed, a_fixture_comes),
    *(a_file_appears, settings_change, a_module_appears_beside, another_repository),
)
