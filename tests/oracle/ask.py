"""Asks real pytest, in a process of the project's own interpreter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.oracle.answers import Answer, read_answer

_PLUGIN = Path(__file__).with_name("dump_plugin.py")
_NAME = "lint_fixtures_oracle_dump"  # so that no module of a project has its name
_TIMEOUT = 900  # seconds; collecting imports whole applications
_QUIET = ("--collect-only", "-q", "--continue-on-collection-errors")


class AskError(Exception):
    """pytest gave no answer; the message says what it printed last."""


def ask_pytest(
    folder: str,
    python: str = sys.executable,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Answer:
    """What pytest holds for the tests that ``pytest ARGUMENTS`` collects in the folder. Raises AskError."""
    with tempfile.TemporaryDirectory(prefix="oracle-") as place:
        shutil.copyfile(_PLUGIN, Path(place, f"{_NAME}.py"))
        answer = Path(place, "answer.json")
        try:
            run = subprocess.run(
                (python, "-m", "pytest", "-p", _NAME, *_QUIET, "-o", f"cache_dir={place}", *arguments),
                cwd=folder,
                env=_environment(place) | {"ORACLE_ANSWER": str(answer)} | dict(environment or {}),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AskError(f"{folder}: pytest gave no answer: {error}") from error
        if not answer.exists():
            raise AskError(f"{folder}: pytest gave no answer: {_last_lines(run.stdout + run.stderr)}")
        return read_answer(json.loads(answer.read_text(encoding="utf-8")))


def ask_in_batch(
    folders: Sequence[str], python: str = sys.executable, libraries: Sequence[str] = ()
) -> list[Answer | None]:
    """pytest's answers for many small projects, without installed plugins; None where it gave none.

    ``libraries`` are modules that many of the projects import: they are loaded once.
    """
    with tempfile.TemporaryDirectory(prefix="oracle-") as place:
        shutil.copyfile(_PLUGIN, Path(place, f"{_NAME}.py"))
        answers = [Path(place, f"{number}.json") for number in range(len(folders))]
        work = [
            [folder, str(answer), ["-p", _NAME, *_QUIET, "-o", f"cache_dir={place}"]]
            for folder, answer in zip(folders, answers, strict=True)
        ]
        subprocess.run(
            (python, str(_PLUGIN.with_name("batch.py")), *libraries),
            input=json.dumps(work),
            env=_environment(place) | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "DATABASE_URL": "sqlite://"},
            text=True,
            check=True,
            timeout=_TIMEOUT,
        )
        texts = [answer.read_text(encoding="utf-8") if answer.exists() else None for answer in answers]
        return [read_answer(json.loads(text)) if text else None for text in texts]


def _environment(place: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV_"))}
    path = os.pathsep.join(filter(None, (place, kept.get("PYTHONPATH"))))
    return kept | {
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "COVERAGE_FILE": str(Path(place, "coverage")),
    }


def _last_lines(text: str) -> str:
    return " / ".join(line for line in text.strip().splitlines()[-6:] if line.strip())
