"""JUnit's XML: a failed case for each violation, or one that passed, since an empty report looks like a broken run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from lint_fixtures.formats.found import Found

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(found: Sequence[Found], color: bool) -> str:
    numbers = {"tests": str(max(len(found), 1)), "failures": str(len(found)), "errors": "0"}
    suites = ElementTree.Element("testsuites", numbers)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "lint-fixtures", **numbers})
    for each in found:
        _add_case(suite, each)
    if not found:
        ElementTree.SubElement(suite, "testcase", {"classname": "lint-fixtures", "name": "no violations"})
    ElementTree.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}'


def _add_case(suite: ElementTree.Element, found: Found) -> None:
    place = found.place
    name = f"{found.code} {found.node}".rstrip()
    attributes = {"classname": place.path, "name": f"{name} at line {place.line}", "file": place.path}
    case = ElementTree.SubElement(suite, "testcase", attributes | {"line": str(place.line)})
    message = _ILLEGAL.sub("?", found.message)
    failure = ElementTree.SubElement(case, "failure", {"type": found.code, "message": message})
    lines = (f"{each.path}:{each.line}: {each.source}" for each in (place, *found.related))
    failure.text = _ILLEGAL.sub("?", "\n".join(lines))
