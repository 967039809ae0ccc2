"""A row is added without a column that must not be NULL and that nothing fills.

The column has no default, neither in the model nor in the database, and the row is not given it: not in the
constructor, not by a later assignment. The flush ends in a not-null violation, in the set-up of every test that needs
the row.

The models are read as they stand in the same tree. What the class, a listener or a trigger may fill counts as filled;
rows that are never added, rows that something unknown may fill, and tests that expect a database error are left alone.
Keys are not this rule's: a missing parent is LFX501.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.missing import flushed_rows, missing_columns
from lint_fixtures.index.model_facts import Column
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.subjects import subjects
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for subject in subjects(project, path):
        for row in flushed_rows(project, subject):
            missing = list(missing_columns(project, row))
            if missing:
                yield row.location, _message(project, row, missing)


def _message(project: Project, row: Row, missing: list[Column]) -> str:
    where = project.where(Location(row.model.module.path, missing[0].line, 0))
    names = ", ".join(f"'{column.attribute}'" for column in missing)
    verb = "inserted" if row.insert else "added"
    helper = "" if row.origin is None else f" by {row.origin.function.name}()"
    must = "has no default and must" if len(missing) == 1 else "have no default and must"
    return (
        f"{row.model.name} is {verb}{helper} without {names}, which {must} not be NULL ({where}), so the flush fails "
        "with a not-null violation"
    )


_SHOP = """
# file: shop/models.py
from sqlalchemy import func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Organization(Base):
    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str]
    country: Mapped[str] = mapped_column(default="PL")
    note: Mapped[str | None]
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture
def db_session():
    with Session(create_engine("postgresql:///shop_test")) as session:
        yield session
        session.rollback()
"""

RULE = Rule(
    code="LFX506",
    name="row-without-required-column",
    why=__doc__ or "",
    check=check,
    mend="Give the column a value where the row is built, or a default in the model if most rows do not care.",
    bad=_SHOP
    + """
# file: tests/test_organizations.py
import pytest
from sqlalchemy import insert

from shop.models import Organization


@pytest.fixture
def organization(db_session):
    organization = Organization(name="ACME")  # LFX506
    db_session.add(organization)
    db_session.commit()
    return organization


def test_insert(db_session):
    db_session.execute(insert(Organization).values(slug="acme", name=None))  # LFX506
""",
    good=_SHOP
    + """
# file: tests/test_organizations.py
import pytest
from sqlalchemy.exc import IntegrityError

from shop.models import Organization


def test_organization(db_session):
    organization = Organization(name="ACME")
    organization.slug = "acme"
    db_session.add(organization)
    db_session.commit()


def test_slug_is_required(db_session):
    db_session.add(Organization(name="ACME"))
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_str():
    assert Organization(name="ACME").name == "ACME"
""",
)
