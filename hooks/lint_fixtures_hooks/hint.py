"""The command that shows a failure again, to be copied as it stands: the tests in their order, in one process."""

import shlex
from collections.abc import Iterator, Sequence

from lint_fixtures_hooks.setting_kinds import KINDS
from lint_fixtures_hooks.settings import KEYS

# what the hint says itself, and what has no part in a failure
LEFT_OUT = frozenset(
    ("--tests", "--mode", "--shuffles", "--workers", "--report", "--shard", "--keep", "--no-keep", "--again", "--notes")
)
SWITCHES = {"--staged", "--again", "--notes"} | {
    f"--{sign}{key}" for key, item in KEYS.items() if item.kind is KINDS["switch"] for sign in ("", "no-")
}


def command(words: Sequence[str], tests: Sequence[str], workers: int) -> str:
    """`words` are the user's own arguments; of `workers` each would run a part of the tests."""
    kept = [part for flag in _flags(words) for part in flag]
    single = ["--workers", "0"] if workers else []
    return shlex.join(["verify-suite", *kept, *single]) + "".join(f" --tests {quoted(test)}" for test in tests)


def _flags(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    left = iter(words)
    for word in left:
        name, equals, _ = word.partition("=")
        if not name.startswith("--"):
            continue
        flag: tuple[str, ...] = (word,) if equals or name in SWITCHES else (word, next(left, ""))
        if name == "--url":
            # here, because of the driver that reads it
            from lint_fixtures_hooks.postgres.target import masked

            flag = tuple(masked(part) for part in flag)
        if name not in LEFT_OUT:
            yield flag


def quoted(nodeid: str) -> str:
    return "'" + nodeid.replace("'", "'\\''") + "'"
