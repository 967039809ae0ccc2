"""Facts of a file by content, on disk, shared by processes.

An entry is named by the hash of the source that it was computed from, so it is never stale, only missing. Whatever
happens to the directory (deleted, corrupted, forbidden, written by many processes at once) changes the speed of a run,
never its output.
"""

# Strings instead of pathlib objects, which cost milliseconds on every editor save.
# ruff: noqa: PTH100, PTH103, PTH105, PTH108, PTH110, PTH111, PTH112, PTH116, PTH118, PTH120, PTH123, PTH208

from __future__ import annotations

import os
import re
import sys
import time

try:
    from _blake2 import blake2b  # hashlib loads OpenSSL first: 3 ms of an editor run
except ImportError:
    from hashlib import blake2b

SCHEMA = 12  # raise it whenever the same source may give other facts: entries of older schemas are then never read
ENVIRONMENT_VARIABLE = "LINT_FIXTURES_CACHE"

_MAGIC = b"lfx1"
_DIGEST_SIZE = 16
_MAX_ENTRY = 16 * 1024 * 1024  # bytes; what is larger is no entry of ours
_DAY = 24 * 60 * 60
_VERSION = f"{SCHEMA}-{sys.version_info[0]}.{sys.version_info[1]}"  # `ast` differs between minor versions
_VERSION_NAME = r"\d+-3\.\d+"
_SHARD_NAME = r"[0-9a-f]{2}"
_ENTRY_NAME = r"[0-9a-f]{30}(\.[0-9a-f]+\.tmp)?"


def content_key(data: bytes) -> str:
    """32 hexadecimal digits (blake2b-128)."""
    return blake2b(data, digest_size=_DIGEST_SIZE).hexdigest()


def default_directory(root: str) -> str | None:
    """Where the cache of a project lies; None when the environment switches it off (empty or `off`)."""
    chosen = os.environ.get(ENVIRONMENT_VARIABLE)
    if chosen is None:
        return os.path.join(root, ".lint_fixtures_cache")
    if chosen.strip().lower() in ("", "off"):
        return None
    return os.path.abspath(os.path.join(root, os.path.expanduser(chosen)))


def chosen_directory(root: str, chosen: str) -> str | None:
    """Where the settings put it: '' for the default, 'off' for none."""
    return None if chosen == "off" else chosen or default_directory(root)


class FactsCache:
    """Payloads by content key. `directory` None: nothing is kept on disk."""

    def __init__(self, directory: str | None) -> None:
        self._directory = directory
        self._entries = None if directory is None else os.path.join(directory, _VERSION)

    def get(self, key: str) -> bytes | None:
        """The payload that was put under `key`; None when there is none, or none that is whole."""
        if self._entries is None:
            return None
        try:
            with open(self._path(self._entries, key), "rb") as file:
                entry = file.read(_MAX_ENTRY)
                self._touch(file.fileno())
        except OSError:
            return None
        header = _header(key, entry[len(_MAGIC) + 8 + _DIGEST_SIZE :])
        return entry[len(header) :] if entry.startswith(header) else None

    def put(self, key: str, payload: bytes) -> None:
        if self._entries is None or len(payload) > _MAX_ENTRY - 64:
            return
        path, entry = self._path(self._entries, key), _header(key, payload) + payload
        if _write(path, entry):
            return
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            self._ignore_in_git(self._entries)
        except OSError:
            self._entries = None  # no place to write: asking again for each file would only cost time
            return
        _write(path, entry)

    def prune(self, older_than_days: int = 30, max_bytes: int = 256 * 1024 * 1024) -> None:
        """Delete entries unused for so long, then the longest unused ones above the size; at most once a day.

        For runs over many files: it lists the whole directory. Files that are not named as ours are left alone.
        """
        if self._entries is None or self._directory is None or not os.path.isdir(self._entries):
            return
        now = time.time()
        stamp = os.path.join(self._entries, "pruned")
        if _modified(stamp) > now - _DAY:
            return
        _write(stamp, b"")
        room = max_bytes
        for used, size, path in sorted(_stored(self._directory), reverse=True):
            room -= size
            if room < 0 or used < now - older_than_days * _DAY:
                _remove(path)

    @staticmethod
    def _path(entries: str, key: str) -> str:
        return os.path.join(entries, key[:2], key[2:])

    @staticmethod
    def _touch(descriptor: int) -> None:
        # the time of last use, for prune() only; once a day is enough, and a read-only cache is still a cache
        now = time.time()
        try:
            if os.fstat(descriptor).st_mtime < now - _DAY and os.utime in os.supports_fd:
                os.utime(descriptor, (now, now))
        except OSError:
            pass

    @staticmethod
    def _ignore_in_git(entries: str) -> None:
        # in the folder that is ours for certain: the one above may be any folder that the user has named
        path = os.path.join(entries, ".gitignore")
        if not os.path.exists(path):
            _write(path, b"*\n")


def _header(key: str, payload: bytes) -> bytes:
    # the key makes a renamed entry void, the digest a corrupted one
    digest = blake2b(payload, digest_size=_DIGEST_SIZE, key=key.encode()).digest()
    return _MAGIC + len(payload).to_bytes(8, "big") + digest


def _write(path: str, content: bytes) -> bool:
    """All or nothing, whoever else writes it: a temporary name, then one rename. False when that fails."""
    temporary = f"{path}.{os.urandom(8).hex()}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(content)
        os.replace(temporary, path)
    except FileNotFoundError:
        return False
    except OSError:
        _remove(temporary)
        return False
    return True


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def _modified(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _stored(directory: str) -> list[tuple[float, int, str]]:
    """(time of last use, size in bytes, path) of every entry and left-over temporary file of any schema."""
    found = []
    for version in _names(directory, _VERSION_NAME):
        for shard in _names(version, _SHARD_NAME):
            for path in _names(shard, _ENTRY_NAME):
                try:
                    status = os.stat(path, follow_symlinks=False)
                except OSError:
                    continue  # another process pruned it
                found.append((status.st_mtime, status.st_size, path))
    return found


def _names(directory: str, pattern: str) -> list[str]:
    try:
        return [os.path.join(directory, name) for name in os.listdir(directory) if re.fullmatch(pattern, name)]
    except OSError:
        return []
