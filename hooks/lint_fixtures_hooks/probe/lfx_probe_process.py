"""What a test can leave behind in the process itself: variables, working directory, modules, FastAPI's overrides."""

from __future__ import annotations

import functools
import gc
import hashlib
import os
import sys
import weakref
from typing import Any, Protocol

# pytest and coverage write these themselves, per test
CURRENT_TEST = ("PYTEST_CURRENT_TEST", b"PYTEST_CURRENT_TEST")
OWN = ("PYTEST_", "COVERAGE_", "COV_CORE_")


class Imports(Protocol):
    def environ(self) -> dict[str, str]: ...
    def lost(self) -> dict[str, str]: ...


class Threads(Protocol):
    def running(self) -> dict[str, str]: ...


class Listens(Protocol):
    def channels(self) -> dict[str, str]: ...


class Statements(Protocol):
    def watch(self) -> None: ...


class Sessions(Protocol):
    def kept(self) -> dict[str, str]: ...


class Interpreter(Protocol):
    def state(self) -> dict[str, dict[str, str]]: ...


class Process:
    def __init__(
        self,
        imports: Imports,
        threads: Threads,
        statements: Statements,
        listens: Listens,
        sessions: Sessions,
        interpreter: Interpreter,
    ) -> None:
        self.imports = imports
        self.threads = threads
        self.statements = statements
        self.listens = listens
        self.sessions = sessions
        self.interpreter = interpreter
        self.apps: weakref.WeakSet[Any] = weakref.WeakSet()
        self.homes: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        self.watching_apps = False
        self.last: object = None
        self.raw: object = None
        self.environ: dict[str, str] = {}

    def changed_marks(self) -> list[list[str]] | None:
        """None when nothing changed since the last answer: the usual case costs a few dictionary comparisons."""
        environ = self._environ()
        self.statements.watch()
        held = {
            "thread": self.threads.running(),
            "listen": self.listens.channels(),
            "session": self.sessions.kept(),
            **self.interpreter.state(),
        }
        now = (environ, _folder(), self._overrides(), self.imports.lost(), held)
        if now == self.last:
            return None
        self.last = now
        _, folder, overrides, lost, _ = now
        marks = [["environ", name, _digest(value)] for name, value in environ.items()]
        marks += [["override", f"{target} of {app}", value] for (app, target), value in overrides.items()]
        marks += [["module", name, words] for name, words in lost.items()]
        marks += [[kind, name, words] for kind, found in held.items() for name, words in found.items()]
        return [*marks, ["cwd", "working directory", folder]]

    def _environ(self) -> dict[str, str]:
        """Decoded again only when something but pytest's own variable changed."""
        raw = {name: value for name, value in _encoded().items() if name not in CURRENT_TEST}
        if raw != self.raw:
            self.raw = raw
            shown = self.imports.environ().items()
            self.environ = {name: value for name, value in shown if not name.startswith(OWN)}
        return self.environ

    def _overrides(self) -> dict[tuple[str, str], str]:
        if not self.watching_apps:
            starlette = sys.modules.get("fastapi.applications")
            if starlette is None or not hasattr(starlette, "FastAPI"):
                return {}
            self._watch_apps(starlette.FastAPI)
        found = {}
        for app in list(self.apps):
            if app.dependency_overrides:
                home = self.homes.get(app) or _module_of(app)
                if home:
                    self.homes[app] = home
                for target, stand_in in app.dependency_overrides.items():
                    if home:
                        found[home, _name(target)] = f"{_name(stand_in)} {id(stand_in):x}"
        return found

    def _watch_apps(self, fastapi: Any) -> None:
        self.watching_apps = True
        for thing in gc.get_objects():
            if issubclass(type(thing), fastapi):
                self.apps.add(thing)
        original, apps = fastapi.__init__, self.apps

        @functools.wraps(original)
        def __init__(app: Any, *arguments: Any, **keywords: Any) -> None:
            original(app, *arguments, **keywords)
            apps.add(app)

        fastapi.__init__ = __init__


def _module_of(app: Any) -> str:
    """An app that no module holds belongs to the test that made it, and dies with it.

    Of several modules the one where its routes are defined is its own; the others import it from there.
    """
    homes = {getattr(getattr(route, "endpoint", None), "__module__", "") for route in app.routes}
    found = []
    for name, module in list(sys.modules.items()):
        for attribute, value in list(getattr(module, "__dict__", {}).items()):
            if value is app:
                found.append((name not in homes, f"{name}.{attribute}"))
    return min(found)[1] if found else ""


def _encoded() -> dict[Any, Any]:
    """os.environ as it is kept, where it can be had: decoding a hundred variables after each test is dear."""
    kept = getattr(os.environ, "_data", None)
    return kept if isinstance(kept, dict) else dict(os.environ)


def _folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - after every test: no object for it
    except FileNotFoundError:
        return "(deleted)"


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()


def _name(thing: object) -> str:
    return getattr(thing, "__qualname__", None) or repr(type(thing))
