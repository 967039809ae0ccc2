"""Relationships: the class at the other end, the keys they fill, and the name they have there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint_fixtures.body import Call, Const, Expr, Name, Seq
from lint_fixtures.index.alchemy import Alchemy, Made, Place, unwrapped
from lint_fixtures.index.annotations import Annotations
from lint_fixtures.index.columns import Attribute
from lint_fixtures.index.model_facts import Relationship

NAMES = frozenset(("relationship", "relation", "dynamic_loader", "Relationship"))
_IDENTIFIERS = r"[A-Za-z_][\w.]*"


class Relationships:
    def __init__(self, alchemy: Alchemy, annotations: Annotations) -> None:
        self.alchemy = alchemy
        self.annotations = annotations

    def read(self, attribute: Attribute, made: Made | None) -> Relationship:
        """Of ``relationship(...)``, of SQLModel's ``Relationship(...)``, or of a bare ``Mapped[list["Child"]]``."""
        kind, inside = self.annotations.mapped(attribute.place, attribute.annotation)
        named, many = self.annotations.named_class(attribute.place, inside)
        if kind in ("DynamicMapped", "WriteOnlyMapped"):
            many = True
        if made is None:
            return Relationship(attribute.name, named, None, None, None, many, True, attribute.line)
        call, place = made.call, made.place
        first = call.args[0] if call.args and made.name != "Relationship" else call.keyword("argument")
        explicit = self.alchemy.flag(place, call.keyword("uselist"))
        return Relationship(
            attribute=attribute.name,
            target=self._class_name(place, first) or named,
            foreign_keys=self._keys(place, call.keyword("foreign_keys")),
            back_populates=self._text(place, call.keyword("back_populates")),
            backref=self._backref(place, call.keyword("backref")),
            uselist=explicit if explicit is not None else many,
            fills_key=self._fills(place, call),
            line=attribute.line,
        )

    def _fills(self, place: Place, call: Call) -> bool:
        through = [call.keyword("secondary"), call.keyword("link_model")]
        return not any(through) and self.alchemy.flag(place, call.keyword("viewonly")) is not True

    def _class_name(self, place: Place, expr: Expr | None) -> str | None:
        inner = unwrapped(expr) if expr is not None else None
        if isinstance(inner, Name):
            constant = self.alchemy.constant(place, inner)
            text = constant.value if constant else inner.dotted
        else:
            text = inner.value if isinstance(inner, Const) else None
        return text.rpartition(".")[2] if isinstance(text, str) else None

    def _keys(self, place: Place, expr: Expr | None) -> tuple[str, ...] | None:
        if expr is None:
            return None
        found = list(_attribute_names(unwrapped(expr)))
        return tuple(found) or None

    def _text(self, place: Place, expr: Expr | None) -> str | None:
        constant = self.alchemy.constant(place, expr)
        return constant.value if constant and isinstance(constant.value, str) else None

    def _backref(self, place: Place, expr: Expr | None) -> str | None:
        """``backref="name"`` or ``backref=backref("name", ...)``."""
        if isinstance(expr, Call):
            return self._text(place, expr.args[0]) if expr.args else None
        return self._text(place, expr)


def _attribute_names(expr: Expr) -> Iterator[str]:
    match expr:
        case Name(dotted=dotted):
            yield dotted.rpartition(".")[2]
        case Const(value=str(text)):
            yield from (name.rpartition(".")[2] for name in re.findall(_IDENTIFIERS, text))
        case Seq(items=items):
            for item in items:
                yield from _attribute_names(item)
