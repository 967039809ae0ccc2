"""One application and schema per run, one outer transaction per test, rolled back on the way out."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from library import create_app
from library.models import Author, db


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    app = create_app()
    with app.app_context():
        db.create_all()
        yield app
        db.engine.dispose()


@pytest.fixture
def db_session(app: Flask) -> Iterator[scoped_session[Session]]:
    engine = db.engine
    with engine.connect() as connection:
        transaction = connection.begin()
        db.engines[None] = connection  # where Flask-SQLAlchemy looks for the engine of a query
        db.session.configure(join_transaction_mode="create_savepoint")
        yield db.session
        db.session.remove()
        transaction.rollback()
    db.engines[None] = engine


@pytest.fixture
def client(app: Flask, db_session: scoped_session[Session]) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def author(db_session: scoped_session[Session]) -> Author:
    author = Author(name="Selma Lagerlöf")
    db_session.add(author)
    db_session.flush()
    return author
