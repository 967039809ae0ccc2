"""One project, one answer: whatever the order, the processes, the cache and the way to name a file."""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lint_fixtures.engine import INTERNAL
from lint_fixtures.examples import read_example
from lint_fixtures.flake8_plugin import Plugin
from lint_fixtures.linter import Linter
from lint_fixtures.rule import load_rules
from lint_fixtures.settings import Settings
from tests.repositories import ROOT

Answer: TypeAlias = list[str]  # path:line:column: code message, sorted; the path from the top
EVERY_CODE = ",".join(rule.code for rule in load_rules())  # whole codes: extended rules are off for a mere LFX


@dataclass(frozen=True)
class Tree:
    """Folders with a project each: the broken shop and every rule's bad example; `link` leads to the same `top`."""

    top: Path
    link: Path
    files: tuple[str, ...]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    top = tmp_path_factory.mktemp("same") / "top"
    shutil.copytree(ROOT / "examples" / "shop" / "broken", top / "shop")
    for rule in load_rules():
        for name, source in read_example(rule.bad).files.items():
            path = top / rule.code / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8")
    for folder in top.iterdir():
        (folder / ".git").mkdir()
    link = top.with_name("link")
    link.symlink_to(top)
    files = sorted(path.relative_to(top).as_posix() for path in top.rglob("*.py"))
    return Tree(top, link, tuple(files))


def flake8(top: Path, *arguments: str, text: str | None = None, **variables: str) -> Answer:
    """The lines of flake8 started in `top`; paths in them made relative to it."""
    command = (sys.executable, "-m", "flake8", "--isolated", f"--select={EVERY_CODE}", "--disable-noqa", *arguments)
    result = subprocess.run(
        command,
        cwd=top,
        env={**os.environ, "LINT_FIXTURES_CACHE": "off", **variables},
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    return sorted(_relative(line, top) for line in result.stdout.splitlines())


def _relative(line: str, top: Path) -> str:
    path, colon, rest = line.partition(":")
    return os.path.relpath(top / path, top) + colon + rest


@pytest.fixture(scope="module")
def reference(tree: Tree) -> Answer:
    found = flake8(tree.top, "-j1", *tree.files)
    assert {line.split()[1] for line in found} == {rule.code for rule in load_rules()}
    return found


def shuffled(files: tuple[str, ...]) -> list[str]:
    return random.Random(3).sample(files, len(files))


def projects(tree: Tree) -> list[str]:
    return sorted({name.partition("/")[0] + "/" for name in tree.files})


def elsewhere(tree: Tree, folder: str, given: str) -> Answer:
    """Started in another folder; the paths as they are from the top."""
    lines = (line.partition(":") for line in flake8(tree.top / folder, "-j1", given))
    return sorted(os.path.relpath(tree.top / folder / path, tree.top) + colon + rest for path, colon, rest in lines)


WAYS: dict[str, Callable[[Tree], Answer]] = {
    "the folder": lambda tree: flake8(tree.top, "-j1", "."),
    "two processes": lambda tree: flake8(tree.top, "-j2", "."),
    "four processes, files in another order": lambda tree: flake8(tree.top, "-j4", *shuffled(tree.files)),
    "absolute paths": lambda tree: flake8(tree.top, "-j1", *(str(tree.top / name) for name in tree.files)),
    "paths with dots": lambda tree: flake8(tree.top, "-j1", *(f"../top/./{name}" for name in tree.files)),
    "through a link": lambda tree: flake8(tree.link, "-j1", "."),
    "absolute paths through a link": lambda tree: [
        line.replace("../link/", "") for line in flake8(tree.top, "-j1", str(tree.link))
    ],
    "folders with a slash at the end": lambda tree: flake8(
        tree.top, "-j1", *(f"{folder}/" for folder in projects(tree))
    ),
    "from a folder beside": lambda tree: elsewhere(tree, "..", "link/../top/"),
    "another hash seed": lambda tree: flake8(tree.top, "-j1", ".", PYTHONHASHSEED="1"),
    "another locale": lambda tree: flake8(tree.top, "-j1", ".", LC_ALL="C", PYTHONUTF8="0"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_flake8_gives_one_answer(tree: Tree, reference: Answer, way: Callable[[Tree], Answer]) -> None:
    assert way(tree) == reference


def test_from_a_folder_inside_a_project_only_places_are_written_otherwise(tree: Tree, reference: Answer) -> None:
    """They are relative to where flake8 was started, so that an editor finds them."""
    inside = elsewhere(tree, "shop/tests", "../..")
    assert [line.split()[:2] for line in inside] == [line.split()[:2] for line in reference]
    assert [line for line in inside if not line.startswith("shop/")] == [
        line for line in reference if not line.startswith("shop/")
    ]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_cache_changes_nothing(tree: Tree, reference: Answer, tmp_path: Path, jobs: str) -> None:
    cache = tmp_path / "cache"
    states = [_run_with(tree, cache, jobs)]
    entries = [path for path in cache.rglob("*") if path.is_file() and len(path.name) == 30]
    assert len(entries) > 10
    states.append(_run_with(tree, cache, jobs))
    for number, entry in enumerate(entries):
        _harm(entry, number)
    states.append(_run_with(tree, cache, jobs))
    assert states == [reference] * 3


def _run_with(tree: Tree, cache: Path, jobs: str) -> Answer:
    return flake8(tree.top, f"-j{jobs}", ".", LINT_FIXTURES_CACHE=str(cache))


def _harm(entry: Path, number: int) -> None:
    content = entry.read_bytes()
    harmed = (b"", content[:-1], content + b"x", b"x" + content[1:], content[: len(content) // 2])
    entry.write_bytes(harmed[number % len(harmed)])


@pytest.mark.parametrize(
    "name", ["shop/tests/conftest.py", "shop/tests/api/test_campaigns.py", "LFX103/tests/conftest.py"]
)
def test_an_editors_buffer_is_the_file(tree: Tree, reference: Answer, name: str) -> None:
    text = (tree.top / name).read_text(encoding="utf-8")
    expected = [line for line in reference if line.startswith(f"{name}:")]
    assert expected
    for shown in (name, str(tree.top / name), f"./{name}"):
        assert flake8(tree.top, "--stdin-display-name", shown, "-", text=text) == expected


def linted(top: Path, names: list[str], cache: str) -> Iterator[str]:
    """One process, one linter; as the plugin would print it."""
    linter = Linter(Settings(cache_dir=cache))
    for name in names:
        source = (top / name).read_text(encoding="utf-8")
        for found in linter.check(str(top / name), ast.parse(source), source.splitlines(keepends=True)):
            assert found.code != INTERNAL
            yield f"{name}:{found.location.line}: {found.code} {found.message}"


@pytest.fixture(scope="module")
def plain(tree: Tree) -> Answer:
    return sorted(linted(tree.top, list(tree.files), "off"))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_from_any_cache(tree: Tree, plain: Answer, data: st.DataObject) -> None:
    names = data.draw(st.permutations(tree.files))
    cache = data.draw(st.sampled_from(["off", "shared", "fresh"]))
    top = data.draw(st.sampled_from([tree.top, tree.link]))
    folder = {"off": "off", "shared": str(tree.top.with_name("shared"))}.get(cache)
    assert sorted(linted(top, names, folder or str(tree.top.with_name(os.urandom(4).hex())))) == plain


def test_what_was_checked_before_in_one_process_is_forgotten(tree: Tree, plain: Answer) -> None:
    """An editor's process checks the same files again and again, and they change meanwhile."""
    path = tree.top / "shop" / "tests" / "conftest.py"
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text("", encoding="utf-8")
        without = sorted(linted(tree.top, list(tree.files), "off"))
    finally:
        path.write_text(text, encoding="utf-8")
    assert without != plain
    assert sorted(linted(tree.top, list(tree.files), "off")) == plain
    assert Plugin._linter is None
