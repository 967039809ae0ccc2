"""`lint-fixtures graph --models`: tables, keys and the order of rows, through the real command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from lint_fixtures.cli import main
from lint_fixtures.graph.order import insertion_order
from tests.real_pytest import lay_out

MODELS = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()
tags = Table("tags", Base.metadata, Column("campaign_id", ForeignKey("shop.campaigns.id"), nullable=False))


class Organization(Base):
    __tablename__ = "organizations"
    id = Column(Integer, primary_key=True)
    campaigns = relationship("Campaign", back_populates="organization")


class Campaign(Base):
    __tablename__ = "campaigns"
    __table_args__ = {"schema": "shop"}
    id = Column(Integer, primary_key=True)
    organization_id = Column(ForeignKey("organizations.id", ondelete="cascade"), nullable=False)
    copy_of = Column(ForeignKey("shop.campaigns.id"))
    zone_id = Column(ForeignKey("zones.id"), nullable=False, server_default="1")
    maybe_id = Column(ForeignKey("organizations.id"), nullable=some_setting)
    organization = relationship("Organization", back_populates="campaigns", foreign_keys=[organization_id])


class Made(Base):
    __tablename__ = make_name()
    id = Column(Integer, primary_key=True)
"""
CIRCLE = """\
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Author(Base):
    __tablename__ = "authors"
    id = Column(Integer, primary_key=True)
    best_book = Column(ForeignKey("books.id"), nullable=False)


class Book(Base):
    __tablename__ = "books"
    id = Column(Integer, primary_key=True)
    author = Column(ForeignKey("authors.id"), nullable=False)
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path, {"app/models.py": MODELS, "pyproject.toml": ""})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINT_FIXTURES_CACHE", "off")
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["graph", "--models", *arguments]) == 0
    return capsys.readouterr().out


def test_text_shows_keys_by_kind_and_the_order(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys).splitlines() == [
        "organizations  Organization  app/models.py:8",
        "",
        "shop.campaigns  Campaign  app/models.py:14",
        "├── organization_id -> organizations.id  [required, ON DELETE CASCADE]"
        "  also by organization, Organization.campaigns",
        "├── copy_of -> shop.campaigns.id  [nullable]",
        "├── zone_id -> zones.id  [filled by itself]",
        "└── maybe_id -> organizations.id  [nullability unknown]  also by Organization.campaigns",
        "",
        "tags  tags  app/models.py:5",
        "└── campaign_id -> shop.campaigns.id  [required]",
        "",
        "insertion order:",
        "  organizations",
        "  shop.campaigns",
        "  tags",
        "",
        "table unknown: Made  app/models.py:25",
    ]


def test_json_holds_the_same(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told: dict[str, Any] = json.loads(printed(capsys, ".", "--format", "json"))
    assert told["insertion_order"] == ["organizations", "shop.campaigns", "tags"]
    assert told["circles"] == []
    assert told["table_unknown"] == [{"name": "Made", "where": "app/models.py:25"}]
    assert [
        (table["name"], [(key["column"], key["table"], key["kind"]) for key in table["keys"]])
        for table in told["tables"][1:]
    ] == [
        (
            "shop.campaigns",
            [
                ("organization_id", "organizations", "required"),
                ("copy_of", "shop.campaigns", "nullable"),
                ("zone_id", "zones", "filled by itself"),
                ("maybe_id", "organizations", "nullability unknown"),
            ],
        ),
        ("tags", [("campaign_id", "shop.campaigns", "required")]),
    ]


def test_keys_that_may_be_null_are_drawn_lighter(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "app/models.py", "--format", "mermaid").splitlines() == [
        "flowchart LR",
        '    t0["organizations"]',
        '    t1["shop.campaigns"]',
        '    t2["tags"]',
        '    t3["zones"]',
        '    t0 -->|"organization_id"| t1',
        '    t1 -.->|"copy_of"| t1',
        '    t3 -->|"zone_id"| t1',
        '    t0 -.->|"maybe_id"| t1',
        '    t1 -->|"campaign_id"| t2',
    ]
    dot = printed(capsys, "--format", "dot").splitlines()
    assert '  t0 -> t1 [label="organization_id"];' in dot
    assert '  t1 -> t1 [label="copy_of", style=dashed, color=gray60, fontcolor=gray60];' in dot


def test_svg_is_drawn_by_graphviz_or_says_what_it_needs(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["graph", "--models", "--format", "svg"])
    out, err = capsys.readouterr()
    if shutil.which("dot"):
        assert ElementTree.fromstring(out).tag == "{http://www.w3.org/2000/svg}svg"
    else:
        assert (code, "needs Graphviz' program `dot` on PATH" in err) == (2, True)


def test_a_circle_is_named(tmp_path: Path, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay_out(tmp_path, {"circle.py": CIRCLE})
    lines = printed(capsys, "circle.py").splitlines()
    assert lines[-1] == "circle: authors -> books -> authors: no order satisfies its keys"
    assert sorted(lines[-4:-2]) == ["  authors", "  books"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--format", "dot", "nowhere"), "lint-fixtures: no such file or folder: nowhere\n"),
        (("pyproject.toml",), "lint-fixtures: no SQLAlchemy or SQLModel models in pyproject.toml\n"),
    ],
)
def test_a_path_without_models_is_one_line(
    shop: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str
) -> None:
    assert (main(["graph", "--models", *arguments]), capsys.readouterr()) == (2, ("", line))


@pytest.mark.parametrize(
    ("parents", "order", "circles"),
    [
        pytest.param({"b": ["a"], "a": [], "c": ["b", "a"]}, ("a", "b", "c"), (), id="chain"),
        pytest.param({"b": ["elsewhere"], "a": []}, ("a", "b"), (), id="outside"),
        pytest.param({"a": ["a"]}, ("a",), (("a",),), id="itself"),
        pytest.param({"c": ["b"], "b": ["a"], "a": ["c"]}, ("a", "b", "c"), (("a", "c", "b"),), id="three"),
    ],
)
def test_insertion_order(
    parents: dict[str, list[str]], order: tuple[str, ...], circles: tuple[tuple[str, ...], ...]
) -> None:
    assert insertion_order(parents) == (order, circles)


def test_the_guide_shows_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = Path(__file__).parent.parent
    shutil.copytree(repository / "examples" / "shop" / "broken", tmp_path / "shop")
    (tmp_path / "shop" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "shop")
    guide = (repository / "docs" / "guides" / "reports.md").read_text(encoding="utf-8")
    shown = guide.partition("$ lint-fixtures graph --models shop\n")[2].partition("```")[0]
    assert printed(capsys, "shop") == shown
