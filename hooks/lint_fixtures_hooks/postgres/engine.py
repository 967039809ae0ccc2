"""Docker's command line, and one service of a compose project that runs in it."""

import subprocess
import time
from dataclasses import dataclass

from lint_fixtures_hooks.errors import HookError

ENGINE_SECONDS = 20
START_SECONDS = 300  # an image may have to be pulled
PAUSES = (0.0, 0.5, 2.0)


def docker(*arguments: str, seconds: int = ENGINE_SECONDS) -> str:
    """Standard output; raises HookError with docker's own first line when it refuses, or that it is not there."""
    command = ("docker", *arguments)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise HookError("docker is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise HookError(f"docker did not answer within {seconds} s") from error
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise HookError(lines[0] if lines else f"docker {arguments[0]} failed")
    return done.stdout


@dataclass(frozen=True)
class Service:
    """`project` are compose's own flags: whose project, which files."""

    project: tuple[str, ...]
    name: str

    def up(self) -> None:
        docker("compose", *self.project, "up", "--detach", "--no-deps", self.name, seconds=START_SECONDS)

    def check(self) -> None:
        """Raises HookError with its last words when it has ended."""
        if self._compose("ps", "--all", "--quiet", "--status", "exited", self.name).strip():
            raise HookError(f"service {self.name} ended instead of serving: {self._last_words()}")

    def _last_words(self) -> str:
        """The engine may write them down a moment after the end."""
        for pause in PAUSES:
            time.sleep(pause)
            said = self._compose("logs", "--no-log-prefix", "--tail", "5", self.name).strip()
            if said:
                return said.splitlines()[-1]
        return "it left no message"

    def published(self, port: int) -> tuple[str, int]:
        """Host and port that lead to the container's `port`."""
        host, _, found = self._of_running("port", self.name, str(port)).strip().rpartition(":")
        return host, int(found)

    def read(self, path: str) -> str:
        """A file inside the container."""
        return self._of_running("exec", "-T", self.name, "cat", path)

    def _of_running(self, *arguments: str) -> str:
        try:
            return self._compose(*arguments)
        except HookError:
            self.check()
            raise

    def _compose(self, *arguments: str) -> str:
        return docker("compose", "--ansi", "never", *self.project, *arguments)
