"""Workflow commands of GitHub Actions, which it shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from lint_fixtures.formats.found import Found


def render(found: Sequence[Found], color: bool) -> str:
    return "\n".join(_command(each) for each in found)


def _command(found: Found) -> str:
    title = f"{found.code} {found.rule.name}" if found.rule else found.code
    properties = {"file": found.place.path, "line": found.place.line, "col": found.column, "title": title}
    told = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::error {told}::{_data(found.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
