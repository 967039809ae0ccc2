"""A request tree as text, Mermaid, Graphviz or JSON; SVG through the `graphviz` package and its `dot`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from lint_fixtures.graph.tree import Branch

_NO_PACKAGE = "SVG needs the extra `graph`: pip install 'lint-fixtures[graph]', or take --format mermaid"
_NO_DOT = (
    "SVG needs Graphviz' own program `dot` on PATH, which no Python package brings:"
    " install Graphviz (`apt install graphviz`, `brew install graphviz`), or take --format mermaid"
)


class CannotRender(Exception):
    """One line for the user: what is missing and how to get it."""


def as_text(branches: Iterable[Branch]) -> str:
    """The chain of requests, indented, with scope, role, place and what is overridden."""
    return "\n\n".join("\n".join([_title(branch), *_lines(branch, "")]) for branch in branches)


def _lines(branch: Branch, indent: str) -> Iterator[str]:
    for index, child in enumerate(branch.children):
        last = index == len(branch.children) - 1
        yield f"{indent}{'└── ' if last else '├── '}{_title(child)}"
        yield from _lines(child, f"{indent}{'    ' if last else '│   '}")


def _title(branch: Branch) -> str:
    if branch.kind == "test":
        return f"{branch.name}  ({branch.where})"
    return "  ".join((branch.name, *_details(branch)))


def _details(branch: Branch) -> list[str]:
    notes = {"parameter": "by parametrize", "missing": "builtin, of a plugin, or missing", "circle": "requested again"}
    scope = (branch.scope or "unknown scope") if branch.kind == "fixture" else notes.get(branch.kind, "")
    role = "" if branch.role == "other" else branch.role
    words = [scope, role, "autouse" if branch.autouse else ""]
    told = [f"[{', '.join(word for word in words if word)}]", branch.where]
    told += [f"overrides {' and '.join(branch.overrides)}"] if branch.overrides else []
    return [word for word in told if word]


def as_json(branches: Iterable[Branch]) -> str:
    """A list of nodes: name, kind, where, scope, role, autouse, overrides, children."""
    return json.dumps([_plain(branch) for branch in branches], indent=2)


def _plain(branch: Branch) -> dict[str, object]:
    fields: dict[str, object] = {name: getattr(branch, name) for name in branch.__match_args__}
    return fields | {"overrides": list(branch.overrides), "children": [_plain(child) for child in branch.children]}


def as_mermaid(branches: Iterable[Branch]) -> str:
    """A flowchart; arrows go from what is requested to who requests it."""
    nodes, edges = _network(branches)
    lines = [f'    {key}["{escaped(_caption(branch, "<br/>"))}"]' for key, branch in nodes.items()]
    return "\n".join(["flowchart LR", *lines, *(f"    {start} --> {end}" for start, end in edges)])


def as_dot(branches: Iterable[Branch]) -> str:
    nodes, edges = _network(branches)
    lines = [f'  {key} [label="{quoted(_caption(branch, chr(10)))}"];' for key, branch in nodes.items()]
    arrows = [f"  {start} -> {end};" for start, end in edges]
    return "\n".join(["digraph fixtures {", "  rankdir=LR;", "  node [shape=box];", *lines, *arrows, "}"])


def as_svg(branches: Iterable[Branch]) -> str:
    """Raises CannotRender when the `graphviz` package or the program `dot` is missing."""
    return drawn(as_dot(branches))


def drawn(dot: str) -> str:
    """SVG of a Graphviz graph. Raises CannotRender when the `graphviz` package or the program `dot` is missing."""
    try:
        import graphviz
    except ImportError:
        raise CannotRender(_NO_PACKAGE) from None
    try:
        picture: str = graphviz.Source(dot).pipe(format="svg", encoding="utf-8")
    except (graphviz.ExecutableNotFound, OSError):
        raise CannotRender(_NO_DOT) from None
    return picture


def _network(branches: Iterable[Branch]) -> tuple[dict[str, Branch], list[tuple[str, str]]]:
    """Each definition once, and the requests between them."""
    nodes: dict[str, Branch] = {}
    keys: dict[tuple[str, str, str], str] = {}
    edges: dict[tuple[str, str], None] = {}

    def enter(branch: Branch) -> str:
        identity = (branch.name, "fixture" if branch.kind == "circle" else branch.kind, branch.where)
        known = identity in keys
        key = keys.setdefault(identity, f"n{len(keys)}")
        if not known or nodes[key].kind == "circle":
            nodes[key] = branch
        for child in branch.children:
            edges[enter(child), key] = None
        return key

    for branch in branches:
        enter(branch)
    return nodes, list(edges)


def _caption(branch: Branch, newline: str) -> str:
    details = [branch.where] if branch.kind == "test" else _details(branch)
    return newline.join((branch.name, *details))


def escaped(text: str) -> str:
    """For a label of Mermaid in quotes."""
    return text.replace('"', "#quot;").replace("[", "#91;").replace("]", "#93;")


def quoted(text: str) -> str:
    """For a label of Graphviz in quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


FORMATS: dict[str, Callable[[Iterable[Branch]], str]] = {
    "text": as_text,
    "mermaid": as_mermaid,
    "dot": as_dot,
    "svg": as_svg,
    "json": as_json,
}
