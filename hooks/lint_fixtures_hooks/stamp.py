"""Which trees were proved, in the git common dir: written only after a run that proved the whole claim."""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from lint_fixtures_hooks import claim
from lint_fixtures_hooks.errors import HookError, without_passwords
from lint_fixtures_hooks.git import Repo
from lint_fixtures_hooks.interpreter import Interpreter
from lint_fixtures_hooks.settings import Settings

LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml")
KEPT = 200  # stamps; older ones go


@dataclass(frozen=True)
class Stamp:
    """`deselected` are the tests that the settings of the claim leave out, such as `-m "not slow"`."""

    tree: str
    key: str
    when: str
    tool: str
    claim: claim.Claim
    tests: int
    deselected: int
    postgres: str


def key(tree: str, place: str, root: Path, interpreter: Interpreter, settings: Settings, tool: str) -> str:
    """`place` is the project's folder in the tree; lock files count even where git ignores them."""
    locks = [
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted({root / name for name in LOCK_FILES} | set(root.glob("requirements*.txt")))
        if path.is_file()
    ]
    proved = {name: value for name, value in asdict(settings).items() if name != "keep"}
    proved["url"] = without_passwords(settings.url or "")
    facts = [tree, place, interpreter.fingerprint, locks, proved, tool]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def folder(repo: Repo) -> Path:
    return repo.common_dir / "lint-fixtures" / "stamps"


def find(repo: Repo, tree: str, wanted: str) -> Stamp | None:
    return next((stamp for stamp in of_tree(repo, tree) if stamp.key == wanted), None)


def of_tree(repo: Repo, tree: str) -> Iterator[Stamp]:
    """Newest first; a damaged stamp is none."""
    found = [stamp for path in folder(repo).glob(f"{tree}-*.json") if (stamp := _read(path)) is not None]
    yield from sorted(found, key=lambda stamp: stamp.when, reverse=True)


def _read(path: Path) -> Stamp | None:
    try:
        stamp = of_json(path.read_bytes())
    except OSError:
        return None
    return stamp if stamp and path.name == _name(stamp) else None


def of_json(text: bytes) -> Stamp | None:
    """None for what is damaged, or of a version that did not say its claim."""
    try:
        fields: Any = json.loads(text)
        return Stamp(**{**fields, "claim": claim.of_json(fields["claim"])})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def report(repo: Repo, stamp: Stamp) -> dict[str, Any] | None:
    """What the run that earned the stamp had reported."""
    return _loaded(reports(repo) / _name(stamp))


def _loaded(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def reports(repo: Repo) -> Path:
    return repo.common_dir / "lint-fixtures" / "reports"


def write(repo: Repo, stamp: Stamp, report: Mapping[str, Any]) -> None:
    for home, content in ((reports(repo), report), (folder(repo), asdict(stamp))):
        _put(home / _name(stamp), content)
        _prune(home.glob("*.json"))


def _put(path: Path, content: Mapping[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
        Path(name).replace(path)
    except OSError as error:
        raise HookError(f"{path.name} cannot be written to {path.parent}: {error}") from error


def remember(repo: Repo, report: Mapping[str, Any]) -> None:
    """The last run that was not verified, for `verify-suite bisect`."""
    _put(_last(repo), report)


def remembered(repo: Repo) -> dict[str, Any] | None:
    return _loaded(_last(repo))


def _last(repo: Repo) -> Path:
    return repo.common_dir / "lint-fixtures" / "last.json"


def _name(stamp: Stamp) -> str:
    return f"{stamp.tree}-{stamp.key}.json"


def _prune(paths: Iterable[Path]) -> None:
    """Another hook may be doing the same."""
    dated = []
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            dated.append((path.stat().st_mtime_ns, path))
    for _, path in sorted(dated)[:-KEPT]:
        path.unlink(missing_ok=True)


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
