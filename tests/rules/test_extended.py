"""Extended rules are off until they are selected by their whole code, in flake8 and in `lint-fixtures check`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lint_fixtures.examples import read_example
from lint_fixtures.rule import load_rules
from lint_fixtures.settings import EXTENDED

COMMANDS = {
    "flake8": (sys.executable, "-m", "flake8"),
    "check": (sys.executable, "-m", "lint_fixtures.cli", "check"),
}


def codes(folder: Path, command: str, *arguments: str) -> set[str]:
    done = subprocess.run(
        (*COMMANDS[command], "--format=%(code)s", *arguments, "."),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return {line for line in done.stdout.splitlines() if line.startswith("LFX")}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("code", EXTENDED)
def test_off_until_selected(code: str, command: str, tmp_path: Path) -> None:
    bad = next(rule.bad for rule in load_rules() if rule.code == code)
    for name, text in {"pytest.ini": "[pytest]\n", **read_example(bad).files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert code not in codes(tmp_path, command)
    assert code not in codes(tmp_path, command, "--select=LFX")
    assert code in codes(tmp_path, command, f"--extend-select={code}")
    assert code in codes(tmp_path, command, f"--select={code}")
    (tmp_path / ".flake8").write_text(f"[flake8]\nextend-select = {code}\n", encoding="utf-8")
    assert code in codes(tmp_path, command)
