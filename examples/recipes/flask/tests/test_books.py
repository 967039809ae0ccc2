from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from library.models import Author, Book


def test_book_is_created(client: FlaskClient, db_session: scoped_session[Session], author: Author) -> None:
    response = client.post("/books", json={"author_id": author.id, "title": "Jerusalem"})
    assert response.status_code == 201
    assert db_session.get_one(Book, response.get_json()["id"]).author.name == "Selma Lagerlöf"


def test_unknown_author_is_refused(client: FlaskClient) -> None:
    response = client.post("/books", json={"author_id": 0, "title": "Jerusalem"})
    assert response.status_code == 404


def test_no_books_at_first(db_session: scoped_session[Session]) -> None:
    assert db_session.scalars(select(Book)).all() == []
