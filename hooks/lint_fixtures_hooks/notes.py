"""Stamps as git notes: they travel by push and fetch. A note hangs on the tree, so no commit has to exist yet."""

import json
from dataclasses import asdict

from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.git import Repo
from lint_fixtures_hooks.stamp import Stamp, of_json

REF = "refs/notes/lint-fixtures"


def write(repo: Repo, stamp: Stamp) -> None:
    try:
        repo.git("notes", f"--ref={REF}", "add", "--force", f"--message={json.dumps(asdict(stamp))}", stamp.tree)
    except HookError as error:
        raise HookError(f"verified, but no note could be written to {REF}: {error}") from error


def read(repo: Repo, tree: str) -> Stamp | None:
    """None also for a note that says nothing about this tree."""
    try:
        found = of_json(repo.git("notes", f"--ref={REF}", "show", tree))
    except HookError:
        return None
    return found if found and found.tree == tree else None
