"""Rows that are handed to a function of the project which saves them."""

from __future__ import annotations

import pytest

from tests.rules.marked import marked, reported

CODE = "LFX501"
PROJECT = """
# file: shop/models.py
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
# file: shop/books.py
import functools
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
maker = sessionmaker(create_engine("postgresql:///shop_test"))
def in_session(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        with maker.begin() as session:
            kwargs["session"] = session
            return func(*args, **kwargs)
    return wrapper
def on_first_shelf(func):
    def wrapper(*args, **kwargs):
        args[1].shelf_id = 1
        return func(*args, **kwargs)
    return wrapper
class Books:
    @in_session
    def create_book(self, book, session: Session = None):
        \"\"\"Saves it.\"\"\"
        book = session.merge(book)
        session.flush()
        return book
    @in_session
    def create_books(self, books, session: Session = None):
        session.add_all(books)
        session.flush()
    @in_session
    @on_first_shelf
    def create_on_first_shelf(self, book, session: Session = None):
        return session.merge(book)
    @in_session
    def create_on_shelf(self, book, session: Session = None):
        session.add(book)
        book.shelf_id = 1
        session.flush()
    @in_session
    def create_checked(self, book, session: Session = None):
        check(book)
        session.add(book)
        session.flush()
def create(book, session: Session):
    session.add(book)
    session.commit()
books = Books()
# file: tests/test_books.py
import pytest
from shop.books import Books, books, maker, create
from shop.models import Book
"""
BAD = {
    "handler": """
@pytest.fixture
def book():
    book = Book(title="Lem")  # LFX501
    book = books.create_book(book)
    return book
""",
    "at-the-call": """
def test_book():
    assert books.create_book(Book(title="Lem"))  # LFX501
""",
    "several": """
def test_books():
    books.create_books([Book(title="Lem"), Book(title="Tokarczuk", shelf_id=1)])  # LFX501
""",
    "own-handler": """
def test_book():
    own = Books()
    assert own.create_book(Book(title="Lem"))  # LFX501
""",
    "function": """
def test_book():
    with maker() as session:
        create(Book(title="Lem"), session)  # LFX501
""",
    "filled-too-late": """
def test_book():
    book = Book(title="Lem")  # LFX501
    books.create_book(book)
    book.shelf_id = 1
""",
}
GOOD = {
    "given": "books.create_book(Book(title='Lem', shelf_id=1))",
    "filled-before": "book = Book(title='Lem')\n    book.shelf_id = 1\n    books.create_book(book)",
    "passed-before": "book = Book(title='Lem')\n    place(book)\n    books.create_book(book)",
    "decorator-that-fills": "books.create_on_first_shelf(Book(title='Lem'))",
    "filled-by-the-handler": "books.create_on_shelf(Book(title='Lem'))",
    "looked-at-by-the-handler": "books.create_checked(Book(title='Lem'))",
    "unknown-handler": "from elsewhere import shelves\n    shelves.create_book(Book(title='Lem'))",
    "refused": "with pytest.raises(IntegrityError):\n        books.create_book(Book(title='Lem'))",
}


@pytest.mark.parametrize("source", BAD.values(), ids=BAD)
def test_reports_rows_that_are_saved_without_their_parent(source: str) -> None:
    source = PROJECT + source
    assert reported(source, CODE) == marked(source) != set()


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD)
def test_stays_silent(body: str) -> None:
    assert (
        reported(f"{PROJECT}from sqlalchemy.exc import IntegrityError\ndef test_book():\n    {body}\n", CODE) == set()
    )
