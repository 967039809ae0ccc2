"""Fixtures that pytest and well-known plugins bring along, by name: what a project need not define itself."""

from __future__ import annotations

from lint_fixtures.body import Expr
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import External, Names

BUILTIN_SCOPES = {  # pytest's own, from `pytest --fixtures`
    **dict.fromkeys(
        (
            *("capsys", "capsysbinary", "capfd", "capfdbinary", "capteesys", "caplog", "monkeypatch", "recwarn"),
            *(
                "tmp_path",
                "tmpdir",
                "cache",
                "pytester",
                "testdir",
                "subtests",
                "record_property",
                "record_xml_attribute",
            ),
        ),
        "function",
    ),
    **dict.fromkeys(
        ("pytestconfig", "tmp_path_factory", "tmpdir_factory", "doctest_namespace", "record_testsuite_property"),
        "session",
    ),
}
# Set up by overriding: a definition nearer to the tests is the documented way to configure the plugin.
CONFIGURATION = frozenset(
    {
        *("anyio_backend", "event_loop", "event_loop_policy", "vcr_config", "vcr_cassette_dir", "vcr_cassette_name"),
        *("httpserver_listen_address", "browser_context_args", "browser_type_launch_args", "django_db_setup"),
        *(
            "django_db_modify_db_settings",
            "celery_config",
            "celery_parameters",
            "celery_includes",
            "httpx_mock_options",
        ),
        *("non_mocked_hosts", "assert_all_responses_were_requested", "redis_proc", "docker_compose_file", "base_url"),
        *("snapshot", "faker_seed", "faker_session_locale", "aiohttp_client_cls", "splinter_webdriver"),
    }
)
# Of installed plugins, and never the source of a database row.
ROWLESS = frozenset(
    {
        *("mocker", "class_mocker", "module_mocker", "session_mocker", "faker", "freezer", "event_loop", "benchmark"),
        *("anyio_backend", "anyio_backend_name", "anyio_backend_options", "requests_mock", "respx_mock", "httpx_mock"),
        *(
            "snapshot",
            "responses",
            "unused_tcp_port",
            "testrun_uid",
            "worker_id",
            "subtests",
            "record_testsuite_property",
        ),
        *(
            "event_loop_policy",
            "django_test_environment",
            "httpserver",
            "fs",
            "celery_session_app",
            "celery_session_worker",
        ),
        *("aioresponses", "socket_enabled", "time_machine", "monkeysession"),
    }
)
PLUGINS = {  # distribution -> fixture names, for names that projects like to define themselves too
    "pytest-django": frozenset(
        {"client", "async_client", "admin_client", "admin_user", "db", "rf", "settings", "live_server", "mailoutbox"}
        | {"transactional_db", "django_user_model", "django_db_blocker", "django_assert_num_queries", "async_rf"}
    ),
    "pytest-flask": frozenset({"client", "live_server", "config", "client_class", "accept_json", "request_ctx"}),
    "pytest-aiohttp": frozenset({"aiohttp_client", "aiohttp_server", "aiohttp_raw_server", "loop", "unused_port"}),
    "pytest-tornado": frozenset({"http_client", "http_server", "base_url", "io_loop", "app"}),
    "pytest-tornasync": frozenset({"http_server_client", "http_server", "io_loop"}),
    "pytest-postgresql": frozenset({"postgresql", "postgresql_proc", "postgresql_noproc"}),
    "pytest-mock-resources": frozenset({"pg", "redis", "pmr_postgres_config"}),
    "pytest-selenium": frozenset({"selenium", "driver", "driver_kwargs", "capabilities"}),
    "pytest-playwright": frozenset({"page", "context", "browser", "browser_type", "playwright", "new_context"}),
    "pytest-base-url": frozenset({"base_url"}),
    "pytest-sanic": frozenset({"loop", "test_client", "test_server", "sanic_client"}),
    "pytest-dash": frozenset({"dash_duo", "dash_br"}),
    "syrupy": frozenset({"snapshot"}),
    "snapshottest": frozenset({"snapshot"}),
    "pytest-redis": frozenset({"redisdb", "redis_proc", "redis_nooproc"}),
    "pytest-docker": frozenset({"docker_ip", "docker_services", "docker_compose_file"}),
    "pytest-alembic": frozenset({"alembic_runner", "alembic_engine", "alembic_config"}),
    "pyramid": frozenset({"app_request", "dummy_request", "dummy_config"}),
    "sqlalchemy": frozenset(),
}
_BY_OPTION = {  # a plugin's function for `scope=` -> what it answers, and the option that makes it answer otherwise
    "pytest_docker.plugin.containers_scope": ("session", b"container-scope"),
}


def scope_by_option(names: Names, module: Module, expr: Expr) -> str | None:
    """The scope that a plugin's function gives, unless the project's settings speak of its option."""
    target = names.resolve_expr(module, expr)
    if not isinstance(target, External) or target.dotted not in _BY_OPTION:
        return None
    scope, option = _BY_OPTION[target.dotted]
    sources = names.modules.sources
    inifile = sources.settings(module.path).inifile
    return None if inifile and option in (sources.read(inifile) or b"") else scope
