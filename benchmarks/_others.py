"""What other tools take for the same files: processes of their own, beside bare flake8 in the same run."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks._language_server import lint_with_language_server
from benchmarks._measure import LAUNCH, Case, Cost

_CHECKERS = "cannot-enumerate-pytest-fixtures,useless-pytest-mark-decorator,deprecated-pytest-fixture-scope-as-keyword"


@dataclass(frozen=True)
class Tool:
    """``run`` takes the case and a folder of its own, and says what one run took."""

    name: str
    run: Callable[[Case, Path], Cost]


def installed_tools() -> list[Tool]:
    """Those that lie beside the Python that runs the benchmark."""
    scripts = Path(sysconfig.get_path("scripts"))
    pylint = (str(scripts / "pylint"), "--rcfile=" + os.devnull, "--load-plugins=pylint_pytest", "--disable=all")
    ruff = (str(scripts / "ruff"), "check", "--isolated", "--no-cache", "--select=PT", "--exit-zero")
    server = scripts / "pytest-language-server"
    found = []
    if Path(pylint[0]).exists() and _works((*pylint, f"--enable={_CHECKERS}", "--version")):
        command = (*pylint, f"--enable={_CHECKERS}", "--exit-zero", "--score=n")
        found.append(Tool("pylint, pylint-pytest only", lambda case, place: _process(command, case, place)))
    if Path(ruff[0]).exists():
        found.append(Tool("ruff, PT rules", lambda case, place: _process(ruff, case, place)))
    if server.exists():
        found.append(Tool("pytest-language-server", lambda case, _: lint_with_language_server(server, case)))
    return found


def tool_costs(case: Case, tools: list[Tool], rounds: int, scratch: Path) -> dict[str, Cost]:
    """The median cost of each tool by name, the tools taking turns. An editor's buffer is read from its file."""
    files = replace(case, paths=case.paths or ((case.stdin,) if case.stdin else ()), stdin=None)
    samples: dict[str, list[Cost]] = {tool.name: [] for tool in tools}
    for _ in range(max(1, rounds)):
        for tool in tools:
            with tempfile.TemporaryDirectory(dir=scratch) as name:
                samples[tool.name].append(tool.run(files, Path(name)))
    return {
        name: Cost(*(median(getattr(each, field) for each in costs) for field in ("user", "wall", "memory")))
        for name, costs in samples.items()
    }


def _process(command: tuple[str, ...], case: Case, place: Path) -> Cost:
    environ = {**os.environ, "PYLINTHOME": str(place / "home"), "PYTHONHASHSEED": "0"}
    launch = (sys.executable, "-I", "-S", str(LAUNCH), str(place / "cost"))
    done = subprocess.run(
        (*launch, *command, *case.paths), cwd=case.root, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{Path(command[0]).name} failed on {case.name} ({case.subject}):\n{done.stderr}")
    user, wall, memory = map(float, (place / "cost").read_text().split())
    return Cost(user, wall, memory)


def _works(command: tuple[str, ...]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
