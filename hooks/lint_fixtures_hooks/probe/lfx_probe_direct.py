"""The cheap question asked by this process itself, on a connection that the sidecar opened and handed over.

Between two processes that wait for each other an answer costs more than the server takes to give it. What the sidecar
found nothing in is nothing the next time either, so only another answer is worth its look.
"""

from __future__ import annotations

import os
import socket
import struct

HEADER = struct.Struct("!cI")  # of a message of PostgreSQL's protocol: type, length without the type
LARGEST = 1 << 20  # bytes of an answer


class Direct:
    """Speaks PostgreSQL's protocol, version 3, after its start-up, as far as two statements need it."""

    def __init__(self, descriptor: int, statements: dict[str, str]) -> None:
        os.set_inheritable(descriptor, False)
        self.socket = socket.socket(fileno=descriptor)
        self.socket.setblocking(True)
        self.answers = self.socket.makefile("rb")
        self.statements = {name: _query(statement) for name, statement in statements.items()}

    def row(self, name: str) -> list[str | None] | None:
        """The columns of the one row, as text; None when the server does not answer as usual."""
        found: list[str | None] | None = None
        try:
            self.socket.sendall(self.statements[name])
            while True:
                kind, body = self._message()
                if kind == b"D":
                    found = _columns(body)
                elif kind in (b"E", b""):
                    return None
                elif kind == b"Z":
                    return found
        except (OSError, struct.error):
            return None

    def _message(self) -> tuple[bytes, bytes]:
        header = self.answers.read(HEADER.size)
        if len(header) < HEADER.size:
            return b"", b""
        kind, length = HEADER.unpack(header)
        if length > LARGEST:
            return b"", b""
        return kind, self.answers.read(length - 4)


def _query(statement: str) -> bytes:
    text = statement.encode() + b"\0"
    return HEADER.pack(b"Q", len(text) + 4) + text


def _columns(body: bytes) -> list[str | None]:
    found: list[str | None] = []
    (count,), place = struct.unpack_from("!H", body), 2
    for _ in range(count):
        (length,) = struct.unpack_from("!i", body, place)
        place += 4
        found.append(None if length < 0 else body[place : place + length].decode())
        place += max(length, 0)
    return found
