"""What kind of object an expression gives: engine, connection, session, client ... or UNKNOWN, which is an answer too.

The tables are the public constructors of SQLAlchemy, SQLModel, Starlette / FastAPI, httpx and Flask.
"""

from __future__ import annotations

UNKNOWN = ""
NONE = "none"
OTHER = "other"
MOCK = "mock"  # a stand-in: whatever is done to it reaches no database
ENGINE = "engine"
CONNECTION = "connection"
SESSION = "session"
FACTORY = "session factory"
CLIENT = "client"
APP = "app"
DATABASE = "flask database"  # flask_sqlalchemy.SQLAlchemy(): its .session is a session, its .engine an engine

SESSION_CLASSES = frozenset(
    {
        "sqlalchemy.orm.Session",
        "sqlalchemy.orm.session.Session",
        "sqlalchemy.ext.asyncio.AsyncSession",
        "sqlalchemy.ext.asyncio.session.AsyncSession",
        "sqlmodel.Session",
        "sqlmodel.orm.session.Session",
        "sqlmodel.ext.asyncio.session.AsyncSession",
    }
)
CONSTRUCTORS = {
    **dict.fromkeys(SESSION_CLASSES, SESSION),
    **dict.fromkeys(
        (
            "sqlalchemy.create_engine",
            "sqlalchemy.engine.create_engine",
            "sqlalchemy.engine_from_config",
            "sqlalchemy.ext.asyncio.create_async_engine",
            "sqlalchemy.ext.asyncio.engine.create_async_engine",
            "sqlmodel.create_engine",
        ),
        ENGINE,
    ),
    **dict.fromkeys(
        (
            "sqlalchemy.orm.sessionmaker",
            "sqlalchemy.orm.session.sessionmaker",
            "sqlalchemy.orm.scoped_session",
            "sqlalchemy.orm.scoping.scoped_session",
            "sqlalchemy.ext.asyncio.async_sessionmaker",
            "sqlalchemy.ext.asyncio.session.async_sessionmaker",
            "sqlalchemy.ext.asyncio.async_scoped_session",
        ),
        FACTORY,
    ),
    **dict.fromkeys(
        (
            "fastapi.testclient.TestClient",
            "starlette.testclient.TestClient",
            "litestar.testing.TestClient",
            "litestar.testing.AsyncTestClient",
            "async_asgi_testclient.TestClient",
            "flask.testing.FlaskClient",
        ),
        CLIENT,
    ),
    **dict.fromkeys(("fastapi.FastAPI", "starlette.applications.Starlette", "flask.Flask"), APP),
    "types.SimpleNamespace": OTHER,
    "flask_sqlalchemy.SQLAlchemy": DATABASE,
}
HTTP_CLIENTS = frozenset({"httpx.AsyncClient", "httpx.Client"})  # clients in our sense only over an app
ANNOTATIONS = {
    **dict.fromkeys(SESSION_CLASSES, SESSION),
    **dict.fromkeys(
        (
            "sqlalchemy.Engine",
            "sqlalchemy.engine.Engine",
            "sqlalchemy.engine.base.Engine",
            "sqlalchemy.ext.asyncio.AsyncEngine",
            "sqlalchemy.future.Engine",
        ),
        ENGINE,
    ),
    **dict.fromkeys(
        (
            "sqlalchemy.Connection",
            "sqlalchemy.engine.Connection",
            "sqlalchemy.engine.base.Connection",
            "sqlalchemy.ext.asyncio.AsyncConnection",
        ),
        CONNECTION,
    ),
    **{dotted: kind for dotted, kind in CONSTRUCTORS.items() if kind in {FACTORY, CLIENT, APP, DATABASE}},
    **dict.fromkeys(HTTP_CLIENTS, CLIENT),
}
MEMBERS = {  # what a method or attribute of an object of some kind gives
    (ENGINE, "connect"): CONNECTION,
    (ENGINE, "begin"): CONNECTION,
    (ENGINE, "execution_options"): ENGINE,
    (ENGINE, "sync_engine"): ENGINE,
    (CONNECTION, "execution_options"): CONNECTION,
    (CONNECTION, "engine"): ENGINE,
    (SESSION, "connection"): CONNECTION,
    (SESSION, "get_bind"): ENGINE,
    (FACTORY, "begin"): SESSION,
    (APP, "test_client"): CLIENT,
    (DATABASE, "session"): SESSION,
    (DATABASE, "engine"): ENGINE,
    **dict.fromkeys(((MOCK, name) for name in ("return_value", "side_effect", "__enter__", "__aenter__")), MOCK),
}
WRAPPERS = frozenset(  # annotations whose first argument is what a fixture hands out
    {"Generator", "AsyncGenerator", "Iterator", "AsyncIterator", "Iterable", "AsyncIterable", "Optional", "Annotated"}
    | {"ContextManager", "AsyncContextManager", "AbstractContextManager", "AbstractAsyncContextManager", "Awaitable"}
)
PASSING = frozenset({"contextlib.closing", "contextlib.aclosing"})  # calls that hand on their first argument


def makes_mock(dotted: str) -> bool:
    """Whether a callee that is no function or class of the project hands out a stand-in: ``unittest.mock.patch``,
    ``mocker.create_autospec``, ``UnifiedAlchemyMagicMock``."""
    owner, _, name = dotted.rpartition(".")
    return (
        "mock" in name.lower() or owner.startswith(("unittest.mock", "mock.")) or "mocker" in owner or owner == "mock"
    )
