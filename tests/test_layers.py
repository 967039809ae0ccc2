"""Imports go one way. Read from the source, function-level and type-checking imports included."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINTER = ROOT / "lint_fixtures"
HOOK = ROOT / "hooks" / "lint_fixtures_hooks"
# From the ground up; a name is a module or a folder of lint_fixtures, and those of one layer may use each other.
LAYERS = (
    ("facts", "body", "files", "frozen", "places", "root", "violation"),
    ("extract",),
    ("cache", "answers", "identity", "sources", "pytest_ini", "pytest_settings", "settings"),
    ("inference",),
    ("index",),
    ("rule", "examples"),
    ("rules",),
    ("engine", "checks", "kept", "linter", "results"),
    ("formats",),
    ("baseline", "options", "progress", "unparsable"),
    ("ratchet", "usage"),
    ("application",),
    ("flake8_plugin", "graph", "cli", "demo", "docs", "fixes", "runner", "unknown_report", "__main__"),
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}


@dataclass(frozen=True)
class Import:
    path: Path
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.target}"


def imports_of(path: Path) -> Iterator[Import]:
    package = path.relative_to(HOOK.parent if path.is_relative_to(HOOK) else ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *filter(None, [node.module])))
            yield from (Import(path, node.lineno, f"{module}.{alias.name}") for alias in node.names)


def imports_below(folder: Path) -> list[Import]:
    return [found for path in sorted(folder.rglob("*.py")) for found in imports_of(path)]


def unit(dotted: str) -> str | None:
    """The layered module or folder of lint_fixtures that a dotted name lies in; None outside."""
    head, _, rest = dotted.partition(".")
    name = rest.partition(".")[0]
    return name if head == "lint_fixtures" and name in HEIGHT else None


def unit_of_file(path: Path) -> str:
    return path.relative_to(LINTER).parts[0].removesuffix(".py")


def turns_back(found: Import) -> bool:
    name = unit(found.target)
    return name is not None and HEIGHT[name] > HEIGHT.get(unit_of_file(found.path), len(LAYERS))


def in_package_init(found: Import) -> bool:
    return found.path == LINTER / "__init__.py"


def test_every_module_belongs_to_a_layer() -> None:
    modules = {unit_of_file(path) for path in LINTER.rglob("*.py")} - {"__init__"}
    assert sorted(modules - HEIGHT.keys()) == []


def test_no_import_turns_back() -> None:
    found = [found for found in imports_below(LINTER) if not in_package_init(found)]
    assert [str(each) for each in found if turns_back(each)] == []


def test_the_package_itself_imports_nothing_of_ours() -> None:
    assert [str(found) for found in imports_below(LINTER) if in_package_init(found) and unit(found.target)] == []


def test_only_inference_imports_astroid() -> None:
    users = {unit_of_file(found.path) for found in imports_below(LINTER) if found.target.partition(".")[0] == "astroid"}
    assert users <= {"inference"}


def test_rules_ask_the_index_and_read_nothing() -> None:
    readers = {"ast", "builtins", "io", "os", "pathlib", "tokenize"}
    found = imports_below(LINTER / "rules")
    assert [str(each) for each in found if each.target.partition(".")[0] in readers] == []


def test_the_linter_never_imports_the_hook() -> None:
    found = imports_below(LINTER)
    assert [str(each) for each in found if each.target.partition(".")[0] == "lint_fixtures_hooks"] == []


def test_the_probe_imports_only_itself_pytest_and_the_standard_library() -> None:
    siblings = {path.stem for path in (HOOK / "probe").glob("*.py")}
    allowed = {*sys.stdlib_module_names, "pytest", "_pytest", *siblings}
    found = imports_below(HOOK / "probe")
    assert [str(each) for each in found if each.target.partition(".")[0] not in allowed] == []


@pytest.mark.parametrize(
    ("file", "target", "expected"),
    [
        pytest.param("facts.py", "lint_fixtures.index.Project", True, id="ground-to-index"),
        pytest.param("extract/imports.py", "lint_fixtures.rules", True, id="folder-to-folder"),
        pytest.param("engine.py", "lint_fixtures.index.Project", False, id="downwards"),
        pytest.param("facts.py", "lint_fixtures.__version__", False, id="package-itself"),
        pytest.param("facts.py", "ast", False, id="standard-library"),
    ],
)
def test_a_turn_back_is_told_from_a_fair_import(file: str, target: str, expected: bool) -> None:
    assert turns_back(Import(LINTER / file, 1, target)) is expected
