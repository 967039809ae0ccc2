"""One engine per process, made when a request first needs it, and one session per request."""

import os
from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import Engine
from sqlmodel import Session, create_engine


def database_url() -> str:
    return os.getenv("DATABASE_URL", "postgresql+psycopg://localhost/zoo")


@lru_cache(maxsize=1)
def get_engine() -> Engine:
    return create_engine(database_url())


def get_session() -> Iterator[Session]:
    with Session(get_engine()) as session:
        yield session
