"""How long fixtures take to set up, those that they request by name included."""

from __future__ import annotations

from typing import Any, Protocol

import pytest

SHOWN = 50


class Sink(Protocol):
    def put(self, kind: str, **fields: Any) -> None: ...


class Timing:
    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.spent: dict[tuple[str, str, str], tuple[int, float]] = {}

    def took(self, fixturedef: Any, seconds: float) -> None:
        key = (str(fixturedef.baseid), str(fixturedef.argname), str(fixturedef.scope))
        count, before = self.spent.get(key, (0, 0.0))
        self.spent[key] = (count + 1, before + seconds)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        slowest = sorted(self.spent.items(), key=lambda item: -item[1][1])[:SHOWN]
        self.sink.put("fixtures", made=[[*key, count, seconds] for key, (count, seconds) in slowest])
