"""What the user named -> the trees to show: a node id, a file, a folder, or a fixture."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import islice

from lint_fixtures.cache import FactsCache, chosen_directory
from lint_fixtures.graph.tree import Branch, Trees, node_id
from lint_fixtures.index import Project
from lint_fixtures.index.nodes import Test
from lint_fixtures.root import find_root
from lint_fixtures.usage import settings_here

_AT_MOST = 100  # tests of a folder: a picture of more shows nothing


class UnknownTarget(Exception):
    """One line for the user: what was not found, and what is near."""


def trees(target: str) -> tuple[Branch, ...]:
    """The request trees of a node id, of all tests of a file or below a folder, of all fixtures of a file without
    tests, or of every definition of a fixture.

    Raises UnknownTarget, and WrongUsage for settings that are wrong.
    """
    path, _, rest = target.partition("::")
    if os.path.isfile(path):  # noqa: PTH113
        project = open_project(path)
        absolute = os.path.abspath(path)  # noqa: PTH100
        return _of_test(project, absolute, rest) if rest else _of_file(project, absolute)
    is_folder = os.path.isdir(path) and not rest  # noqa: PTH112
    if is_folder and (os.sep in path or path == os.curdir):
        return _of_folder(open_project(path), path)
    if rest or path.endswith(".py") or os.sep in path:
        raise UnknownTarget(f"no such file or folder: {path}")
    project = open_project(os.curdir)
    try:
        return _of_name(project, path)
    except UnknownTarget:
        if not is_folder:
            raise
    return _of_folder(project, path)


def open_project(path: str, arguments: Sequence[str] = ()) -> Project:
    """Under the settings of the working directory, as `check` has them with these arguments. Raises WrongUsage."""
    root = find_root(os.path.abspath(path))  # noqa: PTH100
    settings = settings_here(arguments)
    return Project(root, FactsCache(chosen_directory(root, settings.cache_dir)), settings)


def _of_test(project: Project, path: str, rest: str) -> tuple[Branch, ...]:
    wanted = rest.partition("[")[0]
    tests = {node_id(project, test).partition("::")[2]: test for test in project.tests(path)}
    chosen = [test for name, test in tests.items() if name == wanted or name.startswith(f"{wanted}::")]
    if not chosen:
        raise UnknownTarget(f"no test {wanted!r} in {project.relative(path)}{_near(wanted, tests)}")
    return tuple(Trees(project).of_test(test) for test in chosen)


def _of_file(project: Project, path: str) -> tuple[Branch, ...]:
    module = project.module(path)
    if module is None:
        raise UnknownTarget(f"{project.relative(path)} cannot be read or parsed")
    shown = Trees(project)
    tests = tuple(shown.of_test(test) for test in project.tests(path))
    found = tests or tuple(shown.of_fixture(fixture, node) for fixture, node in project.own_fixtures(path))
    if not found:
        raise UnknownTarget(f"{project.relative(path)} holds neither tests nor fixtures")
    return found


def _of_folder(project: Project, folder: str) -> tuple[Branch, ...]:
    tests = list(islice(_tests_below(project, os.path.abspath(folder)), _AT_MOST + 1))  # noqa: PTH100
    if not tests:
        raise UnknownTarget(f"no tests below {folder}")
    if len(tests) > _AT_MOST:
        first = os.path.relpath(tests[0].node.module.path)
        advice = f"name a smaller folder, or a file such as {first}"
        raise UnknownTarget(f"more than {_AT_MOST} tests below {folder}: {advice}")
    shown = Trees(project)
    return tuple(shown.of_test(test) for test in tests)


def _tests_below(project: Project, folder: str) -> Iterator[Test]:
    for path in project.sources.python_files(folder):
        if project.is_test_module(path):
            yield from project.tests(path)


def _of_name(project: Project, name: str) -> tuple[Branch, ...]:
    shown = Trees(project)
    names: set[str] = set()
    found: list[Branch] = []
    for path in _files_with_fixtures(project):
        for fixture, node in project.own_fixtures(path):
            names.add(fixture.name)
            if fixture.name == name:
                found.append(shown.of_fixture(fixture, node))
    if not found:
        raise UnknownTarget(f"no file and no fixture {name!r} in this project{_near(name, names)}")
    return tuple(found)


def _files_with_fixtures(project: Project) -> Iterator[str]:
    for path in project.sources.python_files(project.root):
        if b"fixture" in (project.sources.read(path) or b""):
            yield path


def _near(name: str, names: object) -> str:
    close = get_close_matches(name, sorted(names), 3, 0.5)  # type: ignore[call-overload]
    return f"; did you mean {' or '.join(close)}?" if close else ""
