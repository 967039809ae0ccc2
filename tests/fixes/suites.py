"""Suites to repair, and what a repair makes of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lint_fixtures.facts import Violation
from lint_fixtures.fixes.run import repair
from lint_fixtures.settings import Settings

OFF = Settings(cache_dir="off")

SESSION = """\
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture(scope="session")
def engine():
    return create_engine("postgresql:///shop_test")
"""

SHARED = f"""\
{SESSION}

@pytest.fixture
def db_session(engine):
    with Session(engine) as session:
        yield session
        session.rollback()
"""

SHADOW = f"""\
import pytest
from sqlalchemy.orm import Session


{SHARED.split(chr(10) * 3)[-1]}"""

APP = """\
from fastapi import FastAPI

app = FastAPI()


def get_db():
    raise NotImplementedError
"""

MODELS = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Organization(Base):
    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    organization: Mapped[Organization] = relationship()
"""

PARENT = """\


@pytest.fixture
def organization(db_session):
    organization = Organization()
    db_session.add(organization)
    db_session.flush()
    return organization
"""


def every(violations: Sequence[Violation], lines: list[str]) -> list[Violation]:
    return list(violations)


def repaired(folder: Path, files: dict[str, str], path: str, unsafe: bool = False) -> str:
    """The text of one file after its repair; a second repair changes nothing."""
    for name, text in {"pytest.ini": "[pytest]\n", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    target = folder / path
    once = repair(str(target), target.read_bytes(), OFF, every, unsafe)
    target.write_bytes(once.content)
    assert repair(str(target), once.content, OFF, every, unsafe).done == ()
    return once.content.decode()


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]
