"""A cleanup that empties the database table by table, and leaves one out.

If the table that is left out refers to one that is emptied, a single row of it breaks the cleanup from then on: the
database refuses with "violates foreign key constraint", and dozens of tests that have nothing to do with that row fail.
If it refers to none, its rows simply stay, and the tests that count or look up rows there depend on the order.

Not reported: a fixture that empties one table only, keys with ON DELETE CASCADE or SET NULL, `TRUNCATE ... CASCADE`,
cleanups that delete something that cannot be told, and suites where another fixture takes rows away too.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.deletion_order import functions
from lint_fixtures.index.left_out import LeftOut, left_out
from lint_fixtures.index.subjects import enforces_foreign_keys
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for scope, cleanup in functions(project, path):
        found = left_out(project, scope, cleanup)
        if found is None or scope.fixture is None:
            continue
        if found.parent is None or enforces_foreign_keys(project, path):
            yield scope.fixture.location, f"'{scope.fixture.name}' {_message(project, found)}"


def _message(project: Project, found: LeftOut) -> str:
    where = project.where(found.because)
    if found.parent is not None:
        key = f"which refers to {found.parent.table} ({where})"
        return f"leaves out {found.model.table}, {key}: one row there breaks this cleanup for every later test"
    return f"leaves out {found.model.table}, which is written at {where}: those rows stay for every later test"


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


class Coupon(Base):
    __tablename__ = "coupons"
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
"""

RULE = Rule(
    code="LFX507",
    name="incomplete-cleanup",
    why=__doc__ or "",
    check=check,
    mend="""Let the models tell which tables there are: `for table in reversed(Base.metadata.sorted_tables)` forgets
none. Better still, roll back: then there is nothing to delete.""",
    bad=_SHOP
    + """
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from shop.models import Campaign, Organization

engine = create_engine("postgresql:///shop_test")


@pytest.fixture(autouse=True)
def clean_tables():  # LFX507
    yield
    with Session(engine) as session:
        session.query(Campaign).delete()
        session.query(Organization).delete()
        session.commit()
""",
    good=_SHOP
    + """
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from shop.models import Base

engine = create_engine("postgresql:///shop_test")


@pytest.fixture(autouse=True)
def clean_tables():
    yield
    with Session(engine) as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
        session.commit()
""",
)
