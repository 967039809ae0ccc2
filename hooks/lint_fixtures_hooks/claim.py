"""What a stamp says was proved, and what of it falls short of what is asked."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from lint_fixtures_hooks.settings import Settings

PROVE = "prove"
SHOWN = 3  # test ids named in one line
# arguments of pytest that change what it says or how fast, never which tests run
ALONE = frozenset(("-l", "-q", "-qq", "-s", "-v", "-vv", "-x", "--exitfirst", "--quiet", "--showlocals", "--verbose"))
VALUED = frozenset(
    ("-n", "-r", "--capture", "--color", "--durations", "--maxfail", "--numprocesses", "--show-capture", "--tb")
)


@dataclass(frozen=True)
class Claim:
    """`place` is the project's folder in the tree. Commands, arguments and variables may hold secrets: digests."""

    place: str
    mode: str
    shuffles: int
    tests: tuple[str, ...]
    args: str
    setup: str
    env: str
    major: int | None
    allow_leaks: tuple[str, ...]

    def narrowed(self, asked: "Claim") -> bool:
        """Whether it is about other tests than `asked`."""
        return (self.tests, self.args) != (asked.tests, asked.args)


def of_settings(place: PurePath, settings: Settings) -> Claim:
    return Claim(
        place=place.as_posix(),
        mode=settings.mode,
        shuffles=settings.shuffles if settings.mode == PROVE else 0,
        tests=settings.tests,
        args=_digest(_selecting(settings.args)),
        setup=_digest(settings.setup),
        env=_digest(sorted(settings.env.items())),
        major=settings.major,
        allow_leaks=tuple(sorted(settings.allow_leaks)),
    )


def of_json(fields: Mapping[str, Any]) -> Claim:
    """Raises TypeError for what is no claim of this version."""
    found: Any = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    return Claim(**found)


def missing(proved: Claim, asked: Claim, version: str) -> Iterator[str]:
    """In which parts `proved`, on PostgreSQL of `version`, is not all of `asked`; nothing where it is."""
    if proved.place != asked.place:
        yield f"folder {proved.place}, not {asked.place}"
    if asked.mode == PROVE and proved.mode != PROVE:
        yield f"mode {proved.mode}, not {asked.mode}"
    elif proved.shuffles < asked.shuffles:
        yield f"shuffles {proved.shuffles}, not {asked.shuffles}"
    for name in ("tests", "args", "setup", "env"):
        if getattr(proved, name) != getattr(asked, name):
            yield f"other {name}"
    if asked.major is not None and version.split(".")[0] != str(asked.major):
        yield f"PostgreSQL {version}, not {asked.major}"
    if more := [nodeid for nodeid in proved.allow_leaks if nodeid not in asked.allow_leaks]:
        rest = f" and {len(more) - SHOWN} more" if len(more) > SHOWN else ""
        yield f"allow-leaks with {', '.join(more[:SHOWN])}{rest}"


def _selecting(arguments: tuple[str, ...]) -> list[str]:
    """Those that may have a say in which tests run; -n2 and --tb=short have their value in the same word."""
    kept, left = [], iter(arguments)
    for argument in left:
        if argument in VALUED:
            next(left, None)
        elif argument not in ALONE and not _joined(argument):
            kept.append(argument)
    return kept


def _joined(argument: str) -> bool:
    if argument.startswith("--"):
        name, equals, _ = argument.partition("=")
        return bool(equals) and name in VALUED
    return argument[:2] in VALUED


def _digest(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
