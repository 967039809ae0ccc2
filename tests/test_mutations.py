"""The benchmark that takes a value away from real constructors and asks whether the rule sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import mutations
from benchmarks.mutations import Mutation, without

MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    pass
class Shelf(Base):
    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelf.id"))
"""
TESTS = """
from shop.models import Book
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
def test_added():
    with Session(create_engine("postgresql:///shop_test")) as session:
        session.add(Book(title="Lem", shelf_id=1))
        session.commit()
def test_not_added():
    assert Book(title="Lem", shelf_id=1).title
"""


def test_says_how_many_are_seen_and_which_are_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, source in {"shop/models.py": MODELS, "tests/test_books.py": TESTS}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(source)
    folder = tmp_path.rename(tmp_path.with_name("bookshop"))
    assert mutations.main([str(folder), "--verbose"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "bookshop                     LFX501   1 of   2",
        "    tests/test_books.py:10: shelf_id",
        "bookshop                     LFX506   1 of   2",
        "    tests/test_books.py:10: title",
    ]


@pytest.mark.parametrize(
    ("source", "left"),
    [
        pytest.param("Book(title='Lem', shelf_id=1)", f"Book({' ' * 13}shelf_id=1)", id="comma"),
        pytest.param("Book(shelf_id=1, title='Lem')", f"Book(shelf_id=1,{' ' * 12})", id="last"),
        pytest.param("Book(\n  title=('a'\n 'b'),\n)", f"Book(\n{' ' * 12}\n{' ' * 6}\n)", id="lines"),
        pytest.param("Book('é', title='ż')", f"Book('é',{' ' * 11})", id="bytes"),
    ],
)
def test_takes_the_keyword_alone(source: str, left: str) -> None:
    assert without(source.encode(), Mutation("", 1, 0, "title", "LFX506")).decode() == left
