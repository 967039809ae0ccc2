"""`verify-suite status`: what is verified, and since when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lint_fixtures_hooks import claim, git, notes, stamp
from lint_fixtures_hooks.subject import asked_of


def show(repo: git.Repo, require: str | None, flags: Mapping[str, object], *, with_notes: bool) -> int:
    """With `require` 0 or 1 for that revision; else 0, and one line each for the index and HEAD."""
    lookup = _Lookup(repo, flags, with_notes)
    if require is not None:
        return 0 if lookup.say(require, git.tree_of(repo, require)) else 1
    tree = git.index_tree(repo)
    if tree in git.EMPTY_TREES:
        print(f"verify-suite: the index is empty: {git.STAGE}")
    else:
        lookup.say("index", tree)
    if repo.git("rev-list", "--max-count=1", "--all"):
        lookup.say("HEAD", git.tree_of(repo, "HEAD"))
    else:
        print("verify-suite: no commit yet, so there is no HEAD to look up")
    return 0


@dataclass(frozen=True)
class _Lookup:
    repo: git.Repo
    flags: Mapping[str, object]
    with_notes: bool

    def say(self, name: str, tree: str) -> bool:
        asked = asked_of(self.repo, tree, self.flags)
        known = [(tuple(claim.missing(each.claim, asked, each.postgres)), each) for each in self._stamps(tree)]
        if not known:
            says = "not verified: run verify-suite"
        else:
            lacks, nearest = min(known, key=lambda item: len(item[0]))
            says = f"verified at {nearest.when}: {words(nearest)}" if not lacks else _short(nearest, lacks)
        print(f"verify-suite: {name} (tree {tree[:12]}) {says}")
        return any(not lacks for lacks, _ in known)

    def _stamps(self, tree: str) -> Iterator[stamp.Stamp]:
        yield from stamp.of_tree(self.repo, tree)
        if self.with_notes and (noted := notes.read(self.repo, tree)):
            yield noted


def _short(nearest: stamp.Stamp, lacks: tuple[str, ...]) -> str:
    how = "run verify-suite, or ask with the flags of that run"
    return f"not verified as asked: its stamp of {nearest.when} is for {'; '.join(lacks)}: {how}"


def words(known: stamp.Stamp) -> str:
    left_out = f" ({known.deselected} deselected)" if known.deselected else ""
    return f"{known.tests} tests{left_out}, PostgreSQL {known.postgres}, mode {known.claim.mode}, tool {known.tool}"
