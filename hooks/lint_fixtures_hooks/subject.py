"""What a command is about: the tree of the index, the project in it, its settings and its interpreter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lint_fixtures_hooks import git, settings
from lint_fixtures_hooks.interpreter import Interpreter, find
from lint_fixtures_hooks.shard import Shard


@dataclass(frozen=True)
class Subject:
    """`tree` of the index is what is verified; `place` is the project's folder in it.

    `words` are the user's own arguments, `flags` the settings among them.
    """

    repo: git.Repo
    place: Path
    tree: str
    staged: bool
    settings: settings.Settings
    interpreter: Interpreter
    shard: Shard | None = None
    flags: frozenset[str] = field(default_factory=frozenset)
    words: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """False for a run that the command line narrowed."""
        return not {"tests", "args"} & self.flags


def find_subject(
    flags: Mapping[str, object], *, staged: bool = False, shard: Shard | None = None, words: Sequence[str] = ()
) -> Subject:
    repo = git.discover(Path.cwd())
    place = _place(repo)
    chosen = settings.load(_pyproject(repo, place, staged), flags)
    interpreter = find(repo.top / place, chosen.python)
    return Subject(
        repo, place, git.index_tree(repo), staged, chosen, interpreter, shard, frozenset(flags), tuple(words)
    )


def _place(repo: git.Repo) -> Path:
    """The project is the nearest folder with a pyproject.toml, else the whole work tree."""
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if folder == repo.top or not folder.is_relative_to(repo.top):
            break
        if (folder / "pyproject.toml").is_file():
            return folder.relative_to(repo.top)
    return Path()


def _pyproject(repo: git.Repo, place: Path, staged: bool) -> str | None:
    path = place / "pyproject.toml"
    return git.staged_text(repo, path.as_posix()) if staged else settings.read(repo.top / path)
