"""What LFX306 must not report."""

from __future__ import annotations

import pytest

from tests.rules.marked import reported
from tests.rules.test_lfx306 import CODE, HEAD

GOOD = {
    "method-of-a-service-that-deletes-nothing": """
class Orders:
    def delete_cache(self, order):
        self.cache.delete(order)

@pytest.fixture
def order(db_session):
    service = Orders()
    yield
    try:
        service.delete_cache(1)
    except Exception:
        pass
""",
    "object-store": """
@pytest.fixture
def order(bucket, user):
    yield
    try:
        bucket.objects.delete(user.id)
        client.delete("/orders")
    except Exception:
        pass
""",
    "helper-that-clears-metadata": """
def clear_metadata(registry):
    registry.clear()

@pytest.fixture
def orders(registry):
    yield
    try:
        clear_metadata(registry)
    except Exception:
        pass
""",
    "narrow": """
@pytest.fixture
def orders(db_session):
    yield
    try:
        db_session.execute(text("TRUNCATE orders"))
    except ProgrammingError:
        pass
""",
    "raise-again": """
@pytest.fixture
def orders(db_session):
    yield
    try:
        db_session.execute(text("TRUNCATE orders"))
    except Exception:
        logging.exception("cleanup")
        raise
""",
    "fail": """
@pytest.fixture
def orders(db_session):
    yield
    try:
        db_session.execute(text("TRUNCATE orders"))
    except Exception as error:
        pytest.fail(str(error))
""",
    "collected-and-raised": """
@pytest.fixture
def orders(db_session):
    yield
    errors = []
    for table in ("a", "b"):
        try:
            db_session.execute(text(f"TRUNCATE {table}"))
        except Exception as error:
            errors.append(error)
    if errors:
        raise errors[0]
""",
    "other-cleanup-instead": """
@pytest.fixture
def orders(db_session):
    yield
    try:
        db_session.execute(text("TRUNCATE orders"))
    except Exception:
        Base.metadata.drop_all(engine)
""",
    "drop-before-the-tests": """
@pytest.fixture(scope="session")
def tables():
    try:
        Base.metadata.drop_all(engine)
    except Exception:
        pass
    Base.metadata.create_all(engine)
    yield
""",
    "no-cleanup": """
@pytest.fixture
def orders(db_session):
    try:
        db_session.add(Order())
    except Exception:
        pass
    yield
""",
    "http-and-cache": """
@pytest.fixture
def orders():
    yield
    try:
        client.delete("/orders/1")
        cache.delete("orders")
    except Exception:
        pass
""",
    "around-the-test": """
@pytest.fixture
def orders(db_session):
    try:
        yield
    except Exception:
        pass
    db_session.execute(text("TRUNCATE orders"))
""",
    "not-in-a-fixture": """
def clean(session):
    try:
        session.execute(text("TRUNCATE orders"))
    except Exception:
        pass
""",
    "rolled-back-anyway": """
@pytest.fixture
def outer_session():
    connection = engine.connect()
    transaction = connection.begin()
    yield Session(connection, join_transaction_mode="create_savepoint")
    transaction.rollback()

@pytest.fixture
def orders(outer_session):
    yield
    try:
        outer_session.query(Order).delete()
    except Exception:
        pass
""",
    "schema-of-one-test": """
@pytest.fixture
def schema(db_session, request):
    yield
    try:
        db_session.execute(text(f'DROP SCHEMA "{request.node.name}" CASCADE'))
    except Exception:
        pass
""",
    "errors-are-collected": """
@pytest.fixture
def orders():
    yield
    errors = []
    for table in ("orders", "customers"):
        try:
            with engine.begin() as connection:
                connection.execute(text(f"DELETE FROM {table}"))
        except Exception as error:
            errors.append(error)
    assert not errors
""",
    "suppress-narrow": """
@pytest.fixture
def orders(db_session):
    yield
    with contextlib.suppress(ProgrammingError):
        db_session.execute(text("TRUNCATE orders"))
""",
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_stays_silent(source: str) -> None:
    assert reported(HEAD + source, CODE) == set()
