"""What literal INSERT statements give, by column. The only user of sqlglot, which the extra `sql` installs."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import errors, exp, parse

from lint_fixtures.body import Const, Expr
from lint_fixtures.index.payloads import ELSEWHERE


def inserts(statement: str) -> Iterator[tuple[str, dict[str, Expr | str]]]:
    """Table and values of each row; a parameter is given by its name. Nothing for what sqlglot cannot parse."""
    try:
        trees = parse(statement, read="postgres")
    except errors.SqlglotError:
        return
    for insert in (found for tree in trees if tree is not None for found in tree.find_all(exp.Insert)):
        schema = insert.this
        if isinstance(schema, exp.Schema) and isinstance(schema.this, exp.Table):
            names = [_folded(each) for each in schema.expressions]
            for row in _rows(insert, len(names)):
                yield _table(schema.this), dict(zip(names, row, strict=False))


def _rows(insert: exp.Insert, width: int) -> list[list[Expr | str]]:
    values = insert.expression
    if isinstance(values, exp.Values):
        return [[_value(each) for each in row.expressions] for row in values.expressions]
    return [[ELSEWHERE] * width]


def _table(table: exp.Table) -> str:
    return ".".join(_folded(part) for part in (table.args.get("db"), table.this) if part is not None)


def _folded(identifier: exp.Expression) -> str:
    """PostgreSQL reads a name without quotes in lower case."""
    return identifier.name if identifier.args.get("quoted") else identifier.name.lower()


def _value(expr: exp.Expression) -> Expr | str:
    while isinstance(expr, (exp.Cast, exp.Paren)):
        expr = expr.this
    match expr:
        case exp.Placeholder():
            return expr.name
        case exp.Null():
            return Const(None)
        case exp.Literal(is_string=True):
            return Const(expr.name)
        case exp.Literal():
            return Const(int(expr.name)) if expr.name.isdigit() else ELSEWHERE
    return ELSEWHERE
