"""One more import, where isort and ruff would put it; and imports that nothing needs any more."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import libcst as cst

from lint_fixtures.fixes.parameters import appended, names_of
from lint_fixtures.fixes.walking import dotted, nodes

IsOurs: TypeAlias = Callable[[str], bool]  # whether a dotted module is the project's own
_Import: TypeAlias = "cst.Import | cst.ImportFrom"
_Statement: TypeAlias = "cst.SimpleStatementLine | cst.BaseCompoundStatement"
_Key: TypeAlias = tuple[int, bool, str]
_FUTURE, _STANDARD, _OTHERS, _OURS, _RELATIVE = range(5)
_BLANK = cst.EmptyLine(indent=False)


def importing(module: cst.Module, dotted_name: str, name: str | None, is_ours: IsOurs) -> cst.Module:
    """``from dotted_name import name``, or ``import dotted_name``; nothing where it is imported already."""
    for at, line, statement in _imports(module):
        if name is None and isinstance(statement, cst.Import) and dotted_name in map(_bound, _aliases(statement)):
            return module
        if name is not None and isinstance(statement, cst.ImportFrom) and _key(statement, is_ours)[2] == dotted_name:
            return _replaced(module, at, line.with_changes(body=[_with_name(statement, name)]))
    new = cst.parse_statement(f"import {dotted_name}" if name is None else f"from {dotted_name} import {name}")
    assert isinstance(new, cst.SimpleStatementLine)
    key = (_section(dotted_name, is_ours), name is not None, dotted_name)
    known = [(at, _key(statement, is_ours)) for at, _, statement in _imports(module)]
    same = [at for at, other in known if other[0] == key[0]]
    if same:
        smaller = [at for at, other in known if other[0] == key[0] and other < key]
        return _joined(module, new, smaller[-1] + 1) if smaller else _in_front(module, new, same[0])
    earlier = [at for at, other in known if other < key]
    first = known[0][0] if known else int(module.get_docstring() is not None)
    return _as_section(module, new, earlier[-1] + 1 if earlier else first)


def without_unused(module: cst.Module, gone: cst.FunctionDef) -> cst.Module:
    """Without the imports that only ``gone`` needed, which is no part of the module any more."""
    found = {each.value for each in nodes(gone, cst.Name)} - set(names_of(gone.params))
    imports = list(_imports(module))
    others = [each for each in module.body if all(each is not line for _, line, _ in imports)]
    used = set(re.findall(r"\w+", module.with_changes(body=others).code))  # in strings, too: annotations, __all__
    for at, line, statement in reversed(imports):
        aliases = _aliases(statement)
        kept = [each for each in aliases if _bound(each) not in found or _bound(each) in used]
        if aliases and not kept and not any(each.comment for each in line.leading_lines):
            module = _removed(module, at)
        elif kept and len(kept) < len(aliases):
            kept[-1] = kept[-1].with_changes(comma=aliases[-1].comma)
            module = _replaced(module, at, line.with_changes(body=[statement.with_changes(names=kept)]))
    return module


def _imports(module: cst.Module) -> Iterator[tuple[int, cst.SimpleStatementLine, _Import]]:
    """Those at the top, each with its place in the body."""
    for at, line in enumerate(module.body):
        if isinstance(line, (cst.FunctionDef, cst.ClassDef)):
            return
        if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
            statement = line.body[0]
            if isinstance(statement, (cst.Import, cst.ImportFrom)):
                yield at, line, statement


def _aliases(statement: _Import) -> list[cst.ImportAlias]:
    return [] if isinstance(statement.names, cst.ImportStar) else list(statement.names)


def _bound(alias: cst.ImportAlias) -> str:
    return alias.evaluated_alias or alias.evaluated_name


def _key(statement: _Import, is_ours: IsOurs) -> _Key:
    """In the order of isort: by section, plain imports first, by name."""
    if isinstance(statement, cst.Import):
        name = _aliases(statement)[0].evaluated_name
        return _section(name, is_ours), False, name
    name = "." * len(statement.relative) + (dotted(statement.module) if statement.module else "")
    return _section(name, is_ours), True, name


def _section(name: str, is_ours: IsOurs) -> int:
    if name.startswith("."):
        return _RELATIVE
    head = name.partition(".")[0]
    if head == "__future__":
        return _FUTURE
    return _STANDARD if head in sys.stdlib_module_names else _OURS if is_ours(name) else _OTHERS


def _with_name(statement: cst.ImportFrom, name: str) -> cst.ImportFrom:
    aliases = _aliases(statement)
    if not aliases or any(_bound(each) == name for each in aliases):
        return statement
    added = cst.ImportAlias(cst.Name(name))
    at = next((index for index, each in enumerate(aliases) if each.evaluated_name.lower() > name.lower()), None)
    if at is None:
        before = statement.lpar.whitespace_after if statement.lpar else cst.SimpleWhitespace("")
        return statement.with_changes(names=appended(aliases, added, before))
    comma = aliases[0].comma if len(aliases) > 1 else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return statement.with_changes(names=[*aliases[:at], added.with_changes(comma=comma), *aliases[at:]])


def _replaced(module: cst.Module, at: int, line: _Statement) -> cst.Module:
    return module.with_changes(body=[*module.body[:at], line, *module.body[at + 1 :]])


def _joined(module: cst.Module, new: cst.SimpleStatementLine, at: int) -> cst.Module:
    return module.with_changes(body=[*module.body[:at], new, *module.body[at:]])


def _in_front(module: cst.Module, new: cst.SimpleStatementLine, at: int) -> cst.Module:
    """First in the section of the import that stands there: the blank lines above are the section's."""
    blank, rest = _split(_leading(module.body[at]))
    old = module.body[at].with_changes(leading_lines=rest)
    return _joined(_replaced(module, at, old), new.with_changes(leading_lines=blank), at)


def _as_section(module: cst.Module, new: cst.SimpleStatementLine, at: int) -> cst.Module:
    if at < len(module.body):
        blank, rest = _split(_leading(module.body[at]))
        module = _replaced(module, at, module.body[at].with_changes(leading_lines=[*(blank or [_BLANK]), *rest]))
    return _joined(module, new.with_changes(leading_lines=[_BLANK] if at else []), at)


def _removed(module: cst.Module, at: int) -> cst.Module:
    """Its blank lines stay, before what follows; none at the top of a file."""
    body = [*module.body[:at], *module.body[at + 1 :]]
    if at < len(body):
        blank, rest = _split(_leading(body[at]))
        above = _leading(module.body[at])
        kept = max(above, blank, key=len) if at else []
        body[at] = body[at].with_changes(leading_lines=[*kept, *rest])
    return module.with_changes(body=body)


def _leading(statement: _Statement) -> Sequence[cst.EmptyLine]:
    return statement.leading_lines if isinstance(statement, _WITH_LINES) else ()


_WITH_LINES = (cst.SimpleStatementLine, cst.BaseCompoundStatement)


def _split(lines: Sequence[cst.EmptyLine]) -> tuple[list[cst.EmptyLine], list[cst.EmptyLine]]:
    """The blank lines at the beginning, and the rest."""
    count = next((index for index, each in enumerate(lines) if each.comment is not None), len(lines))
    return list(lines[:count]), list(lines[count:])
