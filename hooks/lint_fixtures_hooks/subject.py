"""What a command is about: the tree of the index, the project in it, its settings and its interpreter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lint_fixtures_hooks import claim, git, settings
from lint_fixtures_hooks.interpreter import Interpreter, find
from lint_fixtures_hooks.shard import Shard


@dataclass(frozen=True)
class Subject:
    """`tree` of the index is what is verified; `place` is the project's folder in it.

    `words` are the user's own arguments, `asked` is what the settings file alone wants proved.
    """

    repo: git.Repo
    place: Path
    tree: str
    staged: bool
    settings: settings.Settings
    interpreter: Interpreter
    asked: claim.Claim
    shard: Shard | None = None
    words: tuple[str, ...] = ()

    @property
    def claim(self) -> claim.Claim:
        return claim.of_settings(self.place, self.settings)

    @property
    def whole(self) -> bool:
        """False where the command line chose the tests: such a run answers for itself, not for the tree."""
        return not self.claim.narrowed(self.asked)


def find_subject(
    flags: Mapping[str, object], *, staged: bool = False, shard: Shard | None = None, words: Sequence[str] = ()
) -> Subject:
    repo = git.discover(Path.cwd())
    place = _place(repo)
    pyproject = _pyproject(repo, place, staged)
    chosen = settings.load(pyproject, flags)
    interpreter = find(repo.top / place, chosen.python)
    asked = claim.of_settings(place, settings.load(pyproject, {}))
    return Subject(repo, place, git.index_tree(repo), staged, chosen, interpreter, asked, shard, tuple(words))


def asked_of(repo: git.Repo, tree: str, flags: Mapping[str, object]) -> claim.Claim:
    """What the settings in `tree`, and flags over them, want proved of it."""
    place = _place(repo)
    text = git.text_of(repo, tree, (place / "pyproject.toml").as_posix())
    return claim.of_settings(place, settings.load(text, flags))


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
