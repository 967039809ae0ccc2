"""`verify-suite status`: what is verified, and since when."""

from lint_fixtures_hooks import git, notes, stamp


def show(repo: git.Repo, require: str | None, *, with_notes: bool) -> int:
    """With `require` 0 or 1 for that revision; else 0, and one line each for the index and HEAD."""
    if require is not None:
        return 0 if _say(repo, require, git.tree_of(repo, require), with_notes) else 1
    tree = git.index_tree(repo)
    if tree in git.EMPTY_TREES:
        print(f"verify-suite: the index is empty: {git.STAGE}")
    else:
        _say(repo, "index", tree, with_notes)
    if repo.git("rev-list", "--max-count=1", "--all"):
        _say(repo, "HEAD", git.tree_of(repo, "HEAD"), with_notes)
    else:
        print("verify-suite: no commit yet, so there is no HEAD to look up")
    return 0


def _say(repo: git.Repo, name: str, tree: str, with_notes: bool) -> bool:
    known = next((found for found in stamp.of_tree(repo, tree) if found.whole), None)
    if known is None and with_notes:
        known = notes.read(repo, tree)
    says = f"verified at {known.when}: {words(known)}" if known else "not verified: run verify-suite"
    print(f"verify-suite: {name} (tree {tree[:12]}) {says}")
    return known is not None


def words(known: stamp.Stamp) -> str:
    return f"{known.tests} tests, PostgreSQL {known.postgres}, mode {known.mode}, tool {known.tool}"
