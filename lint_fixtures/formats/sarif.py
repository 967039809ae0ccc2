"""SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from urllib.parse import quote

from lint_fixtures.formats.fingerprint import fingerprints
from lint_fixtures.formats.found import Found, Place
from lint_fixtures.rule import Rule

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(found: Sequence[Found], color: bool) -> str:
    rules = {each.code: each.rule for each in found}
    driver = {"name": "lint-fixtures", "version": version("lint-fixtures"), "rules": _rules(rules.items())}
    results = [
        _result(each, list(rules).index(each.code), mark) for each, mark in zip(found, fingerprints(found), strict=True)
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rules(rules: Iterable[tuple[str, Rule | None]]) -> list[dict[str, object]]:
    return [{"id": code} | (_described(rule) if rule else {}) for code, rule in rules]


def _described(rule: Rule) -> dict[str, object]:
    what = " ".join(rule.why.strip().partition("\n\n")[0].split())
    help_text = f"{rule.why.strip()}\n\nHow to mend: {rule.mend.strip()}"
    return {"name": rule.name, "shortDescription": {"text": what}, "help": {"text": help_text, "markdown": help_text}}


def _result(found: Found, rule: int, fingerprint: str) -> dict[str, object]:
    location = _location(found.place, found.column)
    if found.node:
        name = f"{found.place.path}::{found.node.replace('.', '::')}"
        location |= {"logicalLocations": [{"fullyQualifiedName": name}]}
    return {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": "error",
        "message": {"text": found.message},
        "locations": [location],
        "relatedLocations": [_location(each) | {"message": {"text": "the other half"}} for each in found.related],
        "partialFingerprints": {"lintFixtures/v1": fingerprint},
    }


def _location(place: Place, column: int | None = None) -> dict[str, object]:
    region: dict[str, object] = {"startLine": place.line}
    if column:
        region["startColumn"] = column
    if place.source:
        region["snippet"] = {"text": place.source}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(place.path)}, "region": region}}
