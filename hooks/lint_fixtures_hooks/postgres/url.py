"""A server that somebody else runs, at a url from the settings or the environment; guarded."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.guards import check_connection, check_target
from lint_fixtures_hooks.postgres.provider import Choice, Refusal, Setup
from lint_fixtures_hooks.postgres.server import Server, ServerRequest
from lint_fixtures_hooks.postgres.target import read_target


def url(request: ServerRequest) -> Choice | Refusal:
    if not request.url:
        return Refusal("url", "none given in the settings or LINT_FIXTURES_DATABASE_URL")
    target = read_target(request.url)
    return Choice("url", f"{target} was given", _open)


@contextmanager
def _open(request: ServerRequest, setup: Setup | None) -> Iterator[Server]:
    target = read_target(request.url or "")
    service = request.compose.service if request.compose else None
    check_target(target, request.allow, service)
    server = Server("url", "", target.host, target.port, target.user, target.password, target.dbname, embedded=False)
    server = replace(server, version=check_connection(server, request.allow, service))
    if request.major is not None and int(server.version.split(".")[0]) != request.major:
        raise HookError(f"{target}: the server is PostgreSQL {server.version}, not {request.major}")
    if setup is not None:
        setup(server)
    yield server
