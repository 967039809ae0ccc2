"""The cheap frozen dataclass behaves as the standard one does, where the linter relies on it."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from lint_fixtures.body import Const, Name
from lint_fixtures.facts import Location
from lint_fixtures.frozen import frozen, replace

ROOT = Path(__file__).resolve().parent.parent


@frozen
class Point:
    x: int
    y: int = 2


@frozen(eq=False)
class Thing:
    name: str


def test_fields_defaults_and_text() -> None:
    assert (Point(1), Point(x=1, y=3).y) == (Point(1, 2), 3)
    assert repr(Point(1)) == "Point(x=1, y=2)"


@pytest.mark.parametrize("arguments", [(), (1, 2, 3)], ids=["too few", "too many"])
def test_wrong_arguments_are_refused(arguments: tuple[int, ...]) -> None:
    with pytest.raises(TypeError):
        Point(*arguments)


def test_the_type_checker_refuses_to_assign(tmp_path: Path) -> None:
    source = "from lint_fixtures.facts import Location\n\nplace = Location('a', 1, 0)\nplace.line = 2\n"
    (tmp_path / "assigns.py").write_text(source, encoding="utf-8")
    command = (sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / "assigns.py"))
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout.splitlines()
    assert [line.partition("assigns.py:")[2] for line in told[:-1]] == [
        '4: error: Property "line" defined in "Location" is read-only  [misc]'
    ]


def test_equal_only_within_one_class() -> None:
    name: object = Name("x")
    assert name != Const("x")
    assert len({Point(1), Point(1), Point(2)}) == 2


def test_identity_classes_compare_as_objects() -> None:
    one, other = Thing("a"), Thing("a")
    assert one != other
    assert {one: 1}[one] == 1


def test_locations_sort_by_path_line_and_column() -> None:
    places = [Location("b", 1, 0), Location("a", 2, 0), Location("a", 1, 5)]
    assert sorted(places) == [places[2], places[1], places[0]]


def test_replace_copy_and_pickle_keep_the_values() -> None:
    assert replace(Point(1), y=5) == Point(1, 5)
    assert pickle.loads(pickle.dumps(Point(4))) == copy.deepcopy(Point(4)) == Point(4)


def test_class_patterns_match_by_position() -> None:
    match Point(3, 4):
        case Point(x, y):
            assert (x, y) == (3, 4)
