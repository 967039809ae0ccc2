"""Takes out a fixture that repeats the shared one."""

from __future__ import annotations

from lint_fixtures.fixes.repair import Repair
from lint_fixtures.fixes.shadows import propose

REPAIR = Repair("LFX101", "removed the fixture: it says what the shared one says", True, propose)
