"""`verify-suite postgres ...`: for people who want to see the servers, and look into one."""

import os
import shutil
import signal
import subprocess
import time
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence

from lint_fixtures_hooks import flags
from lint_fixtures_hooks.bench import cache_folder
from lint_fixtures_hooks.errors import HookError, UsageError
from lint_fixtures_hooks.postgres import kept, lease, store, sweep
from lint_fixtures_hooks.subject import find_subject
from lint_fixtures_hooks.verify import opened

MEGABYTE = 2**20


def run(given: Namespace) -> int:
    if given.ids and given.action != "clean":
        raise UsageError(f"postgres {given.action} takes no {given.ids[0]!r}: only clean does")
    return ACTIONS[given.action](given)


def _status(given: Namespace) -> int:
    cached = store.cached(cache_folder() / "clusters")
    for entry in cached:
        ago = int(time.time() - entry.used) // 60
        print(f"cached   {entry.key}  {entry.size / MEGABYTE:.0f} MB, used {ago} min ago")
    running = [directory for root in lease.run_roots() for directory in lease.held(root)]
    why = {server.directory: server for server in kept.kept_servers()}
    for directory in running:
        server = why.get(str(directory))
        print(f"kept     {server.id}  {server.why}: {server.command}" if server else f"running  {directory.name}")
    stored = _counted(len(cached), "data directory", "data directories")
    servers = _counted(len(running), "server")
    print(f"verify-suite: {stored} cached in {cache_folder() / 'clusters'}; of all your projects {servers} running")
    return 0


def _clean(given: Namespace) -> int:
    if given.ids:
        return _clean_some(given.ids)
    servers = kept.kept_servers(cache_folder())
    for server in servers:
        _end(server)
    left = sweep.sweep()
    folder = cache_folder() / "clusters"
    cached = store.cached(folder)
    store.clear(folder)
    size = sum(entry.size for entry in cached) / MEGABYTE
    print(
        f"verify-suite: ended {_counted(len(servers), 'kept server')}, removed {_counted(len(left), 'leftover')} "
        f"and {_counted(len(cached), 'cached data directory', 'cached data directories')} ({size:.0f} MB)"
    )
    return 0


def _clean_some(ids: Sequence[str]) -> int:
    """All of `ids` are found before the first goes."""
    folder = cache_folder() / "clusters"
    servers = {server.id: server for server in kept.kept_servers()}
    keys = {entry.key for entry in store.cached(folder)}
    running = {directory.name for root in lease.run_roots() for directory in lease.held(root)}
    for name in ids:
        if name in running - servers.keys():
            raise UsageError(f"{name} serves a run that is under way: end that run, and its server goes with it")
        if name not in servers.keys() | keys:
            raise UsageError(f"nothing here is called {name!r}: `verify-suite postgres status` lists what there is")
    for name in dict.fromkeys(ids):
        if name in servers:
            _end(servers[name])
            print(f"verify-suite: ended {name} ({servers[name].why})")
        else:
            store.clear(folder, name)
            print(f"verify-suite: removed the cached data directory {name}")
    return 0


def _end(server: kept.Kept) -> None:
    if not kept.release(server):
        raise HookError(f"the server in {server.directory} does not end: look for its process and end it")


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _shell(given: Namespace) -> int:
    servers = kept.kept_servers(cache_folder())
    if servers:
        return _psql(servers[0])
    with opened(find_subject(flags.given(given), staged=given.staged)) as (bench, _), bench.server() as server:
        shown = kept.describe(server, "", bench.cache)
        if shown is None:
            raise HookError("the database at the url is yours: open it with psql")
        return _psql(shown)


def _psql(server: kept.Kept) -> int:
    binary = shutil.which("psql")
    if binary is None:
        raise HookError(f"psql is not on PATH: install it, or use another client with: {server.conninfo}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    print(f"verify-suite: {server.command}", flush=True)
    usual = signal.signal(signal.SIGINT, lambda number, frame: None)  # Ctrl-C there cancels a query
    try:
        return subprocess.run((binary, server.conninfo), env=environment, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, usual)


def _keep(given: Namespace) -> int:
    with opened(find_subject(flags.given(given), staged=given.staged)) as (bench, _), bench.server() as server:
        shown = kept.keep(server, "started by verify-suite postgres keep", bench.cache)
    if shown is None:
        raise HookError("the database at the url is yours: it stays anyway")
    print(f"verify-suite: {shown.command}")
    print("verify-suite: it stays until: verify-suite postgres clean")
    return 0


ACTIONS: Mapping[str, Callable[[Namespace], int]] = {
    "status": _status,
    "clean": _clean,
    "shell": _shell,
    "keep": _keep,
}
