"""Takes out a fixture of a nested conftest that repeats the outer one."""

from __future__ import annotations

from lint_fixtures.fixes.repair import Repair
from lint_fixtures.fixes.shadows import propose

REPAIR = Repair("LFX102", "removed the fixture: it says what the outer one says", True, propose)
