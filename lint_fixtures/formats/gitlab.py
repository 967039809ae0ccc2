"""GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality/"""

from __future__ import annotations

import json
from collections.abc import Sequence

from lint_fixtures.formats.fingerprint import fingerprints
from lint_fixtures.formats.found import Found


def render(found: Sequence[Found], color: bool) -> str:
    reported = zip(found, fingerprints(found), strict=True)
    return json.dumps([_issue(each, mark) for each, mark in reported], indent=2, ensure_ascii=False)


def _issue(found: Found, fingerprint: str) -> dict[str, object]:
    return {
        "description": f"{found.code} {found.message}",
        "check_name": found.code,
        "fingerprint": fingerprint,
        "severity": "major",
        "location": {"path": found.place.path, "lines": {"begin": found.place.line}},
    }
