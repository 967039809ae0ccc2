"""A client of python-lsp-server over standard input and output: as much of the protocol as an editor's save needs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

SETTINGS = {
    "pylsp": {
        "plugins": {"flake8": {"enabled": True}, "pyflakes": {"enabled": False}, "pycodestyle": {"enabled": False}}
    }
}


@dataclass
class LanguageServer:
    """One started server; every message that it sends is read in turn."""

    writer: IO[bytes]
    reader: IO[bytes]
    asked: int = field(default=0)

    def send(self, method: str, params: object, **more: object) -> None:
        content = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self.writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.writer.flush()

    def ask(self, method: str, params: object) -> Any:
        self.asked += 1
        self.send(method, params, id=self.asked)
        return next(message for message in self.messages() if message.get("id") == self.asked)["result"]

    def messages(self) -> Iterator[dict[str, Any]]:
        while header := self.reader.readline():
            length = int(header.split(b":")[1]) if header.lower().startswith(b"content-length") else 0
            while self.reader.readline().strip():
                pass  # the other headers
            yield json.loads(self.reader.read(length))

    def diagnostics(self, path: Path) -> list[dict[str, Any]]:
        """What the server publishes next for this file: LSP's Diagnostic objects, lines and characters from 0."""
        published = (message for message in self.messages() if message["method"] == "textDocument/publishDiagnostics")
        found: list[dict[str, Any]] = next(one for one in published if one["params"]["uri"] == path.as_uri())["params"][
            "diagnostics"
        ]
        return found

    def open(self, path: Path, text: str) -> list[dict[str, Any]]:
        document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": document})
        return self.diagnostics(path)

    def edit(self, path: Path, text: str) -> list[dict[str, Any]]:
        """The whole text anew, not saved."""
        changed = {"textDocument": {"uri": path.as_uri(), "version": 2}, "contentChanges": [{"text": text}]}
        self.send("textDocument/didChange", changed)
        return self.diagnostics(path)


@contextmanager
def language_server(root: Path, environment: Mapping[str, str]) -> Iterator[LanguageServer]:
    command = (sys.executable, "-m", "pylsp")
    with subprocess.Popen(command, cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        server = LanguageServer(process.stdin, process.stdout)
        try:
            server.ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
            server.send("initialized", {})
            server.send("workspace/didChangeConfiguration", {"settings": SETTINGS})
            yield server
        finally:
            process.kill()
