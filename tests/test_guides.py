"""The guides show suites that exist, word for word; those are silent under every rule and isolated."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from lint_fixtures.rule import load_rules
from tests.repositories import git

ROOT = Path(__file__).resolve().parent.parent
GUIDES = ROOT / "docs" / "guides"
COMMANDS = Path(sysconfig.get_path("scripts"))
RECIPES = {
    "fastapi.md": ROOT / "examples" / "shop" / "mended",
    "async.md": ROOT / "examples" / "recipes" / "asynchronous",
    "flask.md": ROOT / "examples" / "recipes" / "flask",
    "sqlmodel.md": ROOT / "examples" / "recipes" / "sqlmodel",
}
BLOCK = re.compile(r"```python\n(?:# \S+\n)?(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


@pytest.fixture
def recipe(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A committed copy of the suite that the guide shows."""
    ignore = shutil.ignore_patterns(".*cache", "__pycache__")
    copy = shutil.copytree(RECIPES[request.param], tmp_path / "recipe", ignore=ignore)
    (copy / ".gitignore").write_text("__pycache__/\n.*cache/\n", encoding="utf-8")
    git(copy, "init", "--quiet")
    git(copy, "add", ".")
    git(copy, "commit", "--quiet", "--message", "a suite")
    return copy


@pytest.mark.parametrize("guide", RECIPES)
def test_the_guide_shows_its_suite_word_for_word(guide: str) -> None:
    blocks = BLOCK.findall((GUIDES / guide).read_text(encoding="utf-8"))
    shown = [part.strip() for block in blocks for part in block.split("\n\n\n")]
    sources = [path.read_text(encoding="utf-8") for path in RECIPES[guide].rglob("*.py")]
    assert len(shown) > 2
    assert [part for part in shown if not any(f"{part}\n" in source for source in sources)] == []


@pytest.mark.parametrize("guide", sorted(path.name for path in GUIDES.glob("*.md")))
def test_the_links_of_the_guide_lead_somewhere(guide: str) -> None:
    targets = LINK.findall((GUIDES / guide).read_text(encoding="utf-8"))
    assert [target for target in targets if not (GUIDES / target).exists()] == []


@pytest.mark.parametrize("recipe", RECIPES, indirect=True)
def test_no_rule_reports_the_suite_of_the_guide(recipe: Path) -> None:
    codes = ",".join(rule.code for rule in load_rules())
    command = (str(COMMANDS / "lint-fixtures"), "check", f"--select=E9,{codes}", ".")
    done = subprocess.run(command, cwd=recipe, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.parametrize("recipe", RECIPES, indirect=True)
def test_the_suite_of_the_guide_is_isolated(recipe: Path) -> None:
    mode = "prove" if (recipe / "notes").exists() else "commit"  # several orders for one, which takes longest
    command = (str(COMMANDS / "verify-suite"), f"--mode={mode}", f"--python={sys.executable}")
    done = subprocess.run(command, cwd=recipe, capture_output=True, text=True, check=False)
    assert "verify-suite: verified: green, isolated, tree clean" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
