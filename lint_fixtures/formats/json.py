"""A list of objects: path, line, column, code, name, message, node, source, and the other half as ``related``."""

from __future__ import annotations

import json
from collections.abc import Sequence

from lint_fixtures.formats.found import Found


def render(found: Sequence[Found], color: bool) -> str:
    return json.dumps([_plain(each) for each in found], indent=2, ensure_ascii=False)


def _plain(found: Found) -> dict[str, object]:
    return {
        "path": found.place.path,
        "line": found.place.line,
        "column": found.column,
        "code": found.code,
        "name": found.rule.name if found.rule else None,
        "message": found.message,
        "node": found.node,
        "source": found.place.source,
        "related": [{"path": each.path, "line": each.line, "source": each.source} for each in found.related],
    }
