"""git, asked in the hook's own environment: under `git commit` the index to verify is the one in GIT_INDEX_FILE."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lint_fixtures_hooks.errors import HookError, UsageError

# in repositories with SHA-1 and with SHA-256
EMPTY_TREES = frozenset(
    (
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
    )
)
STAGE = "`git add` what is to be verified"
STEADY = ("-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false", "-c", "core.quotePath=false")


@dataclass(frozen=True)
class Repo:
    """`variables` come on top of the hook's environment: a checkout elsewhere has its own GIT_WORK_TREE and index."""

    top: Path
    git_dir: Path
    common_dir: Path
    index: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def git(self, *arguments: str, **variables: str) -> bytes:
        return run(self.top, *arguments, **{**self.variables, **variables})


def run(folder: Path, *arguments: str, **variables: str) -> bytes:
    """Standard output; raises HookError with git's own first line when it refuses."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", **variables}
    command = ("git", *STEADY, *arguments)
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise HookError("git is not on PATH: install it, the tree that is verified is git's") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        raise HookError(f"git {arguments[0]} failed in {folder}: {said[0]}")
    return done.stdout


def discover(folder: Path) -> Repo:
    question = ("rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-common-dir", "--git-path", "index")
    try:
        answer = run(folder, *question)
    except HookError as error:
        if "dubious ownership" in str(error):
            place = str(error).rpartition(" at ")[2].strip("'")
            raise HookError(f"{error}: if it is yours, `git config --global --add safe.directory {place}`") from error
        if "not a git repository" not in str(error):
            raise
        raise HookError(f"{folder} is not inside a git work tree: run `git init` there") from error
    top, git_dir, common, index = (Path(os.fsdecode(line)) for line in answer.splitlines())
    return Repo(top.resolve(), git_dir, (folder / common).resolve(), (folder / index).resolve())


def index_tree(repo: Repo) -> str:
    """The tree that a commit would hold; from a copy of the index, so that two hooks never fight for its lock."""
    with tempfile.TemporaryDirectory(prefix="lfx-index-") as folder:
        copy = Path(folder, "index")
        if repo.index.exists():
            shutil.copyfile(repo.index, copy)
        try:
            return repo.git("write-tree", GIT_INDEX_FILE=str(copy)).decode().strip()
        except HookError as error:
            raise HookError(f"the index cannot be written as a tree, resolve conflicts first: {error}") from error


def tree_of(repo: Repo, revision: str) -> str:
    try:
        return repo.git("rev-parse", "--verify", "--quiet", f"{revision}^{{tree}}").decode().strip()
    except HookError as error:
        raise UsageError(f"{revision!r} names no commit in {repo.top}") from error


def staged_text(repo: Repo, path: str) -> str | None:
    """The text of one file as it stands in the index; None when it is not there."""
    if not repo.git("ls-files", "-z", "--cached", "--", f":(top,literal){path}"):
        return None
    try:
        return repo.git("cat-file", "blob", f":{path}").decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error


def text_of(repo: Repo, tree: str, path: str) -> str | None:
    """The text of one file in `tree`; None when it is not there."""
    if not repo.git("ls-tree", "--full-tree", "-z", tree, "--", path):
        return None
    try:
        return repo.git("cat-file", "blob", f"{tree}:{path}").decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} of {tree[:12]}: cannot be read: {error}") from error


def check_out(repo: Repo, folder: Path) -> Repo:
    """The index laid out in `folder`/tree, and a repository that sees it as its work tree with an index of its own."""
    tree, index = folder / "tree", folder / "index"
    tree.mkdir()
    if repo.index.exists():
        shutil.copyfile(repo.index, index)
    variables = {"GIT_DIR": str(repo.git_dir), "GIT_WORK_TREE": str(tree), "GIT_INDEX_FILE": str(index)}
    staged = Repo(tree, repo.git_dir, repo.common_dir, index, variables)
    staged.git("checkout-index", "--all", "--index")
    return staged
