"""The tables of a project as text, Mermaid, Graphviz, SVG or JSON; arrows go from parent to child, as rows do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from lint_fixtures.graph.models import NULLABLE, UNKNOWN, Key, ModelGraph, Table
from lint_fixtures.graph.render import drawn, escaped, quoted

_LIGHT = "gray60"


def as_text(graph: ModelGraph) -> str:
    """Each table with its keys, then the order to insert in, then what cannot be ordered or told."""
    blocks = ["\n".join(_of_table(table)) for table in graph.tables]
    blocks.append("\n".join(["insertion order:", *(f"  {name}" for name in graph.order)]))
    blocks += [f"circle: {_loop(circle)}: no order satisfies its keys" for circle in graph.circles]
    blocks += [f"table unknown: {name}  {where}" for name, where in graph.nameless]
    return "\n\n".join(blocks)


def _of_table(table: Table) -> Iterator[str]:
    yield "  ".join((table.name, *(f"{name}  {where}" for name, where in table.classes)))
    for index, key in enumerate(table.keys):
        branch = "└──" if index == len(table.keys) - 1 else "├──"
        yield f"{branch} {'  '.join((f'{key.column} -> {_target(key)}', f'[{_words(key)}]', *_filled(key)))}"


def _words(key: Key) -> str:
    return f"{key.kind}, ON DELETE {key.on_delete}" if key.on_delete else key.kind


def _filled(key: Key) -> tuple[str, ...]:
    return (f"also by {', '.join(key.filled_by)}",) if key.filled_by else ()


def _target(key: Key) -> str:
    return f"{key.table or '?'}.{key.target or '?'}"


def _loop(circle: tuple[str, ...]) -> str:
    return " -> ".join((*circle, circle[0]))


def as_json(graph: ModelGraph) -> str:
    """Tables with classes and keys, ``insertion_order``, ``circles`` and the models whose table is unknown."""
    tables = [
        {"name": table.name, "classes": _places(table.classes), "keys": [_plain(key) for key in table.keys]}
        for table in graph.tables
    ]
    told = {"tables": tables, "insertion_order": graph.order, "circles": graph.circles}
    return json.dumps(told | {"table_unknown": _places(graph.nameless)}, indent=2)


def _places(classes: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "where": where} for name, where in classes]


def _plain(key: Key) -> dict[str, object]:
    fields: dict[str, object] = {name: getattr(key, name) for name in key.__match_args__}
    return fields | {"filled_by": list(key.filled_by)}


def as_mermaid(graph: ModelGraph) -> str:
    """A flowchart; a key that may be NULL is a dotted arrow."""
    nodes = _nodes(graph)
    lines = [f'    {key}["{escaped(name)}"]' for name, key in nodes.items()]
    for parent, child, key in _edges(graph):
        arrow = "-.->" if _is_light(key) else "-->"
        lines.append(f'    {nodes[parent]} {arrow}|"{escaped(key.column)}"| {nodes[child]}')
    return "\n".join(["flowchart LR", *lines])


def as_dot(graph: ModelGraph) -> str:
    """A key that may be NULL is dashed and gray."""
    nodes = _nodes(graph)
    lines = [f'  {key} [label="{quoted(name)}"];' for name, key in nodes.items()]
    for parent, child, key in _edges(graph):
        light = f", style=dashed, color={_LIGHT}, fontcolor={_LIGHT}" if _is_light(key) else ""
        lines.append(f'  {nodes[parent]} -> {nodes[child]} [label="{quoted(key.column)}"{light}];')
    return "\n".join(["digraph models {", "  rankdir=LR;", "  node [shape=box];", *lines, "}"])


def as_svg(graph: ModelGraph) -> str:
    """Raises CannotRender when the `graphviz` package or the program `dot` is missing."""
    return drawn(as_dot(graph))


def _nodes(graph: ModelGraph) -> dict[str, str]:
    """A node for each table, those that are only referred to included."""
    names = (*graph.order, *(parent for parent, _, _ in _edges(graph)))
    return {name: f"t{index}" for index, name in enumerate(dict.fromkeys(names))}


def _edges(graph: ModelGraph) -> Iterator[tuple[str, str, Key]]:
    for table in graph.tables:
        for key in table.keys:
            yield key.table or "?", table.name, key


def _is_light(key: Key) -> bool:
    return key.kind in (NULLABLE, UNKNOWN)


FORMATS: dict[str, Callable[[ModelGraph], str]] = {
    "text": as_text,
    "mermaid": as_mermaid,
    "dot": as_dot,
    "svg": as_svg,
    "json": as_json,
}
