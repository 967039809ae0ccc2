"""A stamp says what was proved; `status --require` wants all that the settings in the tree ask for."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import Any

import pytest

from lint_fixtures_hooks import claim
from lint_fixtures_hooks.settings import Settings
from tests.hooks.projects import Project
from tests.repositories import git

CLEAN = "def test_clean(): ...\n"
TWO = "def test_one(): ...\ndef test_two(): ...\n"
SUITE = "[tool.lint_fixtures.suite]\n"
REQUIRE = ("status", "--require", "HEAD")


def claimed(place: str = ".", **settings: Any) -> claim.Claim:
    return claim.of_settings(PurePath(place), Settings(**settings))


@pytest.mark.parametrize(
    ("proved", "asked", "lacks"),
    [
        ({}, {}, []),
        ({}, {"mode": "prove"}, ["mode commit, not prove"]),
        ({"mode": "prove"}, {}, []),
        ({"mode": "prove", "shuffles": 1}, {"mode": "prove"}, ["shuffles 1, not 3"]),
        ({"shuffles": 1}, {"shuffles": 2}, []),
        ({"tests": ("a",)}, {}, ["other tests"]),
        ({"args": ("-k", "one")}, {}, ["other args"]),
        ({"args": ("-k", "one")}, {"args": ("-k", "one", "-x")}, []),
        ({"args": ("-x", "-n", "2", "-n2", "--tb=short", "--maxfail", "1", "-ra")}, {}, []),
        ({"args": ("-x", "tests/a")}, {}, ["other args"]),
        ({"setup": ("make",)}, {}, ["other setup"]),
        ({"env": {"A": "1"}}, {"env": {"A": "2"}}, ["other env"]),
        ({}, {"major": 15}, []),
        ({}, {"major": 16}, ["PostgreSQL 15.8, not 16"]),
        ({"allow_leaks": ("a", "b")}, {"allow_leaks": ("b",)}, ["allow-leaks with a"]),
        ({}, {"allow_leaks": ("b",)}, []),
        ({"allow_leaks": tuple("abcde")}, {}, ["allow-leaks with a, b, c and 2 more"]),
        ({"place": "one"}, {"place": "two"}, ["folder one, not two"]),
        ({"timeout": 1.0, "workers": 2, "provider": "wheel", "python": "x", "keep": True, "tcp": True}, {}, []),
    ],
)
def test_what_a_claim_lacks(proved: dict[str, Any], asked: dict[str, Any], lacks: list[str]) -> None:
    assert list(claim.missing(claimed(**proved), claimed(**asked), "15.8")) == lacks


def test_a_claim_keeps_what_may_be_secret_to_itself() -> None:
    made = claimed(args=("--password=s3cr3t",), setup=("load s3cr3t",), env={"KEY": "s3cr3t"})
    assert "s3cr3t" not in repr(made)


@pytest.mark.parametrize(
    ("flags", "lacks"),
    [
        pytest.param((), "mode commit, not prove", id="mode"),
        pytest.param(("--mode", "prove", "--shuffles", "0"), "shuffles 0, not 1", id="shuffles"),
        pytest.param(
            ("--mode", "prove", "--allow-leaks", "tests/test_it.py::test_gone"),
            "allow-leaks with tests/test_it.py::test_gone",
            id="allow-leaks",
        ),
    ],
)
def test_a_stamp_of_less_is_refused_with_the_part_that_differs(
    project: Project, flags: tuple[str, ...], lacks: str
) -> None:
    wanted = ("--mode", "prove", "--shuffles", "1")
    project.commit(tests__test_it_py=CLEAN)
    assert project.ask(*(flags and wanted), *flags).code == 0
    tree = git(project.root, "rev-parse", "HEAD^{tree}").strip()
    asked = project.ask(*REQUIRE, *wanted)
    assert asked.code == 1
    assert asked.out.startswith(f"verify-suite: HEAD (tree {tree[:12]}) not verified as asked: its stamp of ")
    assert asked.out.endswith(f" is for {lacks}: run verify-suite, or ask with the flags of that run\n")
    assert project.ask(*wanted).code == 0
    assert project.ask(*REQUIRE, *wanted).code == 0


def test_the_settings_asked_for_are_those_of_the_tree(project: Project) -> None:
    """Not those that lie in the work tree now."""
    project.commit(tests__test_it_py=CLEAN, pyproject_toml=SUITE + 'mode = "prove"\nshuffles = 0\n')
    assert project.ask("--mode", "commit").code == 0
    project.write(pyproject_toml="")
    answer = project.ask(*REQUIRE)
    assert (answer.code, "is for mode commit, not prove:" in answer.out) == (1, True), answer.out
    project.commit()
    assert project.ask().code == 0
    assert project.ask(*REQUIRE).code == 0


@pytest.mark.parametrize(
    ("flags", "tests"),
    [(("--tests", "tests/test_a.py"), 1), (("--args", "-k one"), 1), (("--args", "--deselect tests/test_a.py"), 2)],
)
def test_tests_that_the_flags_chose_earn_no_stamp(project: Project, flags: tuple[str, ...], tests: int) -> None:
    project.commit(tests__test_a_py=CLEAN, tests__test_b_py=TWO)
    answer = project.ask(*flags, "--notes")
    said = answer.out.splitlines()
    assert (answer.code, [line.split(" (tree ")[0] for line in said[1:]]) == (
        0,
        [
            f"verify-suite: verified for the given {tests} tests only, no stamp: green, isolated, tree clean",
            "    a stamp is for the whole suite: leave out --tests and --args, or move them to the settings",
        ],
    )
    assert not (project.root / ".git" / "lint-fixtures" / "stamps").exists()
    assert git(project.root, "for-each-ref", "refs/notes") == ""
    assert project.ask(*REQUIRE).out.endswith("not verified: run verify-suite\n")


def test_arguments_that_choose_nothing_earn_the_stamp(project: Project) -> None:
    project.commit(tests__test_it_py=CLEAN)
    assert "verified: green" in project.ask("--args", "-x -v --tb=line").out
    assert project.ask(*REQUIRE).code == 0


def test_tests_that_the_settings_leave_out_are_counted(project: Project) -> None:
    """Also with workers, which each collect for themselves."""
    project.commit(tests__test_b_py=TWO, pyproject_toml=SUITE + 'args = "-k one"\n')
    said = project.ask("--workers", "2").out.splitlines()
    assert said[0].startswith("verify-suite: 1 passed, 1 deselected, 1 run, ")
    assert said[1].startswith("verify-suite: verified but for 1 deselected tests: green, isolated, tree clean ")
    assert ": 1 tests (1 deselected), PostgreSQL" in project.ask(*REQUIRE).out
    assert project.ask(*REQUIRE).code == 0


def test_what_the_shards_leave_out_to_each_other_is_not_deselected(project: Project, tmp_path: Path) -> None:
    project.commit(tests__test_b_py=TWO)
    answer = project.verify("--shard", "1/2")
    assert (answer.code, answer.report["runs"][0]["deselected"]) == (0, 0)
    assert "deselected" not in answer.out


def test_the_projects_of_one_tree_do_not_stand_for_each_other(project: Project) -> None:
    project.commit(one__pyproject_toml="", one__test_it_py=CLEAN, two__pyproject_toml="", two__test_it_py=CLEAN)
    one, two = (Project(project.root / name, project.cache) for name in ("one", "two"))
    assert one.ask().code == 0
    assert one.ask(*REQUIRE).code == 0
    answer = two.ask(*REQUIRE)
    assert (answer.code, "is for folder one, not two:" in answer.out) == (1, True), answer.out


def test_a_stamp_without_a_claim_is_none(project: Project) -> None:
    """As earlier versions wrote them."""
    project.commit(tests__test_it_py=CLEAN)
    assert project.ask().code == 0
    (stamped,) = (project.root / ".git" / "lint-fixtures" / "stamps").iterdir()
    found = json.loads(stamped.read_text())
    del found["claim"]
    stamped.write_text(json.dumps({**found, "mode": "commit", "whole": True}))
    assert project.ask(*REQUIRE).out.endswith("not verified: run verify-suite\n")


def test_a_note_is_asked_for_its_claim_too(project: Project) -> None:
    project.commit(tests__test_it_py=CLEAN)
    assert project.ask("--notes").code == 0
    for stamped in (project.root / ".git" / "lint-fixtures" / "stamps").iterdir():
        stamped.unlink()
    assert project.ask(*REQUIRE, "--notes").code == 0
    answer = project.ask(*REQUIRE, "--notes", "--mode", "prove")
    assert (answer.code, "is for mode commit, not prove:" in answer.out) == (1, True), answer.out
