"""The protocol of the providers: a function that looks at a request and offers to serve it, or says why not."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from lint_fixtures_hooks.postgres.binaries import Binaries
from lint_fixtures_hooks.postgres.extensions import lacking
from lint_fixtures_hooks.postgres.server import Server, ServerRequest

Setup = Callable[[Server], None]
Opener = Callable[[ServerRequest, Setup | None], AbstractContextManager[Server]]


@dataclass(frozen=True)
class Choice:
    """A provider that can serve, why it was taken, and how to open its server; `lacks` tells extensions it has not."""

    provider: str
    reason: str
    open: Opener
    lacks: Callable[[Sequence[str]], tuple[str, ...]] = lambda names: ()


@dataclass(frozen=True)
class Refusal:
    """A provider that cannot serve, and why."""

    provider: str
    reason: str


class Provider(Protocol):
    def __call__(self, request: ServerRequest) -> Choice | Refusal: ...


def embedded_choice(provider: str, binaries: Binaries, reason: str) -> Choice:
    """A server of our own from these binaries."""

    def open_embedded(request: ServerRequest, setup: Setup | None) -> AbstractContextManager[Server]:
        # here, because the machinery needs flock and Unix accounts; `url` serves on Windows too
        from lint_fixtures_hooks.postgres.embedded import open_cluster

        return open_cluster(binaries, provider, request, setup)

    return Choice(provider, reason, open_embedded, partial(lacking, binaries))
