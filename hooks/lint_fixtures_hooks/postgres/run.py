"""One leased directory, its supervisor, and the one child that works in it: initdb first, postgres later."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from lint_fixtures_hooks import supervisor
from lint_fixtures_hooks.environment import without_servers
from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.postgres.identity import Identity
from lint_fixtures_hooks.postgres.lease import Lease, open_lease
from lint_fixtures_hooks.postgres.sweep import sweep_one

KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
END_SECONDS = 60


class Run:
    """The client's end of the supervisor's pipes."""

    def __init__(self, lease: Lease, identity: Identity, process: "subprocess.Popen[bytes]") -> None:
        self.lease = lease
        self.identity = identity
        self._process = process
        self._unread = b""

    @property
    def directory(self) -> Path:
        return self.lease.directory

    @property
    def data(self) -> Path:
        return self.directory / "data"

    def spawn(self, command: Sequence[str]) -> None:
        """Start the child as the server's identity; raises HookError when it cannot be executed."""
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self._tell(
            run=[*self.identity.prefix, *command],
            env=kept | {"LC_ALL": "C", "TZ": "UTC"},
            user=self.identity.uid,
            group=self.identity.gid,
        )
        answer = self._answer(END_SECONDS)
        if answer is None or "error" in answer:
            raise HookError(f"cannot run {command[0]}: {(answer or {}).get('error', 'its supervisor is gone')}")

    def exit_code(self, seconds: float) -> int | None:
        """The child's exit code, or None when it still runs after `seconds`."""
        answer = self._answer(seconds)
        return None if answer is None else int(answer["exit"])

    def signal(self, number: signal.Signals) -> None:
        self._tell(signal=int(number))

    def at_end(self, command: Sequence[str]) -> None:
        """A command that the supervisor runs when this client is gone, in whatever way it went."""
        self._tell(**{"finally": list(command)})

    def complaint(self) -> str:
        """The child's last line that says what is wrong."""
        try:
            lines = (self.directory / "server.log").read_text(errors="replace").splitlines()
        except OSError:
            return "it left no message"
        full = [line for line in lines if "No space left on device" in line]
        named = [line for line in lines if any(word in line for word in ("PANIC:", "FATAL:", "error:", "ERROR:"))]
        return (full or named or lines or ["it left no message"])[-1].strip()

    def end(self) -> None:
        """Close the pipe: the supervisor ends the child and removes the directory; if it was killed, we do."""
        with suppress(OSError):
            self._stdin.close()
        try:
            if not (self.directory / supervisor.KEPT).exists():
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(END_SECONDS)
        finally:
            self._stdout.close()
            os.close(self.lease.descriptor)
            sweep_one(self.lease.file)

    @property
    def _stdin(self) -> Any:
        return self._process.stdin

    @property
    def _stdout(self) -> Any:
        return self._process.stdout

    def _tell(self, **command: Any) -> None:
        try:
            self._stdin.write(json.dumps(command).encode() + b"\n")
            self._stdin.flush()
        except OSError as error:
            raise HookError("the test server's supervisor is gone; run again") from error

    def _answer(self, seconds: float) -> dict[str, Any] | None:
        deadline = time.monotonic() + seconds
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self._stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                return None
            piece = os.read(self._stdout.fileno(), 65536)
            if not piece:
                raise HookError("the test server's supervisor is gone; run again")
            self._unread += piece
        line, _, self._unread = self._unread.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def open_run(size: int, identity: Identity) -> Iterator[Run]:
    """A run with room for a data directory of `size` bytes; everything in it is gone afterwards."""
    lease = open_lease(size, identity)
    process = subprocess.Popen(
        (sys.executable, "-I", "-S", supervisor.__file__, str(lease.directory), str(lease.file)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=without_servers(),
        pass_fds=(lease.descriptor,),
        start_new_session=True,
    )
    run = Run(lease, identity, process)
    try:
        yield run
    finally:
        run.end()
