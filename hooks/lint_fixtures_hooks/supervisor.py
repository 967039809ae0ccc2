"""Keeps a run's child and directory only as long as the run's client lives, however that client ends.

Run by path with `python -I -S`, so it needs the standard library alone and starts in some 20 ms. The client holds the
other end of standard input; when that closes (also by kill -9) the child gets SIGQUIT and the directory goes. Commands
are JSON, one per line: {"run": argv, "env", "user", "group"}, {"signal": number}, {"finally": argv}. Answers likewise:
{"pid"} or {"error"} for a run, later {"exit": code}.
"""

import contextlib
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

LAST_COMMAND = "finally.json"
KEPT = "kept.json"  # while this file is in the directory, its server outlives the client
FAMILY_SECONDS = 10
KEPT_SECONDS = 0.5


class Supervisor:
    """At most one child at a time, and perhaps a command to run at the end."""

    def __init__(self, directory: Path, lease: Path, answers: TextIO) -> None:
        self.directory = directory
        self.lease = lease
        self.answers = answers
        self.child: subprocess.Popen[bytes] | None = None
        self.last_command: list[str] | None = None
        self.family: int | None = None  # a pipe that ends when the last descendant of the child has closed it

    def serve(self, commands: TextIO) -> None:
        for line in commands:
            command: dict[str, Any] = json.loads(line)
            if "run" in command:
                self.run(command)
            elif "signal" in command and self.child is not None:
                self.child.send_signal(command["signal"])
            elif "finally" in command:
                self.last_command = command["finally"]
                # on disk too: the next run's sweep needs it if even this process is killed
                (self.directory / LAST_COMMAND).write_text(json.dumps(self.last_command))

    def run(self, command: dict[str, Any]) -> None:
        if self.family is not None:
            os.close(self.family)
        self.family, held_by_family = os.pipe()
        as_user = {} if command["user"] is None else {"user": command["user"], "group": command["group"]}
        self.note("")
        try:
            # through no link: the directory is the server's account's
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
            with os.fdopen(os.open(self.directory / "server.log", flags, 0o600), "ab") as log:
                self.child = subprocess.Popen(
                    command["run"],
                    cwd=self.directory,
                    env=command["env"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    umask=0o077,
                    pass_fds=(held_by_family,),
                    extra_groups=[] if as_user else None,
                    **as_user,
                )
        except OSError as error:
            self.answer({"error": f"{error.strerror}: {error.filename}"})
            return
        finally:
            os.close(held_by_family)
        self.note(json.dumps({"pid": self.child.pid, "started": started(self.child.pid)}))
        self.answer({"pid": self.child.pid})
        threading.Thread(target=self.report_exit, args=(self.child,), daemon=True).start()

    def note(self, text: str) -> None:
        """For the next run's sweep, in a file that the child's account cannot change; a full disk loses it only."""
        with contextlib.suppress(OSError):
            self.lease.write_text(text)

    def report_exit(self, child: subprocess.Popen[bytes]) -> None:
        self.answer({"exit": child.wait()})

    def answer(self, message: dict[str, Any]) -> None:
        # the client may be gone already; its directory must still be removed
        with contextlib.suppress(OSError):
            self.answers.write(json.dumps(message) + "\n")
            self.answers.flush()

    def stay(self) -> None:
        while (self.directory / KEPT).exists() and (self.child is None or self.child.poll() is None):
            time.sleep(KEPT_SECONDS)

    def end(self) -> None:
        if self.child is not None and self.child.poll() is None:
            # never SIGKILL: it leaks the postmaster's shared memory; after SIGQUIT postgres kills its own stragglers
            self.child.send_signal(signal.SIGQUIT)
            self.child.wait()
        if self.family is not None:
            # initdb leaves a backend that would abort, and leak shared memory, if its files went while it works
            select.select([self.family], [], [], FAMILY_SECONDS)
        release_shared_memory(self.directory)
        if self.last_command is not None:
            run_quietly(self.last_command)


def started(pid: int) -> list[str]:
    """Which boot of the machine, and the ticks from there: setting the clock changes neither. Empty without /proc."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        behind_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return [boot.strip(), behind_name[19]]
    except (OSError, IndexError):
        return []


def release_shared_memory(directory: Path) -> None:
    """A killed postmaster leaves its System V segment, of which macOS has 32; only then is its pid file there."""
    try:
        _, identifier = (directory / "data" / "postmaster.pid").read_text().splitlines()[6].split()
    except (OSError, ValueError, IndexError):
        return
    run_quietly(["ipcrm", "-m", identifier])


def run_quietly(command: list[str]) -> None:
    """For clean-up, whose failure nobody is left to read."""
    with contextlib.suppress(OSError):
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def remove(directory: Path) -> bool:
    """True when nothing is left; a dying child of initdb may still write for a moment, so insist for 5 s."""
    for _ in range(100):
        shutil.rmtree(directory, ignore_errors=True)
        if not directory.exists():
            return True
        time.sleep(0.05)
    return False


def main(directory: Path, lease: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # a handler, not SIG_IGN: that one the child would inherit
        signal.signal(number, lambda *_: None)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    supervisor = Supervisor(directory, lease, sys.stdout)
    try:
        supervisor.serve(sys.stdin)
        supervisor.stay()
    finally:
        supervisor.end()
        if remove(directory):
            lease.unlink(missing_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
