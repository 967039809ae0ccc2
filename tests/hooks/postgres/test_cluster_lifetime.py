"""Whoever is killed, and however: no server and no directory of ours stays, and nobody else's is touched."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.postgres import lease as lease_module
from lint_fixtures_hooks.postgres import sweep as sweep_module
from lint_fixtures_hooks.postgres.identity import Identity
from lint_fixtures_hooks.postgres.lease import Lease, open_lease
from lint_fixtures_hooks.postgres.sweep import leftover_server, sweep
from lint_fixtures_hooks.supervisor import started
from tests.hooks.postgres.clients import request, running_client


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_killed_client(cache_dir: Path, number: signal.Signals) -> None:
    with running_client(cache_dir) as client:
        client.process.send_signal(number)
        client.process.wait(20)
        assert client.gone()


def test_supervisor_survives_what_a_terminal_sends(cache_dir: Path) -> None:
    with running_client(cache_dir) as client:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            client.supervisor.send_signal(number)
        time.sleep(0.2)
        assert client.supervisor.is_running()
        assert client.postmaster.is_running()
    assert client.gone()


def test_killed_supervisor_is_stood_in_for_by_the_client(cache_dir: Path) -> None:
    with running_client(cache_dir) as client:
        client.supervisor.kill()
        assert client.process.stdin is not None
        client.process.stdin.close()
        client.process.wait(20)
        assert client.gone()


def test_killed_client_and_supervisor_are_swept_by_the_next_run(cache_dir: Path) -> None:
    with running_client(cache_dir) as living, running_client(cache_dir) as client:
        client.supervisor.suspend()
        client.process.kill()
        client.process.wait(20)
        client.supervisor.kill()
        psutil.wait_procs([client.supervisor], timeout=20)
        with open_server(request(cache_dir)):
            assert client.gone()
        assert living.postmaster.is_running()
        assert living.directory.is_dir()


@pytest.mark.parametrize("noted", [True, False], ids=["noted", "killed-before-the-note"])
def test_the_sweep_asks_no_clock(cache_dir: Path, noted: bool) -> None:
    """The clock was set back by an hour after the server had written down when it started."""
    with running_client(cache_dir) as client:
        client.supervisor.suspend()
        client.process.kill()
        client.process.wait(20)
        # while the lease is held: as soon as it is free another run on this machine may sweep
        written = client.directory / "data" / "postmaster.pid"
        lines = written.read_text().splitlines()
        written.write_text("\n".join([*lines[:2], str(int(lines[2]) + 3600), *lines[3:], ""]))
        if not noted:
            client.directory.with_suffix(".lease").write_text("")
        # asked for itself: a server that is not ended notices at last that its directory is gone
        assert leftover_server(client.directory.with_suffix(".lease")) == client.postmaster
        client.supervisor.kill()
        psutil.wait_procs([client.supervisor], timeout=20)
        sweep()
        assert client.gone()


def shared_memory() -> set[str]:
    """Identifiers of the System V segments on this machine."""
    table = subprocess.run(("ipcs", "-m"), capture_output=True, text=True, check=True).stdout
    return {line.split()[1] for line in table.splitlines() if len(line.split()) > 4}


def test_killed_server_leaves_no_directory_and_no_shared_memory(cache_dir: Path) -> None:
    with open_server(request(cache_dir)) as server:
        directory = Path(server.host)
        lines = (directory / "data" / "postmaster.pid").read_text().splitlines()
        segment = lines[6].split()[1]
        assert segment in shared_memory()
        psutil.Process(int(lines[0])).kill()
    assert not directory.exists()
    assert segment not in shared_memory()


@pytest.fixture
def private_root(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for runs where no other program of this user sweeps."""
    with tempfile.TemporaryDirectory(prefix="runs-") as root:
        for module in (lease_module, sweep_module):
            monkeypatch.setattr(module, "run_roots", lambda: [Path(root)])
        yield Path(root)


@pytest.fixture
def leftover(private_root: Path) -> Lease:
    """A run whose holder is gone: a directory and a lease that nobody locks."""
    lease = open_lease(0, Identity())
    os.close(lease.descriptor)
    return lease


@pytest.fixture
def bystander() -> Iterator["subprocess.Popen[bytes]"]:
    """A process of ours that is no server."""
    with subprocess.Popen((sys.executable, "-c", "import time; time.sleep(60)")) as process:
        yield process
        process.kill()


def note(lease: Lease, process: "subprocess.Popen[bytes]", start: list[str]) -> None:
    data = lease.directory / "data"
    data.mkdir()
    (data / "postmaster.pid").write_text(f"{process.pid}\n{data}\n{psutil.Process(process.pid).create_time():.0f}\n")
    lease.file.write_text(json.dumps({"pid": process.pid, "started": start}))


@pytest.mark.parametrize("noted", [True, False])
def test_sweep_never_signals_a_pid_that_is_used_again(
    leftover: Lease, bystander: "subprocess.Popen[bytes]", noted: bool
) -> None:
    note(leftover, bystander, started(bystander.pid))
    if not noted:
        leftover.file.write_text("")
    assert sweep() == [leftover.directory]
    assert bystander.poll() is None
    assert not leftover.directory.exists()
    assert not leftover.file.exists()


@pytest.mark.parametrize(("boot", "ended"), [("", True), ("another boot", False)], ids=["this-boot", "another-boot"])
def test_sweep_signals_no_process_of_another_start(leftover: Lease, boot: str, ended: bool) -> None:
    """Same pid and same arguments: what was noted before the machine was booted again says nothing of now."""
    arguments = ("/usr/bin/postgres", "-c", "import time; time.sleep(60)", "-D", str(leftover.directory / "data"))
    with subprocess.Popen(arguments, executable=sys.executable) as process:
        now, ticks = started(process.pid)
        note(leftover, process, [boot or now, ticks])
        assert sweep() == [leftover.directory]
        assert (process.poll() is not None) == ended
        process.kill()


def test_sweep_leaves_a_held_lease(private_root: Path) -> None:
    lease = open_lease(0, Identity())
    assert sweep() == []
    assert lease.directory.is_dir()
    os.close(lease.descriptor)
    assert sweep() == [lease.directory]
    assert list(private_root.iterdir()) == []
