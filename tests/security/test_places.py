"""Places that are not ours are refused before anything is connected to: every way that we know of to name one."""

import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import psycopg
import pytest

from lint_fixtures_hooks import guards
from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.errors import UsageError
from lint_fixtures_hooks.postgres.server import ComposeSettings, ServerRequest

SECRET = "hunter2"
FAR = "192.0.2.1"
ELSEWHERE = "the host is neither this machine nor a compose service"
LOGIN = f"postgresql://shop:{SECRET}@"

WAYS = {
    # a host that is not this machine
    "an address": (f"{LOGIN}{FAR}/shop_test", ELSEWHERE),
    "an address of IPv6": (f"{LOGIN}[2001:db8::1]/shop_test", ELSEWHERE),
    "an address of IPv4 in one of IPv6": (f"{LOGIN}[::ffff:{FAR}]/shop_test", ELSEWHERE),
    "a link-local address": (f"{LOGIN}169.254.169.254/shop_test", ELSEWHERE),
    "a private address": (f"{LOGIN}10.0.0.5/shop_test", ELSEWHERE),
    "an address as one number": (f"{LOGIN}3221225985/shop_test", ELSEWHERE),
    "an address in hexadecimal": (f"{LOGIN}0xC0000201/shop_test", ELSEWHERE),
    "every address": (f"{LOGIN}0.0.0.0/shop_test", ELSEWHERE),
    "a name": (f"{LOGIN}db.example.invalid/shop_test", ELSEWHERE),
    "a name that begins with localhost": (f"{LOGIN}localhost.example.invalid/shop_test", ELSEWHERE),
    "a name like localhost": (f"{LOGIN}l\u043ecalhost.example.invalid/shop_test", ELSEWHERE),
    "a user called localhost": ("postgresql://localhost@db.example.invalid/shop_test", ELSEWHERE),
    "a second @": (f"{LOGIN}localhost@db.example.invalid/shop_test", ELSEWHERE),
    "a percent-encoded host": (f"{LOGIN}%64b.example.invalid/shop_test", ELSEWHERE),
    "a percent-encoded address": (f"{LOGIN}192%2E0%2E2%2E1/shop_test", ELSEWHERE),
    "a percent-encoded line end": (
        f"{LOGIN}localhost%0A.example.invalid/shop_test",
        "cannot be read as a PostgreSQL url",
    ),
    "a host as an option": (f"{LOGIN}/shop_test?host={FAR}", ELSEWHERE),
    "a conninfo string": (f"host={FAR} user=shop password={SECRET} dbname=shop_test", ELSEWHERE),
    "a driver in the scheme": (f"postgresql+asyncpg://shop:{SECRET}@{FAR}/shop_test", ELSEWHERE),
    # two readings of one url
    "two hosts": (f"{LOGIN}localhost,{FAR}/shop_test", "more than one host"),
    "two hosts with ports": (f"{LOGIN}localhost:5432,{FAR}:5432/shop_test", "more than one host"),
    "two hosts, percent-encoded": (f"{LOGIN}localhost%2C{FAR}/shop_test", "more than one host"),
    "two hosts as an option": (f"{LOGIN}/shop_test?host=localhost,{FAR}", "more than one host"),
    "two hosts in a conninfo string": (f"host=localhost,{FAR} user=shop dbname=shop_test", "more than one host"),
    "a host and another as an option": (f"{LOGIN}localhost/shop_test?host={FAR}", "host is given twice"),
    "one option twice": (f"{LOGIN}/shop_test?host=localhost&host={FAR}", "host is given twice"),
    "a name and another as an option": (f"{LOGIN}localhost/shop_test?dbname=shop", "dbname is given twice"),
    "another port as an option": (f"{LOGIN}localhost:5433/shop_test?port=5432", "port is given twice"),
    "another user as an option": (f"{LOGIN}localhost/shop_test?user=postgres", "user is given twice"),
    # options that lead elsewhere
    "hostaddr": (f"{LOGIN}localhost/shop_test?hostaddr={FAR}", "option 'hostaddr' may lead elsewhere"),
    "hostaddr in a conninfo string": (
        f"host=localhost hostaddr={FAR} user=shop dbname=shop_test",
        "option 'hostaddr' may lead elsewhere",
    ),
    "service": (f"{LOGIN}localhost/shop_test?service=production", "option 'service' may lead elsewhere"),
    "passfile": (f"{LOGIN}localhost/shop_test?passfile=/tmp/x", "option 'passfile' may lead elsewhere"),
    "options": (f"{LOGIN}localhost/shop_test?options=-c%20role%3Downer", "option 'options' may lead elsewhere"),
    "an unknown option": (f"{LOGIN}localhost/shop_test?proxy={FAR}", "cannot be read as a PostgreSQL url"),
    # what the url leaves open
    "no host": (f"{LOGIN}/shop_test", "no host in the url"),
    "an empty host": (f"{LOGIN}/shop_test?host=", "no host in the url"),
    "no database": (f"{LOGIN}localhost", "no dbname in the url"),
    "no user": ("postgresql://localhost/shop_test", "no user in the url"),
    "a service alone": ("service=production", "option 'service' may lead elsewhere"),
    # another thing altogether
    "another server": (f"mysql://shop:{SECRET}@localhost/shop_test", "not a PostgreSQL url"),
    "a file": ("sqlite:////var/lib/shop_test.db", "not a PostgreSQL url"),
    "no url": ("shop_test", "cannot be read as a PostgreSQL url"),
    "a NUL": (f"{LOGIN}localhost\x00{FAR}/shop_test", "the url holds a NUL"),
    "a line end": (f"{LOGIN}localhost\n/shop_test", "the url holds a NUL, a line end"),
    # names that mislead
    **{
        f"the name {name}": (f"{LOGIN}localhost/{name}", "the database's name does not carry 'test'")
        for name in (
            "shop",
            "latest",
            "contest_2026",
            "testimonials",
            "testament",
            "greatest_hits",
            "attest",
            "t%65stify",
        )
    },
}


def request(url: str, allow: str | None = None, service: str | None = None) -> ServerRequest:
    compose = ComposeSettings(Path("docker-compose.yml"), service) if service else None
    return ServerRequest("url", url, allow, Path("unused"), "any", tcp=False, compose=compose)


@pytest.fixture(autouse=True)
def nothing_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    def connected(*arguments: object, **options: object) -> NoReturn:
        pytest.fail(f"connected with {options}")

    monkeypatch.setattr(psycopg, "connect", connected)


def refusal(asked: ServerRequest) -> str:
    with pytest.raises(UsageError) as caught, open_server(asked):
        pass
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.parametrize(("url", "reason"), WAYS.values(), ids=WAYS)
def test_it_is_refused_with_the_reason_and_without_the_password(url: str, reason: str) -> None:
    said = refusal(request(url))
    assert reason in said
    assert SECRET not in said
    assert "\n" not in said


@pytest.mark.parametrize("variable", ["PGHOSTADDR", "PGSERVICE"])
def test_a_variable_that_diverts_the_url_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, FAR)
    assert f"{variable} is set and would send connections elsewhere" in refusal(request(f"{LOGIN}localhost/shop_test"))


Answers = list[tuple[int, int, int, str, tuple[str, int]]]


def resolving_to(*addresses: str) -> Callable[..., Answers]:
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]


@pytest.mark.parametrize(
    "addresses", [(FAR,), ("127.0.0.1", FAR), (FAR, "127.0.0.1"), ("::1", "10.0.0.5")], ids=" and ".join
)
def test_localhost_that_resolves_elsewhere(monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to(*addresses))
    assert ELSEWHERE in refusal(request(f"{LOGIN}localhost/shop_test"))


@pytest.mark.parametrize(
    ("allow", "service"),
    [
        (f"{FAR}/other_test", None),
        ("localhost/shop_test", None),
        (f"{FAR}", None),
        ("*", None),
        (f"{FAR}/shop_test ", None),
        (None, "db"),
        (None, FAR.replace("1", "2")),
    ],
)
def test_what_is_allowed_is_exactly_one_place(allow: str | None, service: str | None) -> None:
    assert ELSEWHERE in refusal(request(f"{LOGIN}{FAR}/shop_test", allow, service))


class Connected:
    """A live connection, as far as the guard looks at it, that leads to another place than its name said."""

    def __init__(self, server_address: str | None, reached: str) -> None:
        self.info = SimpleNamespace(hostaddr=reached)
        self._address = server_address

    def execute(self, query: str) -> Any:
        return SimpleNamespace(fetchone=lambda: (self._address,))


@pytest.mark.parametrize(
    ("address", "reached", "near", "reason"),
    [
        ("8.8.8.8", "127.0.0.1", True, "8.8.8.8, a public address"),  # a tunnel
        ("8.8.8.8", "8.8.8.8", False, "8.8.8.8, a public address"),
        ("10.0.0.5", "10.0.0.5", True, "10.0.0.5, not to this machine"),  # a name that changed between two look-ups
        ("127.0.0.1", "172.17.0.2", True, "172.17.0.2, not to this machine"),
    ],
)
def test_a_connection_that_leads_elsewhere(address: str, reached: str, near: bool, reason: str) -> None:
    connection: Any = Connected(address, reached)
    with pytest.raises(UsageError) as caught:
        guards._check_address(connection, "localhost/shop_test", near=near)
    assert str(caught.value) == f"localhost/shop_test: the connection leads to {reason}"
