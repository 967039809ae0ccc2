"""`lint-fixtures graph` on the example shop: through the real command, every format, every wrong name."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lint_fixtures.cli import main
from lint_fixtures.graph.render import as_dot, as_mermaid
from lint_fixtures.graph.tree import Branch

OWN = """\
import pytest


@pytest.fixture
def orders(request):
    return request.config.orders


def test_own(orders):
    pass
"""
SHOP = Path(__file__).parent.parent / "examples" / "shop" / "broken"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The broken shop as a project of its own, and the working directory."""
    root = tmp_path / "shop"
    shutil.copytree(SHOP, root)
    (root / ".git").mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("LINT_FIXTURES_CACHE", "off")
    return root


def line_of(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if line.startswith(text))


def test_the_tree_shows_chain_scopes_roles_and_what_is_overridden(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["graph", "tests/api/test_campaigns.py::test_unknown_organization_is_refused"]) == 0
    tests = shop / "tests"
    own = line_of(tests / "api/test_campaigns.py", "def db_session")
    shared = line_of(tests / "conftest.py", "def db_session")
    client = line_of(tests / "api/conftest.py", "def client")
    engine = line_of(tests / "conftest.py", "def engine")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == [
        f"└── client  [function, client]  tests/api/conftest.py:{client}",
        f"    └── db_session  [function, session]  tests/api/test_campaigns.py:{own}"
        f"  overrides tests/conftest.py:{shared}",
        f"        └── engine  [session, engine]  tests/conftest.py:{engine}",
    ]


def test_a_circle_is_cut_where_it_closes(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "--format", "json", "tests/jobs/test_schedule.py::test_last_job_follows_first"]) == 0
    (tree,) = json.loads(capsys.readouterr().out)
    first = next(child for child in tree["children"] if child["name"] == "first_job")
    last = next(child for child in first["children"] if child["name"] == "last_job")
    assert [(child["name"], child["kind"]) for child in last["children"]][-1] == ("first_job", "circle")


def test_a_fixture_is_shown_at_each_of_its_definitions(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "--format", "json", "db_session"]) == 0
    trees = json.loads(capsys.readouterr().out)
    assert {tree["where"].partition(":")[0] for tree in trees} == {"tests/conftest.py", "tests/api/test_campaigns.py"}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("organizatoin", "no file and no fixture 'organizatoin' in this project; did you mean organization"),
        ("tests/api/nowhere.py", "no such file or folder: tests/api/nowhere.py"),
        ("tests/jobs/test_jobs.py::test_new_job_is_opne", "; did you mean test_new_job_is_open"),
        ("shop/models.py", "shop/models.py holds neither tests nor fixtures"),
    ],
    ids=["fixture", "file", "test", "nothing in it"],
)
def test_a_wrong_name_is_one_line_with_near_ones(
    shop: Path, capsys: pytest.CaptureFixture[str], target: str, message: str
) -> None:
    assert main(["graph", target]) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1


@pytest.mark.parametrize(("form", "label"), [("mermaid", '["engine<br/>'), ("dot", '[label="engine\\n')])
def test_each_definition_is_drawn_once(shop: Path, capsys: pytest.CaptureFixture[str], form: str, label: str) -> None:
    assert main(["graph", "--format", form, "tests/jobs/test_schedule.py"]) == 0
    assert capsys.readouterr().out.count(label) == 1


def test_without_a_target_it_asks_for_one(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph"]) == 2
    line = "lint-fixtures: graph of what? name a test, a file, a folder or a fixture, or take --models\n"
    assert capsys.readouterr() == ("", line)


def test_names_cannot_break_out_of_labels() -> None:
    hostile = Branch('a"]; evil', "fixture", "x.py:1", "function")
    assert '"]; evil' not in as_mermaid([hostile])
    assert 'a\\"]; evil' in as_dot([hostile])


def test_svg_is_drawn_or_says_what_it_needs(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("dot"):
        assert main(["graph", "--format", "svg", "engine"]) == 0
        assert ElementTree.fromstring(capsys.readouterr().out).tag == "{http://www.w3.org/2000/svg}svg"
    monkeypatch.setenv("PATH", os.devnull)
    assert main(["graph", "--format", "svg", "engine"]) == 2
    line = (
        "lint-fixtures: SVG needs Graphviz' own program `dot` on PATH, which no Python package brings:"
        " install Graphviz (`apt install graphviz`, `brew install graphviz`), or take --format mermaid\n"
    )
    assert capsys.readouterr() == ("", line)


def test_svg_without_the_package_names_the_extra(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    assert main(["graph", "--format", "svg", "--models", "shop"]) == 2
    line = "SVG needs the extra `graph`: pip install 'lint-fixtures[graph]', or take --format mermaid"
    assert capsys.readouterr() == ("", f"lint-fixtures: {line}\n")


@pytest.mark.parametrize("folder", ["tests/jobs", "tests/jobs/", "./tests/jobs"])
def test_a_folder_shows_all_tests_below_it(shop: Path, capsys: pytest.CaptureFixture[str], folder: str) -> None:
    assert main(["graph", "--format", "json", folder]) == 0
    shown = [tree["name"] for tree in json.loads(capsys.readouterr().out)]
    assert {name.partition("::")[0] for name in shown} == {"tests/jobs/test_jobs.py", "tests/jobs/test_schedule.py"}
    assert "tests/jobs/test_schedule.py::test_last_job_follows_first" in shown


def test_a_fixture_that_is_named_as_a_folder_is_the_fixture(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "engine").mkdir()
    assert main(["graph", "--format", "json", "engine"]) == 0
    assert [tree["kind"] for tree in json.loads(capsys.readouterr().out)] == ["fixture"]


@pytest.mark.parametrize(("folder", "message"), [("shop", "no tests below shop"), ("./shop", "no tests below ./shop")])
def test_a_folder_without_tests_is_one_line(
    shop: Path, capsys: pytest.CaptureFixture[str], folder: str, message: str
) -> None:
    assert main(["graph", folder]) == 2
    assert capsys.readouterr() == ("", f"lint-fixtures: {message}\n")


def test_a_folder_with_too_many_tests_names_one_to_begin_with(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = "".join(f"def test_{number}():\n    pass\n" for number in range(101))
    (shop / "tests" / "api" / "test_all.py").write_text(many, encoding="utf-8")
    assert main(["graph", "tests/api"]) == 2
    line = "more than 100 tests below tests/api: name a smaller folder, or a file such as tests/api/test_all.py"
    assert capsys.readouterr() == ("", f"lint-fixtures: {line}\n")


def test_it_reads_the_settings_of_flake8(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "tests" / "test_own.py").write_text(OWN, encoding="utf-8")
    assert main(["graph", "--format", "json", "tests/test_own.py::test_own"]) == 0
    (shop / "setup.cfg").write_text("[flake8]\nlfx-session-names = orders\n", encoding="utf-8")
    assert main(["graph", "--format", "json", "tests/test_own.py::test_own"]) == 0
    told = capsys.readouterr().out.split("]\n[")
    assert ['"role": "session"' in each for each in told] == [False, True]


def test_settings_that_are_wrong_are_one_line(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "setup.cfg").write_text("[flake8]\nignore = lfx1\n", encoding="utf-8")
    assert main(["graph", "engine"]) == 2
    assert capsys.readouterr().err.startswith("lint-fixtures: Error code 'lfx1' ")
