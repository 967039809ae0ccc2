"""Built data directories in the user's cache: written under a lock, renamed into place, never changed afterwards."""

import json
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from lint_fixtures_hooks.errors import HookError

LOCK_SECONDS = 1800  # somebody else may run slow migrations meanwhile
UNUSED_SECONDS = 14 * 24 * 3600
OURS = re.compile(r"[0-9a-f]{32}(\.[0-9a-f]{8}\.new)?")  # an entry, or what its builder left half-done


@dataclass(frozen=True)
class Template:
    """A cleanly stopped data directory of `size` bytes and the superuser's password in it."""

    data: Path
    password: str = field(repr=False)
    size: int


@dataclass(frozen=True)
class Store:
    """The place of one key: `<folder>/<key>/` holds `data/` and `template.json`, readable by us alone."""

    folder: Path
    key: str

    @property
    def entry(self) -> Path:
        return self.folder / self.key

    def find(self) -> Template | None:
        """The kept template; None for a missing or an incomplete one."""
        if not self._is_private():
            return None
        try:
            facts = json.loads((self.entry / "template.json").read_text())
            template = Template(self.entry / "data", str(facts["password"]), int(facts["size"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not (template.data / "global" / "pg_control").is_file():
            return None
        with suppress(OSError):
            os.utime(self.entry)
        return template

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One builder per key; without a cache that we alone can write everybody builds for himself."""
        lock = FileLock(self.folder / f"{self.key}.lock", mode=0o600)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._is_private():
                lock.acquire(timeout=LOCK_SECONDS)
        except Timeout as error:
            raise HookError(f"another run holds {lock.lock_file} for {LOCK_SECONDS // 60} minutes: end it") from error
        except OSError:
            yield
            return
        try:
            yield
        finally:
            lock.release()

    def keep(self, built: Template) -> Template | None:
        """Copy into the cache, whole or not at all; None when it cannot be written."""
        if not self._is_private():
            return None
        new = self.folder / f"{self.key}.{secrets.token_hex(4)}.new"
        try:
            self._remove_old()
            new.mkdir(mode=0o700)
            shutil.copytree(built.data, new / "data")
            facts = new / "template.json"
            facts.touch(mode=0o600)
            facts.write_text(json.dumps({"password": built.password, "size": built.size}))
            new.rename(self.entry)
        except OSError:
            shutil.rmtree(new, ignore_errors=True)
            return None
        return Template(self.entry / "data", built.password, built.size)

    def discard(self) -> None:
        """Remove the entry; a reader in the middle of it builds its own."""
        shutil.rmtree(self.entry, ignore_errors=True)

    def _is_private(self) -> bool:
        """Whoever can write here chooses what our server starts with, and so what it runs."""
        try:
            status = self.folder.stat()
        except OSError:
            return False
        return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)

    def _remove_old(self) -> None:
        # under the lock, so what this key's builders left half-done is nobody's
        self.discard()
        for half_done in self.folder.glob(f"{self.key}.*.new"):
            shutil.rmtree(half_done)
        for entry in _entries(self.folder):
            if time.time() - entry.stat().st_mtime > UNUSED_SECONDS:
                shutil.rmtree(entry, ignore_errors=True)


@dataclass(frozen=True)
class Cached:
    """A data directory in the cache; `used` in seconds since the epoch."""

    key: str
    size: int
    used: float


def cached(folder: Path) -> list[Cached]:
    """What `folder` holds, last used first."""
    found = []
    for entry in _entries(folder):
        if (entry / "template.json").is_file():
            with suppress(FileNotFoundError):  # another run may be removing it
                found.append(Cached(entry.name, tree_size(entry), entry.stat().st_mtime))
    return sorted(found, key=lambda entry: entry.used, reverse=True)


def clear(folder: Path, only: str = "") -> None:
    """Remove every data directory, or the one of this key, that nobody is building now."""
    for entry in _entries(folder):
        key = entry.name.partition(".")[0]
        if only not in ("", key):
            continue
        lock = FileLock(folder / f"{key}.lock", timeout=0, mode=0o600)
        with suppress(Timeout), lock:
            shutil.rmtree(entry, ignore_errors=True)


def _entries(folder: Path) -> list[Path]:
    """The directories of ours: people choose where the cache is, and may have others beside."""
    found = folder.iterdir() if folder.is_dir() else ()
    return [entry for entry in found if OURS.fullmatch(entry.name) and entry.is_dir()]


def tree_size(directory: Path) -> int:
    """Bytes of all files below `directory`."""
    return sum(Path(folder, name).stat().st_size for folder, _, files in os.walk(directory) for name in files)
