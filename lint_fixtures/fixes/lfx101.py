"""Takes out a fixture that repeats the shared one."""

from __future__ import annotations

from lint_fixtures.fixes.shadows import propose

__all__ = ["propose"]
