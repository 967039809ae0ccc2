"""Database URLs as the source gives them: literal texts, with holes where a part comes from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint_fixtures.body import Assign, Call, Choice, Const, Expr, Name, Op
from lint_fixtures.frozen import frozen
from lint_fixtures.index.modules import Module, flatten
from lint_fixtures.index.names import External, Names, ValueRef
from lint_fixtures.index.values import Scope

HOLE = "\0"
_DEPTH = 6
_SCHEME = r"(?i)(sqlite|postgres(?:ql)?|mysql|mariadb|mssql|oracle)(?:\+\w+)?:"
_PARTS = r"[^:]+://(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?(?P<host>\[[^\]]*\]|[^:/?@]*)(?::[^/?]*)?(?:/(?P<database>[^?]*))?"
_LOOPBACK = frozenset({"", "localhost", "127.0.0.1", "[::1]", "0.0.0.0", "host.docker.internal"})
_READERS = frozenset({"os.getenv", "os.environ.get", "environ.get"})


@frozen
class Url:
    """``text`` has a HOLE for each part that is not written there.

    ``place`` is the module and line of the statement that holds the literal, when it was reached through a name.
    ``configurable``: only what holds when the environment (or another option) does not say otherwise.
    """

    text: str
    place: tuple[Module, int] | None = None
    configurable: bool = False

    @property
    def is_sqlite(self) -> bool:
        return self.text.lower().startswith("sqlite")

    @property
    def in_memory(self) -> bool:
        """SQLite without a file: gone with the process."""
        path = self.text.partition("://")[2]
        return self.is_sqlite and (path in {"", "/"} or ":memory:" in path or "mode=memory" in path)

    @property
    def password(self) -> str:
        return self._part("password")

    @property
    def host(self) -> str:
        return self._part("host")

    @property
    def database(self) -> str:
        return self._part("database")

    @property
    def is_local(self) -> bool:
        """On this machine, or on a host that cannot be told."""
        return self.host.lower() in _LOOPBACK or HOLE in self.host

    def _part(self, name: str) -> str:
        found = re.match(_PARTS, self.text)
        return (found[name] or "") if found else ""


def database_url(names: Names, expr: Expr | None, scope: Scope, depth: int = _DEPTH) -> Url | None:
    """The URL that an expression gives; None for what is no literal, or not one of a database."""
    match expr:
        case Name() if depth:
            found = list(_bound(names, expr, scope))
            if len(found) != 1:
                return None
            value, line, inside = found[0]
            url = database_url(names, value, inside, depth - 1)
            if url is None or url.place is not None:
                return url
            return Url(url.text, (inside.module, line), url.configurable)
        case Choice(options=options) if depth:
            return _configurable(database_url(names, option, scope, depth - 1) for option in options)
        case Call() if depth:
            return _of_call(names, expr, scope, depth)
    text = template(names, expr, scope, depth) if expr is not None else None
    return Url(text) if text and re.match(_SCHEME, text) else None


def _of_call(names: Names, call: Call, scope: Scope, depth: int) -> Url | None:
    """An environment variable's default, or what ``make_url`` and ``str`` hand on."""
    target = names.resolve_expr(scope.module, call.func, scope.function)
    if not isinstance(target, External):
        return None
    if target.dotted in _READERS:
        default = call.args[1] if len(call.args) == 2 else call.keyword("default")
        return _configurable([database_url(names, default, scope, depth - 1)])
    if target.dotted.rpartition(".")[2] in {"make_url", "str"} and len(call.args) == 1:
        return database_url(names, call.args[0], scope, depth - 1)
    return None


def _configurable(found: Iterator[Url | None] | list[Url | None]) -> Url | None:
    url = next((each for each in found if each is not None), None)
    return Url(url.text, url.place, configurable=True) if url else None


def template(names: Names, expr: Expr, scope: Scope, depth: int = _DEPTH) -> str | None:
    """The text of an expression with HOLEs for unknown parts; None when it is no text at all, as far as told."""
    match expr:
        case Const(value=str() | int() as value):
            return str(value)
        case Op(kind="fstring" | "Add", parts=parts):
            return "".join(template(names, part, scope, depth) or HOLE for part in parts)
        case Name() if depth:
            found = list(_bound(names, expr, scope))
            return template(names, found[0][0], found[0][2], depth - 1) if len(found) == 1 else None
    return None


def _bound(names: Names, name: Name, scope: Scope) -> Iterator[tuple[Expr, int, Scope]]:
    """What a name is given, and on which line; a parameter is given by whoever calls."""
    function = scope.function
    if function is not None and name.dotted in names.local_names(function):
        if any(param.name == name.dotted for param in function.params):
            return
        for statement, _ in flatten(function.body.statements):
            if isinstance(statement, Assign) and name in statement.targets and statement.value is not None:
                yield statement.value, statement.line, scope
        return
    target = names.resolve_expr(scope.module, name, function)
    if isinstance(target, ValueRef):
        yield target.value, target.line, Scope(target.module)
