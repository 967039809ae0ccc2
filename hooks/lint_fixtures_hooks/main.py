"""The commands, and the exit codes. A stamped tree is answered before anything slow is imported."""

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from lint_fixtures_hooks import options
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.version import version

if TYPE_CHECKING:
    import argparse

INTERRUPTED = 130
SUITE = frozenset({"filelock", "jinja2", "platformdirs", "psutil", "psycopg"})  # what the extra brings


def main(arguments: Sequence[str] | None = None) -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    _leave_no_core()
    try:
        given = options.parse(sys.argv[1:] if arguments is None else list(arguments), version())
        return COMMANDS[given.command](given)
    except HookError as error:
        print(f"verify-suite: {error}", file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        if error.name not in SUITE:
            raise
        print(f"verify-suite: {error.name} is not installed: pip install 'lint-fixtures[suite]'", file=sys.stderr)
        return HookError.exit_code
    except KeyboardInterrupt:
        print("verify-suite: interrupted", file=sys.stderr)
        return INTERRUPTED


def _leave_no_core() -> None:
    """A core file of a crash holds the password, ours or that of a child; who wants one raises the limit there."""
    if os.name == "nt":
        return
    import resource  # Unix alone has it

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _verify(given: "argparse.Namespace") -> int:
    from lint_fixtures_hooks import proof

    return proof.run(given)


def _status(given: "argparse.Namespace") -> int:
    from lint_fixtures_hooks import flags, git, status

    return status.show(git.discover(Path.cwd()), given.require, flags.given(given), with_notes=given.notes)


def _bisect(given: "argparse.Namespace") -> int:
    from lint_fixtures_hooks import bisect_command

    return bisect_command.run(given)


def _merge(given: "argparse.Namespace") -> int:
    from lint_fixtures_hooks import merge

    return merge.run(given)


def _postgres(given: "argparse.Namespace") -> int:
    if os.name == "nt":
        raise HookError("servers of our own are started on Linux and macOS only: use your client on your url")
    from lint_fixtures_hooks import postgres_command

    return postgres_command.run(given)


COMMANDS: Mapping[str, Callable[["argparse.Namespace"], int]] = {
    "verify": _verify,
    "status": _status,
    "bisect": _bisect,
    "merge": _merge,
    "postgres": _postgres,
}
