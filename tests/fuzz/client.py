"""The fuzzer's end of its worker: one at a time, replaced when it died or hung."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from tests.fuzz.case import Case
from tests.repositories import ROOT

HANG_SECONDS = 120.0


class Worker:
    """Judges cases; `command` is the process that does it."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "tests.fuzz.worker")) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._end()

    def judge(self, case: Case, seconds: float = HANG_SECONDS) -> list[str]:
        """What must not be, one line each; paths of the case's own files are relative."""
        with tempfile.TemporaryDirectory(prefix="lfx-fuzz-") as folder:
            root = Path(folder).resolve()
            request = {"paths": case.lay(root), "cached": bool(case.files), "deep": case.name.startswith("deep")}
            return [line.replace(f"{root}/", "") for line in self._ask(request, seconds)]

    def _ask(self, request: dict[str, object], seconds: float) -> list[str]:
        process = self._process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], seconds)
        if not ready:
            self._end()
            return [f"hang: no answer within {seconds:g} s"]
        answer = process.stdout.readline()
        if not answer:
            self._end()
            return [f"death: the process ended with {process.returncode}"]
        found: list[str] = json.loads(answer)
        return found

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
