"""Request chains of any length: each fixture is looked into once, and what pytest cannot follow is unknown."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from lint_fixtures.cache import FactsCache
from lint_fixtures.engine import check_file
from lint_fixtures.index import Project
from lint_fixtures.index.resolution import Resolution
from lint_fixtures.rule import load_rules

PATH = "/absent/project/test_chain.py"
START = """import pytest
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))


@pytest.fixture
def f0():
    with Session(create_engine("postgresql://")) as session:
        yield session
"""
LINK = """

@pytest.fixture
def f{this}(f{last}):
    f{last}.add(Order(parent_id=1))
    f{last}.flush()
    return f{last}
"""
END = """

def test_last(f{last}):
    assert f0() == f{last}
"""


def chain(length: int) -> Project:
    links = "".join(LINK.format(this=index, last=index - 1) for index in range(1, length))
    source = START + links + END.format(last=length - 1)
    return Project("/absent/project", FactsCache(None), overlay={PATH: source.encode()})


def found(project: Project) -> list[tuple[int, str]]:
    return [(each.location.line, each.code) for each in check_file(project, PATH, load_rules())]


def test_the_requests_of_each_fixture_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[tuple[str, bool]] = Counter()
    step = Resolution._step

    def counted(self: Resolution, visible: Any, name: str, sure: bool) -> Any:
        asked[name, sure] += 1
        return step(self, visible, name, sure)

    monkeypatch.setattr(Resolution, "_step", counted)
    found(chain(150))
    assert asked == {(f"f{index}", True): 1 for index in range(150)}


@pytest.mark.parametrize("length", [2, 3000])
def test_however_long_a_chain_is_the_rest_is_checked(length: int) -> None:
    call = 7 * (length - 1) + 23
    assert found(chain(length)) == [(call, "LFX108")]
