"""The application: `flask --app library run`."""

import os

from flask import Flask, abort, request

from library.models import Author, Book, db


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.getenv("DATABASE_URL", "postgresql+psycopg://localhost/library")
    db.init_app(app)
    app.post("/books")(create_book)
    return app


def create_book() -> tuple[dict[str, int], int]:
    new = request.get_json()
    author = db.session.get(Author, new["author_id"]) or abort(404)
    book = Book(author=author, title=new["title"])
    db.session.add(book)
    db.session.commit()
    return {"id": book.id}, 201
