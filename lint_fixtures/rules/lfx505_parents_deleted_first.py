"""A cleanup that empties a parent table, and only later the child table that refers to it.

While a child row is there, the database keeps its parent: the first statement fails with "violates foreign key
constraint", the rest of the cleanup does not run, and every test after it starts from the rows of this one. In a suite
that swallows errors of its cleanup nobody sees why.

`metadata.sorted_tables` has parents first: for deleting, it needs `reversed`. Not reported: keys with ON DELETE CASCADE
or SET NULL, `TRUNCATE ... CASCADE`, one TRUNCATE that names both, keys that are checked at the commit, suites on SQLite
without the foreign-key pragma or with the checks switched off.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.deletion_order import Misplaced, functions, misplaced
from lint_fixtures.index.subjects import enforces_foreign_keys
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    told: set[Location] = set()
    for scope, cleanup in functions(project, path):
        for found in misplaced(project, cleanup, scope.module):
            if found.location not in told and enforces_foreign_keys(project, path):
                told.add(found.location)
                yield found.location, _message(project, found)


def _message(project: Project, found: Misplaced) -> str:
    why = "sorted_tables has parents first"
    if found.later is not None:
        here = found.later.path == found.location.path
        why = f"line {found.later.line}" if here else project.where(found.later)
    key = f"its '{found.key.column}' ({project.where(Location(found.child.module.path, found.key.line, 0))})"
    first = f"{found.parent.table} is emptied before {found.child.table} ({why})"
    return f"{first}: {key} refers to {found.parent.table}, which the database keeps while a row is left"


_SHOP = """
# file: shop/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Organization(Base):
    __tablename__ = "organizations"
    id: Mapped[int] = mapped_column(primary_key=True)


class Campaign(Base):
    __tablename__ = "campaigns"
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
"""

RULE = Rule(
    code="LFX505",
    name="parents-deleted-first",
    why=__doc__ or "",
    check=check,
    mend="""Empty children before their parents: `for table in reversed(Base.metadata.sorted_tables)` knows the order
and never forgets a table. On PostgreSQL one `TRUNCATE a, b, c CASCADE` does it too. Better still, roll back.""",
    bad=_SHOP
    + """
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from shop.models import Base, Campaign, Organization

engine = create_engine("postgresql:///shop_test")


@pytest.fixture
def db_session():
    with Session(engine) as session:
        yield session
        session.query(Organization).delete()  # LFX505
        session.query(Campaign).delete()
        session.commit()


@pytest.fixture
def clean_tables():
    yield
    with engine.begin() as connection:
        for table in ("organizations", "campaigns"):  # LFX505
            connection.execute(text(f"DELETE FROM {table}"))


@pytest.fixture
def clean_all():
    yield
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:  # LFX505
            connection.execute(table.delete())
""",
    good=_SHOP
    + """
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from shop.models import Base, Campaign, Organization

engine = create_engine("postgresql:///shop_test")


@pytest.fixture
def db_session():
    with Session(engine) as session:
        yield session
        session.query(Campaign).delete()
        session.query(Organization).delete()
        session.commit()


@pytest.fixture
def clean_tables():
    yield
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE organizations, campaigns"))


@pytest.fixture
def clean_all():
    yield
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
""",
)
