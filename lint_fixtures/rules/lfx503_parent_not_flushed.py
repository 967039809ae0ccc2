"""A child takes the key of a parent that is built in the same function, before the database has made that key.

A primary key of the database's making is None until the parent is flushed: `session.add` alone does not send it. The
child gets None for its required key, and its own flush ends in a not-null violation.

Only parents are reported that surely have not been flushed by then: a commit, a query (every query flushes first), the
end of a transaction, or any call that cannot be looked through between the two is enough for silence. So are keys that
the code gives itself or that have a default, and rows that get the relationship instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.model_facts import ForeignKey, Model
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.subjects import subjects
from lint_fixtures.index.unflushed import Unflushed
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for subject in subjects(project, path):
        if subject.expects_error or not subject.flushes:
            continue
        unflushed = Unflushed(project.rows, subject.scope)
        for row in project.rows.of(subject.scope):
            for key in project.models.required_keys(row.model):
                found = _early(project, row, key, unflushed)
                if found is not None:
                    yield row.location, _message(project, row, key, *found)


def _early(project: Project, row: Row, key: ForeignKey, unflushed: Unflushed) -> tuple[str, Model] | None:
    if row.open or any(name in row.given for name in project.models.relationship_for(row.model, key)):
        return None
    return unflushed.parent(row, key.attribute if key.attribute in row.given else key.column)


def _message(project: Project, row: Row, key: ForeignKey, variable: str, parent: Model) -> str:
    where = project.where(Location(parent.module.path, parent.line, 0))
    return (
        f"'{key.attribute}' of {row.model.name} is None: '{variable}' is not flushed yet, and the database makes the "
        f"key of {parent.name} ({where}) only then"
    )


_SHOP = """
# file: shop/models.py
import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Organization(Base):
    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id])
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
    code="LFX503",
    name="parent-not-flushed",
    why=__doc__ or "",
    check=check,
    mend="Flush the parent before its key is read, or set the relationship and let SQLAlchemy order the inserts.",
    bad=_SHOP
    + """
# file: tests/test_campaigns.py
import pytest
from sqlalchemy import insert

from shop.models import Campaign, Organization


@pytest.fixture
def campaign(db_session):
    organization = Organization(name="ACME")
    db_session.add(organization)
    campaign = Campaign(organization_id=organization.id)  # LFX503
    db_session.add(campaign)
    db_session.commit()
    return campaign


def test_later_assignment(db_session):
    organization = Organization(name="ACME")
    campaign = Campaign()  # LFX503
    campaign.organization_id = organization.id
    db_session.add_all([organization, campaign])
    db_session.flush()


def test_insert(db_session):
    organization = Organization(name="ACME")
    db_session.add(organization)
    db_session.execute(insert(Campaign).values(organization_id=organization.id))  # LFX503
""",
    good=_SHOP
    + """
# file: tests/test_campaigns.py
from shop.models import Campaign, Organization


def test_flushed(db_session):
    organization = Organization(name="ACME")
    db_session.add(organization)
    db_session.flush()
    db_session.add(Campaign(organization_id=organization.id))
    db_session.commit()


def test_queried(db_session):
    organization = Organization(name="ACME")
    db_session.add(organization)
    assert db_session.query(Campaign).count() == 0
    db_session.add(Campaign(organization_id=organization.id))
    db_session.commit()


def test_own_key(db_session):
    organization = Organization(id=7, name="ACME")
    db_session.add(organization)
    db_session.add(Campaign(organization_id=organization.id))
    db_session.commit()


def test_relationship(db_session):
    organization = Organization(name="ACME")
    db_session.add(Campaign(organization=organization, partner_id=organization.id))
    db_session.commit()
""",
)
