"""Whether the migrations arrived where they were going: one that commits half-way exits 0 and has not."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.masking import masked
from lint_fixtures_hooks.postgres.connect import connect
from lint_fixtures_hooks.postgres.server import Server

MIGRATES = re.compile(r"alembic|migrat|upgrade", re.IGNORECASE)
ABSENT = 86
# the project's own env.py decides which database and which version table; what it prints must not be read as the answer
ASK = f"""
import json, os, sys
try:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
except ImportError:
    sys.exit({ABSENT})
answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
path = sys.argv[1]
config = Config(toml_file=path) if path.endswith(".toml") else Config(path)
script = ScriptDirectory.from_config(config)
current = set()
def look(revision, context):
    current.update([revision] if isinstance(revision, str) else revision or ())
    return []
with EnvironmentContext(config, script, fn=look, dont_mutate=True):
    script.run_env()
json.dump([sorted(current), sorted(script.get_heads())], answer)
"""


@dataclass(frozen=True)
class Migrations:
    """`folder` is where alembic is called, as relative paths in `config` mean it."""

    config: Path
    folder: Path


def check(python: Path, root: Path, setup: tuple[str, ...], server: Server, variables: dict[str, str]) -> None:
    """Raises HookError when the database's revision is not the migrations' head, or cannot be told."""
    found = find(root, setup)
    if found is None or not (any(MIGRATES.search(command) for command in setup) or _has_version(server)):
        return
    command = (str(python), "-c", ASK, str(found.config))
    done = subprocess.run(
        command, cwd=found.folder, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode == ABSENT:
        return
    try:
        current, heads = json.loads(done.stdout)
    except ValueError as error:
        said = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        line = masked(said[0], (server.password,))
        raise HookError(f"alembic ({found.config.name}) cannot say which revision the database has: {line}") from error
    if current != heads:
        raise HookError(
            f"after setup the database is at alembic revision {_words(current)}, not at head {_words(heads)}, though "
            "the command exited 0: a migration that commits by itself does that, or an env.py without begin_transaction"
        )


def _words(revisions: list[str]) -> str:
    return " and ".join(revisions) or "none"


def find(root: Path, setup: tuple[str, ...]) -> Migrations | None:
    """The configuration that a set-up command names, else alembic's usual places, else the only one below."""
    for named in _named(setup):
        return Migrations(root / named, root)
    if (root / "alembic.ini").is_file():
        return Migrations(root / "alembic.ini", root)
    pyproject = root / "pyproject.toml"
    if pyproject.is_file() and "[tool.alembic]" in pyproject.read_text(encoding="utf-8"):
        return Migrations(pyproject, root)
    below = [path for pattern in ("*/alembic.ini", "*/*/alembic.ini") for path in root.glob(pattern)]
    return Migrations(below[0], below[0].parent) if len(below) == 1 else None


def _named(setup: tuple[str, ...]) -> Iterator[str]:
    for command in setup:
        try:
            words = shlex.split(command)
        except ValueError:
            continue
        if any(Path(word).name == "alembic" for word in words):
            for flag, value in zip(words, [*words[1:], ""], strict=True):
                if flag in ("-c", "--config") and value:
                    yield value
                elif flag.startswith("--config="):
                    yield flag.partition("=")[2]


def _has_version(server: Server) -> bool:
    try:
        with connect(server) as connection:
            row = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    except psycopg.Error as error:
        raise HookError(f"the database does not answer after setup: {str(error).strip().splitlines()[0]}") from error
    return row == (True,)
