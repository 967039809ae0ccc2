"""The suite's variables and settings name our server alone, whatever the user's shell and files say."""

import pytest

from lint_fixtures_hooks import environment
from lint_fixtures_hooks.errors import UsageError
from lint_fixtures_hooks.postgres.server import Server
from lint_fixtures_hooks.settings import Settings
from tests.hooks.projects import Project

FAR = "production.example.invalid"
URL = f"postgresql://shop:hunter2@{FAR}/shop"
OURS = Server("local", "15", "/run/ours", 5432, "suite", "pw", "suite_test", embedded=True)

OF_PRODUCTION = {
    **dict.fromkeys(("DATABASE_URL", "TEST_DATABASE_URL", "SQLALCHEMY_DATABASE_URI", "POSTGRES_URL", "PG_URL"), URL),
    **dict.fromkeys(("ANALYTICS_DSN", "DB_URL", "BACKEND", "ALEMBIC_URL", "SHOP__DB__WRITER", "REPLICA"), URL),
    **dict.fromkeys(("PGHOST", "PGHOSTADDR", "POSTGRES_SERVER", "DB_HOST", "DATABASE_HOST", "SHOP_DB_ADDR"), FAR),
    **dict.fromkeys(("PGSERVICEFILE", "PGPASSFILE", "PGSYSCONFDIR", "LINT_FIXTURES_DATABASE"), f"/etc/{FAR}"),
    **dict.fromkeys(("PGOPTIONS", "PGAPPNAME"), f"-c application_name={FAR}"),
    "PGSERVICE": FAR,
    "REPLICA_SPELLED_OTHERWISE": f" POSTGRES://shop@{FAR}/shop",
    "JDBC": f"jdbc:postgresql://{FAR}/shop",
    "WITH_A_DRIVER": f"postgresql+psycopg2://{FAR}/shop",
    "PYTEST_ADDOPTS": f"--dsn={URL}",
    # settings classes read names in any case, and levels of settings by two underscores
    **dict.fromkeys(("db_host", "postgres_server", "Database_Host", "pghost", "DB__HOST", "SHOP__DATABASE__HOST"), FAR),
    **dict.fromkeys(("DBHOST", "PG_HOST", "PSQL_HOST", "PGSQL_SERVER", "RDS_HOSTNAME", "STAGING_PG_HOST"), FAR),
    **dict.fromkeys(("db_password", "PG_PASSWORD", "RDS_USERNAME", "DB__PORT", "DBNAME", "DATABASE_PASSWD"), FAR),
}
HARMLESS = {
    "HOME": "/home/me",
    "DBT_PROFILE": "x",
    "SETUP_DB": "1",
    "API_URL": "https://example.invalid",
    "MY_DB_KIND": "x",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus",
    "PG": "13",
    "SQL_ECHO": "1",
}


@pytest.mark.parametrize(("name", "value"), OF_PRODUCTION.items(), ids=OF_PRODUCTION)
def test_a_variable_of_another_server_is_kept_from_the_suite(name: str, value: str) -> None:
    assert environment.leads_elsewhere(name, value)


@pytest.mark.parametrize(("name", "value"), HARMLESS.items(), ids=HARMLESS)
def test_other_variables_are_not(name: str, value: str) -> None:
    assert not environment.leads_elsewhere(name, value)


@pytest.mark.parametrize(
    "value", [URL, f"postgresql+asyncpg://{FAR}/shop", f"POSTGRES://{FAR}", f"jdbc:postgresql://{FAR}"]
)
def test_a_setting_that_names_a_database_of_its_own_is_refused(value: str) -> None:
    with pytest.raises(UsageError) as caught:
        environment.of_server(Settings(env={"WRITER": value}), OURS)
    assert str(caught.value) == (
        "env.WRITER: names a database of its own: let it say {url}, the server that is made for the run"
    )


def test_settings_in_the_projects_own_names() -> None:
    env = {
        "URL": "{url:asyncpg}",
        "NAME": "shop-{dbname}",
        "URI": "postgresql://{user}@{host}/{dbname}",
        "MODE": "test",
    }
    assert environment.of_server(Settings(env=env), OURS) == {
        **OURS.env(),
        "URL": OURS.url("asyncpg"),
        "NAME": "shop-suite_test",
        "URI": "postgresql://suite@/run/ours/suite_test",
        "MODE": "test",
    }


SUITE = f"""
import os
from pathlib import Path
import psycopg

def test_nothing_speaks_of_production():
    assert [name for name, value in os.environ.items() if {FAR!r} in value] == []

def test_what_the_projects_files_say_gives_way():
    for line in Path(".env").read_text().splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)  # as python-dotenv and pydantic-settings do
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.info.dbname == "suite_test"
        assert connection.execute("show cluster_name").fetchone() == (Path(os.environ["PGHOST"]).name,)
"""


def test_a_whole_run_in_a_shell_full_of_production(project: Project) -> None:
    (project.root / "tests" / "conftest.py").unlink()
    (project.root / ".env").write_text(f"DATABASE_URL={URL}\nPGHOST={FAR}\n")
    project.commit(tests__test_it_py=SUITE)
    answer = project.verify(**OF_PRODUCTION)
    assert (answer.code, answer.error) == (0, "")
    assert set(answer.outcomes().values()) == {"passed"}
    assert answer.report["postgres"]["provider"] in ("local", "wheel")


@pytest.mark.parametrize("given", ["argument", "variable", "file"])
def test_production_itself_is_refused_by_the_command(project: Project, given: str) -> None:
    project.commit(tests__test_it_py="def test_it(): raise SystemExit('the suite has run')\n")
    if given == "file":
        table = f'[tool.lint_fixtures.suite]\nurl = "{URL}"\n'
        project.commit(pyproject_toml=f'[tool.pytest.ini_options]\ntestpaths = ["tests"]\n{table}')
    arguments = ("--url", URL) if given == "argument" else ()
    variables = {"LINT_FIXTURES_DATABASE_URL": URL} if given == "variable" else {}
    answer = project.ask("--again", *arguments, **variables)
    assert (answer.code, answer.out) == (2, "")
    assert answer.error == (
        f"verify-suite: {FAR}/shop: the host is neither this machine nor a compose service;"
        f" if it is meant, allow exactly '{FAR}/shop' in the settings\n"
    )
