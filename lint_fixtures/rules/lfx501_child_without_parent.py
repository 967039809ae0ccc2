"""A row is added whose required foreign key gets no value.

The column is NOT NULL and has no default, and neither the column nor its relationship is set: not in the constructor,
not by a later assignment, not by adding the row to its parent's collection. The flush ends in a not-null violation, in
the set-up of every test that needs the row.

A row that a helper builds (a function of the project, a factory fixture, `Campaign.create(...)`, a factory class of
factory_boy or polyfactory) is reported where the helper is called without what it needs. Inserts count too:
`insert(Campaign)` with its values, `bulk_insert_mappings`, and literal `text("INSERT ...")` where the extra
`lint-fixtures[sql]` is installed.

The models are read as they stand in the same tree: with the key nullable, or with a default, the same insert is fine.
Rows that are never added, rows that something unknown may fill, and tests that expect a database error are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.missing import flushed_rows, missing_keys
from lint_fixtures.index.model_facts import ForeignKey
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.subjects import subjects
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for subject in subjects(project, path):
        for row in flushed_rows(project, subject):
            for key in missing_keys(project, row):
                yield row.location, _message(project, row, key)


def _message(project: Project, row: Row, key: ForeignKey) -> str:
    where = project.where(Location(row.model.module.path, key.line, 0))
    verb = "inserted" if row.insert else "added"
    helper = "" if row.origin is None else f" by {row.origin.function.name}()"
    return (
        f"{row.model.name} is {verb}{helper} without its parent: '{key.attribute}' refers to {key.target_table} and "
        f"must not be NULL ({where}), so the flush fails with a not-null violation"
    )


_MODELS = """
# file: shop/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Organization(Base):
    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    campaigns: Mapped[list["Campaign"]] = relationship(back_populates="organization")


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    organization: Mapped[Organization] = relationship(back_populates="campaigns", foreign_keys=[organization_id])
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture(scope="session")
def engine():
    return create_engine("postgresql:///shop_test")


@pytest.fixture
def db_session(engine):
    connection = engine.connect()
    transaction = connection.begin()
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session
    transaction.rollback()
    connection.close()
"""

RULE = Rule(
    code="LFX501",
    name="child-without-parent",
    why=__doc__ or "",
    check=check,
    mend="""Create the parent first and hand it over: request its fixture and set the relationship, or set the key after
the parent is flushed.""",
    bad=_MODELS
    + """
# file: tests/helpers.py
from shop.models import Campaign


def make_campaign(session, name="Spring", organization=None):
    campaign = Campaign(name=name, organization=organization)
    session.add(campaign)
    session.commit()
    return campaign
# file: tests/test_campaigns.py
import pytest
from sqlalchemy import insert

from shop.models import Campaign
from tests.helpers import make_campaign


@pytest.fixture
def campaign(db_session):
    campaign = Campaign(name="Spring")  # LFX501
    db_session.add(campaign)
    db_session.commit()
    return campaign


def test_many(db_session, campaign):
    rows = [
        Campaign(name="Summer", organization=campaign.organization),
        Campaign(name="Winter", organization_id=None),  # LFX501
    ]
    db_session.add_all(rows)
    db_session.flush()


def test_insert(db_session):
    db_session.execute(insert(Campaign).values(name="Autumn"))  # LFX501


def test_helper(db_session):
    assert make_campaign(db_session, "Autumn").name == "Autumn"  # LFX501
""",
    good=_MODELS
    + """
# file: tests/test_campaigns.py
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from shop.models import Campaign, Organization


@pytest.fixture
def organization(db_session):
    organization = Organization(name="ACME")
    db_session.add(organization)
    db_session.flush()
    return organization


def test_relationship(db_session, organization):
    db_session.add(Campaign(name="Spring", organization=organization))
    later = Campaign(name="Summer")
    later.organization_id = organization.id
    db_session.add(later)
    appended = Campaign(name="Autumn")
    organization.campaigns.append(appended)
    db_session.add(appended)
    db_session.execute(insert(Campaign).values(name="Winter", organization_id=organization.id))
    db_session.commit()


def test_parent_is_required(db_session):
    db_session.add(Campaign(name="Spring"))
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_name():
    assert Campaign(name="Spring").name == "Spring"
""",
)
