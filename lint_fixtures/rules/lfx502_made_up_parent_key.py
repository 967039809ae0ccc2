"""A foreign key gets a literal or a generated identifier, and nothing that runs for the test creates its parent.

The database refuses the row: "violates foreign key constraint". On SQLite the same test passes, for foreign keys are
not enforced there unless a pragma asks for it; so do tests that find the row of an earlier test, until they run alone.

Everything that runs for the test counts: its fixtures, the helpers and application code that they call, literal INSERT
statements. Where something that may create rows cannot be followed (an API call, a factory of another package), the
rule stays silent; so it does for a suite on SQLite without the pragma, and for tests that expect a database error.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.made_up import is_made_up
from lint_fixtures.index.missing import flushed_rows
from lint_fixtures.index.model_facts import ForeignKey
from lint_fixtures.index.row_facts import Row
from lint_fixtures.index.subjects import Subject, can_be_told, enforces_foreign_keys, runs_with, subjects
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    enforced: bool | None = None
    for subject in subjects(project, path):
        if not subject.closures:
            continue
        for row in flushed_rows(project, subject):
            for key in _made_up(project, row, subject):
                if enforced is None:
                    enforced = enforces_foreign_keys(project, path)
                if enforced and _without_parent(project, subject, key):
                    yield row.location, _message(project, row, key)


def _made_up(project: Project, row: Row, subject: Subject) -> Iterator[ForeignKey]:
    for key in row.model.foreign_keys():
        value = row.given.get(key.attribute) or row.given.get(key.column)
        related = project.models.relationship_for(row.model, key)
        if value is None or not key.target_table or any(name in row.given for name in related):
            continue
        if is_made_up(project.names, value, subject.scope):
            yield key


def _without_parent(project: Project, subject: Subject, key: ForeignKey) -> bool:
    """Whether no test, of those that run this code, creates a row of the key's table for sure."""
    table = (key.target_table or "").rpartition(".")[2]
    for closure in subject.closures or ():
        created = project.parents.created(runs_with(project, subject, closure))
        if not can_be_told(closure) or created.opaque or table in created.tables:
            return False
    return not project.strays.seeded(table, subject.scope.module)


def _message(project: Project, row: Row, key: ForeignKey) -> str:
    where = project.where(Location(row.model.module.path, key.line, 0))
    return (
        f"'{key.attribute}' of {row.model.name} is made up: nothing that runs here creates a row of {key.target_table} "
        f"({where}), so the flush violates the foreign key"
    )


_SHOP = """
# file: shop/models.py
import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


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


class Job(Base):
    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaigns.id"))
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from shop.models import Organization


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


@pytest.fixture
def organization(db_session):
    row = Organization(id=1, name="ACME")
    db_session.add(row)
    db_session.flush()
    return row
"""

RULE = Rule(
    code="LFX502",
    name="made-up-parent-key",
    why=__doc__ or "",
    check=check,
    mend="Create the parent in the test or in a fixture that it requests, flush it, and use its key.",
    bad=_SHOP
    + """
# file: tests/test_jobs.py
from uuid import uuid4

import pytest

from shop.models import Campaign, Job

CAMPAIGN_ID = 7


@pytest.fixture
def campaign(db_session):
    row = Campaign(organization_id=1)  # LFX502
    db_session.add(row)
    db_session.commit()
    return row


def test_job(db_session):
    db_session.add(Job(campaign_id=CAMPAIGN_ID))  # LFX502
    db_session.add(Job(campaign_id=str(uuid4())))  # LFX502
    db_session.flush()
""",
    good=_SHOP
    + """
# file: tests/test_jobs.py
from shop.models import Campaign, Job


def make_campaign(session, organization):
    row = Campaign(id=7, organization_id=organization.id)
    session.add(row)
    session.flush()
    return row


def test_campaign(db_session, organization):
    db_session.add(Campaign(organization_id=1))
    db_session.flush()


def test_job(db_session, organization):
    make_campaign(db_session, organization)
    db_session.add(Job(campaign_id=7))
    db_session.flush()


def test_search(db_session, client):
    client.post("/campaigns", json={"id": 3})
    db_session.add(Job(campaign_id=3))
    db_session.flush()
""",
)
