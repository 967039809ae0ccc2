"""A fixture of class, module, package or session scope commits rows.

The rows stay while the scope lasts. Every test of it finds them, those that never asked for them too, from the moment
that the first test requests the fixture; and whatever one test changes in them is where the next one starts. Counts and
unique columns then depend on the order and the choice of tests.

Rows that the application makes count too: a POST through a test client whose answer the fixture asserts to be 201, in a
suite with a database.

Not reported: read-only seed data that says so, by `# lfx: seed` on its `def` line, and takes its rows away in the end;
rows in an outer transaction that is rolled back, with a savepoint per test; suites that empty the tables after each
test.
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_fixtures.facts import Location
from lint_fixtures.index import Project
from lint_fixtures.index.fixtures import Fixture
from lint_fixtures.index.isolation import undoes
from lint_fixtures.index.nodes import Node
from lint_fixtures.index.sharing import committed_rows, fills_and_commits, has_rows_created, is_isolated
from lint_fixtures.rule import Rule


def check(project: Project, path: str) -> Iterator[tuple[Location, str]]:
    for fixture, node in project.own_fixtures(path):
        if fixture.scope in {None, "function"} or not fixture.certain:
            continue
        which = _which(project, fixture, node)
        if which is None or _is_seed(project, fixture, node) or is_isolated(project, fixture, node):
            continue
        message = f"'{fixture.name}' commits rows{which} for every test of its {fixture.scope}"
        yield fixture.location, f"{message}: what one test changes is where the next one starts"


def _which(project: Project, fixture: Fixture, node: Node) -> str | None:
    """What is known of the rows, for the message; None where none are committed."""
    rows = committed_rows(project, fixture, node)
    if not rows:
        filled = fills_and_commits(project, fixture, node) or has_rows_created(project, fixture, node)
        return "" if filled else None
    models = ", ".join(sorted({row.model.name for row in rows}))
    where = "" if rows[0].module is fixture.module else f" ({project.where(rows[0].location)})"
    return f" of {models}{where}"


def _is_seed(project: Project, fixture: Fixture, node: Node) -> bool:
    """Seed data by declaration that is taken away in the end, by the fixture or by one that it is built on."""
    if fixture.function.line not in fixture.module.facts.seeds:
        return False
    closure = project.resolution.node_closure(node, (fixture.name,))
    return undoes(project, fixture) or any(undoes(project, each) for each in closure.fixtures())


_SHOP = """
# file: shop/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Country(Base):
    __tablename__ = "country"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
"""

RULE = Rule(
    code="LFX203",
    name="wide-rows",
    why=__doc__ or "",
    check=check,
    mend="""Make the fixture function-scoped and let it use the session that is rolled back. For read-only seed data,
write `# lfx: seed` on the `def` line and delete the rows after the `yield`.""",
    bad=_SHOP
    + """
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from shop.models import Country

engine = create_engine("postgresql:///shop_test")


@pytest.fixture(scope="session")
def poland():  # LFX203
    with Session(engine) as session:
        country = Country(name="Poland")
        session.add(country)
        session.commit()
        return country.id
""",
    good=_SHOP
    + """
# file: tests/conftest.py
import pytest
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import Session

from shop.models import Country

engine = create_engine("postgresql:///shop_test")


@pytest.fixture(scope="session")
def countries():  # lfx: seed
    with Session(engine) as session:
        session.add(Country(name="Poland"))
        session.commit()
    yield
    with Session(engine) as session:
        session.execute(delete(Country))
        session.commit()


@pytest.fixture
def db_session():
    connection = engine.connect()
    transaction = connection.begin()
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session
    transaction.rollback()
    connection.close()


@pytest.fixture
def poland(db_session):
    country = Country(name="Poland")
    db_session.add(country)
    db_session.commit()
    return country
""",
)
