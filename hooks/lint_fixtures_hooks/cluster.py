"""The way in: servers for one run, gone with everything they made when the context ends."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from lint_fixtures_hooks.errors import HookError
from lint_fixtures_hooks.postgres.server import Server, ServerRequest

SetUp = Callable[[Server], None]


@contextmanager
def open_server(request: ServerRequest, setup: SetUp | None = None) -> Iterator[Server]:
    """A server chosen by `request`; `setup` brings the schema, once per fingerprint where the server is ours.

    Raises UsageError for a database that is not ours to touch, HookError when no server can be had.
    """
    try:
        # here, because a tree that is stamped already needs neither these libraries nor the time to load them
        from lint_fixtures_hooks.postgres.choice import choose
    except ImportError as error:
        raise HookError(f"{error}: pip install 'lint-fixtures[suite]'") from error
    choice = choose(request)
    with choice.open(request, setup) as server:
        yield replace(server, reason=choice.reason)


@contextmanager
def open_servers(requests: Sequence[ServerRequest], setup: SetUp | None = None) -> Iterator[list[Server]]:
    """One server for each request, started and ended side by side: the second costs hardly any time of its own."""
    if len(requests) == 1:
        # in the main thread, where Ctrl-C ends a set-up command at once
        with open_server(requests[0], setup) as server:
            yield [server]
        return
    contexts = [open_server(request, setup) for request in requests]
    with ThreadPoolExecutor(len(contexts)) as threads:
        opening = [threads.submit(context.__enter__) for context in contexts]
        try:
            yield [server.result() for server in opening]
        finally:
            _close(threads, contexts, opening)


def _close(
    threads: ThreadPoolExecutor,
    contexts: Sequence[AbstractContextManager[Server]],
    opening: Sequence["Future[Server]"],
) -> None:
    wait(opening)
    opened = [context for context, server in zip(contexts, opening, strict=True) if server.exception() is None]
    closing = [threads.submit(context.__exit__, None, None, None) for context in opened]
    wait(closing)
    for closed in closing:
        closed.result()
