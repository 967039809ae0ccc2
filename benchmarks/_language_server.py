"""pytest-language-server as an editor drives it: started, given one file, and timed until it has said what it finds."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from benchmarks._measure import Case, Cost

_TIMEOUT = 120.0  # seconds


def lint_with_language_server(server: Path, case: Case) -> Cost:
    """What it takes to open the files of a case, start and scan of the project included: it keeps nothing on disk.

    Raises SystemExit when it ends, or says nothing of a file.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        (str(server),), cwd=case.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None
    assert process.stdout is not None
    watch = threading.Timer(_TIMEOUT, process.kill)
    watch.start()
    try:
        root = case.root.as_uri()
        folders = [{"uri": root, "name": case.root.name}]
        capabilities: dict[str, Any] = {"textDocument": {"publishDiagnostics": {}}}
        parameters = {"processId": os.getpid(), "rootUri": root, "workspaceFolders": folders}
        _send(process.stdin, {"id": 1, "method": "initialize", "params": {**parameters, "capabilities": capabilities}})
        _wait(process.stdout, lambda message: message.get("id") == 1)
        _send(process.stdin, {"method": "initialized", "params": {}})
        for path in case.paths:
            _open(process, case.root / path)
        wall = time.perf_counter() - start
    finally:
        watch.cancel()
        process.kill()
        _, process.returncode, usage = os.wait4(process.pid, 0)
    return Cost(usage.ru_utime, wall, float(usage.ru_maxrss))


def _open(process: subprocess.Popen[bytes], path: Path) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    uri = path.as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": path.read_text(errors="replace")}
    _send(process.stdin, {"method": "textDocument/didOpen", "params": {"textDocument": document}})
    method = "textDocument/publishDiagnostics"
    _wait(process.stdout, lambda message: message.get("method") == method and message["params"]["uri"] == uri)


def _send(stream: IO[bytes], message: dict[str, Any]) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    stream.flush()


def _wait(stream: IO[bytes], wanted: Callable[[dict[str, Any]], bool]) -> None:
    while True:
        length = 0
        while (line := stream.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        if line == b"":
            raise SystemExit("pytest-language-server said nothing of the file")
        if wanted(json.loads(stream.read(length))):
            return
