"""What one try of the fuzzer is: a small project, or files where they lie."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

OPENING = b"\n# fixture getfixturevalue dependency_overrides .add( .add_all( .merge( insert( bulk_save_objects(\n"


@dataclass(frozen=True)
class Case:
    """`files` by relative path are laid into an empty folder; without any, `checked` are paths of this machine."""

    name: str
    files: dict[str, bytes] = field(default_factory=dict)
    checked: tuple[str, ...] = ()

    def lay(self, root: Path) -> list[str]:
        """Writes the files below `root`; returns the paths to check."""
        if not self.files:
            return list(self.checked)
        (root / ".git").mkdir(parents=True)
        for name, content in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return [os.fspath(root / name) for name in self.files if name.endswith(".py")]


def opened(source: bytes) -> bytes:
    """The source with every word that a rule asks for before it reads on: so every rule runs."""
    return source + OPENING
