"""Clean suites, one for each of the well-known ways to isolate database tests, with tables of their own."""

from tests.hooks import recipe_connections, recipe_fixtures, recipe_sessions

HEAD = """
import os, psycopg, psycopg2, pytest, pytest_asyncio
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from models import URL, Base, Campaign, Job

PLAIN = os.environ["DATABASE_URL"]
ASYNC = PLAIN.replace("postgresql://", "postgresql+asyncpg://")

def execute(*statements, **where):
    with psycopg.connect(PLAIN, autocommit=True, **where) as connection:
        for statement in statements:
            connection.execute(statement)
"""

RECIPES = {
    "async_savepoint": recipe_sessions.ASYNC_SAVEPOINT,
    "async_engine_per_test": recipe_sessions.ASYNC_ENGINE_PER_TEST,
    "delete": recipe_sessions.DELETE,
    "schema_per_test": recipe_sessions.SCHEMA_PER_TEST,
    "template_database": recipe_sessions.TEMPLATE_DATABASE,
    "seeds": recipe_fixtures.SEEDS,
    "read_only": recipe_fixtures.READ_ONLY,
    "database_per_test": recipe_sessions.DATABASE_PER_TEST,
    "override_restored": recipe_fixtures.OVERRIDE_RESTORED,
    "process": recipe_fixtures.PROCESS,
    "pools": recipe_connections.POOLS,
    "pooled_sessions": recipe_connections.POOLED_SESSIONS,
    "harmless_commits": recipe_connections.HARMLESS_COMMITS,
    "unittest": recipe_sessions.UNITTEST,
    "application": recipe_sessions.APPLICATION,
    "nested_fixtures": recipe_fixtures.NESTED_FIXTURES,
}
