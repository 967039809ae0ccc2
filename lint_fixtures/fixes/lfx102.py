"""Takes out a fixture of a nested conftest that repeats the outer one."""

from __future__ import annotations

from lint_fixtures.fixes.shadows import propose

__all__ = ["propose"]
