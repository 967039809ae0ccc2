"""The suite that is measured: database tests by the usual recipe, on thirty tables; and a clock inside the probe."""

from __future__ import annotations

from pathlib import Path

CONFTEST = """
import os
import pytest
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase): ...

class Campaign(Base):
    __tablename__ = "campaigns"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

class Job(Base):
    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))

for number in range(28):
    type(f"Extra{number}", (Base,), {"__tablename__": f"extra_{number}", "id": mapped_column(primary_key=True),
         "__annotations__": {"id": Mapped[int]}})

@pytest.fixture(scope="session")
def engine():
    engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()

@pytest.fixture
def session(engine):
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()
"""
TESTS = """
import pytest
from conftest import Campaign, Job

@pytest.mark.parametrize("number", range({count}))
def test_it(session, number):
    campaign = Campaign(name="a")
    session.add(campaign)
    session.commit()
    session.add_all([Job(campaign_id=campaign.id) for _ in range(5)])
    session.commit()
    assert session.query(Job).join(Campaign).count() == 5
    assert [campaign.name for campaign in session.query(Campaign)] == ["a"]
"""
# seconds that each test waits for its checks: what the probe asks, and the answer
CLOCK = """
import atexit, json, os, time
import lint_fixtures_probe

spent = {}
probe = lint_fixtures_probe.PROBE

def clocked(ask):
    def timed(nodeid, *rest):
        started = time.perf_counter()
        ask(nodeid, *rest)
        spent[nodeid] = spent.get(nodeid, 0.0) + time.perf_counter() - started
    return timed

def pytest_collection_finish(session):
    if probe.wire is not None:
        probe.wire.called = clocked(probe.wire.called)

probe._done = clocked(probe._done)
atexit.register(lambda: open(os.environ["CLOCK_FILE"], "w").write(json.dumps(list(spent.values()))))
"""


def lay_out(folder: Path, tests: int) -> Path:
    folder.mkdir()
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(TESTS.format(count=tests))
    (folder / "benchmark_clock.py").write_text(CLOCK)
    return folder
