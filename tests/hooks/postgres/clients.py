"""A client of the hook's server in a process of its own, to be killed; run as a script it is that client."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

import lint_fixtures_hooks
from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.postgres.choice import PROVIDERS
from lint_fixtures_hooks.postgres.provider import Choice
from lint_fixtures_hooks.postgres.server import ServerRequest

PACKAGE_ROOT = Path(lint_fixtures_hooks.__file__).parents[1]


def request(
    cache_dir: Path, provider: str | None = None, fingerprint: str = "plain", tcp: bool = False
) -> ServerRequest:
    return ServerRequest(provider, None, None, cache_dir, fingerprint, tcp)


def embedded_providers() -> list[str]:
    """Those that have binaries on this machine; the wheel is a test dependency, so never none."""
    return [name for name in ("local", "wheel") if isinstance(PROVIDERS[name](request(Path())), Choice)]


@dataclass(frozen=True)
class Client:
    """A running client, the directory of its server and the processes behind it."""

    process: "subprocess.Popen[str]"
    directory: Path
    postmaster: psutil.Process
    supervisor: psutil.Process

    def gone(self) -> bool:
        """Whether server, supervisor and directory vanish within 20 s."""
        _, alive = psutil.wait_procs([self.postmaster, self.supervisor], timeout=20)
        deadline = time.monotonic() + 20
        # another run's sweep may have been first, and be busy removing still
        while self.directory.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        return not alive and not self.directory.exists()


def start_client(cache_dir: Path, prefix: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
    """A client that holds its server until its standard input closes."""
    return subprocess.Popen(
        [*prefix, sys.executable, __file__, str(cache_dir)],
        env={**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def attached(process: "subprocess.Popen[str]") -> Iterator[Client]:
    """The started client once its server answers; killed at the end."""
    with process:
        assert process.stdout is not None
        directory = Path(json.loads(process.stdout.readline())["directory"])
        postmaster = psutil.Process(int((directory / "data" / "postmaster.pid").read_text().split()[0]))
        supervisor = postmaster.parent()
        assert supervisor is not None
        try:
            yield Client(process, directory, postmaster, supervisor)
        finally:
            process.kill()


def running_client(cache_dir: Path, prefix: tuple[str, ...] = ()) -> AbstractContextManager[Client]:
    return attached(start_client(cache_dir, prefix))


def main(cache_dir: Path) -> None:
    with open_server(request(cache_dir)) as server:
        print(json.dumps({"directory": server.host}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever started the tests may ignore it, as nohup does
    main(Path(sys.argv[1]))
