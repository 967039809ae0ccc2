"""The linter reads: under an audit hook it imports and runs nothing of the project, and writes in the cache alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

WATCHED = """
import json, os, sys

PROJECT, OPENED_FOR_WRITING = os.path.realpath(sys.argv[1]), os.O_WRONLY | os.O_RDWR | os.O_CREAT
events = []

def _of_the_project(path):
    return path[:1] != "<" and os.path.realpath(path).startswith(PROJECT)

def audit(event, arguments):
    if event == "open" and (arguments[2] or 0) & OPENED_FOR_WRITING and arguments[0] != os.devnull:
        events.append(["write", str(arguments[0])])
    elif event in {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "os.symlink"}:
        events.append([event, str(arguments[1] if event == "os.rename" else arguments[0])])
    elif event in {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn"}:
        events.append([event, str(arguments)])
    elif event.startswith(("socket.", "urllib.", "ctypes.dlopen", "shutil.", "ftplib.", "webbrowser.")):
        events.append([event, str(arguments)])
    elif event == "exec" and _of_the_project(getattr(arguments[0], "co_filename", "<string>")):
        events.append(["exec", arguments[0].co_filename])

from lint_fixtures.cli import main
os.chdir(PROJECT)
sys.addaudithook(audit)
try:
    code = main(json.loads(sys.argv[2]))
finally:
    known = set(events and map(tuple, events))
    imported = [name for name, module in sys.modules.items() if PROJECT in (getattr(module, "__file__", None) or "")]
    print(json.dumps({"events": sorted(known), "imported": imported, "code": code}), file=sys.stderr)
"""
TRAP = "__import__('os').remove('{precious}'); __import__('pathlib').Path('{sign}').touch()"
FILES = {
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p plugin"\n',
    "setup.py": "{trap}\n",
    "sitecustomize.py": "{trap}\n",
    "plugin.py": "{trap}\nimport pytest\n\n@pytest.fixture\ndef db(): yield None\n",
    "conftest.py": """
        {trap}
        pytest_plugins = ["plugin"]
        import pytest
        from shop.models import *
        from shop import app, get_db
        __path__ = [{trap!r}]

        def named():
            {trap}
            return "rows"

        @pytest.fixture(scope=named(), name=named())
        def rows(db, scope=named()):
            return db.add(Job(organization_id=named()))

        @pytest.fixture
        def override(db):
            app.dependency_overrides[get_db] = lambda: named()
            yield
    """,
    "shop/__init__.py": """
        {trap}
        from fastapi import FastAPI
        app = FastAPI()

        def get_db(): ...
    """,
    "shop/models.py": """
        {trap}
        from sqlalchemy import Column, ForeignKey, Integer
        from sqlalchemy.orm import declarative_base
        Base = declarative_base()

        def table(name):
            {trap}
            return name

        class Organization(Base):
            __tablename__ = table("organizations")
            id = Column(Integer, primary_key=True)

        class Job(Base):
            __tablename__ = table("jobs")
            id = Column(Integer, primary_key=True)
            organization_id = Column(ForeignKey(table("organizations") + ".id"), nullable=False)

            def __init_subclass__(cls):
                {trap}
    """,
    "test_it.py": """
        {trap}
        import pytest

        @pytest.mark.parametrize("rows", [{trap!r}], ids=lambda value: {trap!r})
        def test_it(rows, override, missing): ...
    """,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Whatever of it is imported, called or evaluated deletes the precious file and leaves a sign."""
    root = tmp_path / "project"
    trap = TRAP.format(precious=tmp_path / "precious", sign=tmp_path / "sign")
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).replace("{trap!r}", repr(trap)).replace("{trap}", trap), encoding="utf-8")
    (root / ".git").mkdir()
    (tmp_path / "precious").touch()
    return root


def watched(project: Path, *arguments: str) -> dict[str, object]:
    """What the audit hook saw, and the exit code."""
    isolated = "-P" if sys.version_info >= (3, 11) else "-I"
    # -B: Python itself would keep what it compiles of the linter, when this is the first run of it
    command = (sys.executable, "-B", isolated, "-c", WATCHED, str(project))
    result = subprocess.run(
        (*command, json.dumps(arguments)), cwd=project.parent, capture_output=True, text=True, check=False
    )
    report: dict[str, object] = json.loads(result.stderr.splitlines()[-1])
    return report


def test_the_trap_works(project: Path) -> None:
    subprocess.run((sys.executable, "test_it.py"), cwd=project, check=False, capture_output=True)
    assert not (project.parent / "precious").exists()
    assert (project.parent / "sign").exists()


COMMANDS = {
    "check": (("check", "-j1", "."), 1),
    "check an editor's file": (("check", "-j1", "conftest.py"), 1),
    "check without a cache": (("check", "-j1", "--lfx-cache-dir=off", "."), 1),
    "graph": (("graph", "test_it.py::test_it"), 0),
}


@pytest.mark.parametrize(("arguments", "code"), COMMANDS.values(), ids=COMMANDS)
def test_nothing_of_the_project_runs_and_nothing_is_written_but_the_cache(
    project: Path, arguments: tuple[str, ...], code: int
) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    report = watched(project, *arguments)
    cache = f"{project}/.lint_fixtures_cache"
    events = report["events"]
    assert isinstance(events, list)
    assert [event for event in events if not _is_cache(event, cache)] == []
    assert report["imported"] == []
    assert report["code"] == code
    assert (project.parent / "precious").exists()
    assert not (project.parent / "sign").exists()
    after = {path: path.read_bytes() for path in project.rglob("*") if path.is_file() and cache not in str(path)}
    assert after == before


def _is_cache(event: list[str], cache: str) -> bool:
    kind, path = event
    return kind in {"write", "os.mkdir", "os.rename", "os.remove"} and path.startswith(cache)


def test_the_hook_sees_what_it_is_there_for(project: Path) -> None:
    """Were `check` to import the project's conftest, it would be in the report."""
    importing = WATCHED.replace(
        "from lint_fixtures.cli import main", "main = lambda _: exec('sys.path[:0] = [\"\"]; import plugin')"
    )
    command = (sys.executable, "-c", importing, str(project), "[]")
    result = subprocess.run(command, cwd=project.parent, capture_output=True, text=True, check=False)
    report = json.loads(result.stderr.splitlines()[-1])
    assert ["exec", f"{project}/plugin.py"] in report["events"]
    assert ["os.remove", str(project.parent / "precious")] in report["events"]
    assert report["imported"] == ["plugin"]
