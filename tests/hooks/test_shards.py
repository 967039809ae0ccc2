"""Parts of a suite: cut by the probe, joined by merge, which refuses whatever is not one whole."""

import json
import shutil
from pathlib import Path

import pytest

from lint_fixtures_hooks import merge
from lint_fixtures_hooks.errors import UsageError
from lint_fixtures_hooks.probe.lfx_probe_selection import part
from lint_fixtures_hooks.report import EMPTY
from lint_fixtures_hooks.selection import durations
from tests.hooks import reports
from tests.hooks.projects import Project
from tests.repositories import git

TESTS = "def test_a(): ...\ndef test_b(): ...\ndef test_c(): ...\n"
NOTES = "refs/notes/lint-fixtures"


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("durations", [{}, {"t0": 100.0}, {"t8": 100.0}, {"t3": 0.0, "gone": 5.0}], ids=str)
def test_parts_make_the_whole(count: int, durations: dict[str, float]) -> None:
    tests = [f"t{number}" for number in range(9)]
    parts = [part(tests, durations, index, count) for index in range(1, count + 1)]
    assert sorted(nodeid for each in parts for nodeid in each) == tests
    assert all(parts)


def test_durations_are_shared_out() -> None:
    seconds = {"a": 6.0, "b": 1.0, "c": 1.0, "d": 4.0}
    assert [sorted(part(["d", "c", "b", "a"], seconds, index, 2)) for index in (1, 2)] == [["a"], ["b", "c", "d"]]


def test_more_parts_than_tests() -> None:
    assert [part(["a"], {}, index, 2) for index in (1, 2)] == [{"a"}, set()]


def test_durations_of_pytest_split(tmp_path: Path) -> None:
    stored = tmp_path / ".test_durations"
    assert durations(tmp_path) == {}
    stored.write_text('{"tests/test_a.py::test_a": 1.5}')
    assert durations(tmp_path) == {"tests/test_a.py::test_a": 1.5}
    stored.write_text("[1]")
    with pytest.raises(UsageError, match="not what pytest-split writes"):
        durations(tmp_path)


def test_a_shard_follows_the_durations(project: Project) -> None:
    """Under pytest-xdist too, where each worker collects for itself."""
    seconds = {"tests/test_a.py::test_a": 1.0, "tests/test_a.py::test_b": 1.0, "tests/test_a.py::test_c": 9.0}
    project.commit(tests__test_a_py=TESTS)
    (project.root / ".test_durations").write_text(json.dumps(seconds))
    project.commit()
    answer = project.verify("--shard", "2/2", "--workers", "2")
    assert (answer.code, sorted(answer.outcomes())) == (0, ["tests/test_a.py::test_c"]), answer.out


def test_runs_of_shards_are_joined() -> None:
    runs = [reports.run("reversed", None, {})]
    parts = [
        {
            **EMPTY,
            "folder": str(index),
            "tree": "t",
            "verdict": "not-verified",
            "shard": {"index": index, "count": 2, "collection": "c"},
            "runs": [reports.run("given", None, {f"t{index}": "passed"}), *runs[: 2 - index]],
        }
        for index in (1, 2)
    ]
    joined = merge.join(parts)
    assert [(run["order"], sorted(run["outcomes"])) for run in joined["runs"]] == [
        ("given", ["t1", "t2"]),
        ("reversed", []),
    ]
    assert joined["runs"][0]["tests_of_workers"] == {"shard 1 main": ["t1"], "shard 2 main": ["t2"]}


@pytest.fixture
def shards(project: Project) -> list[Path]:
    """Two verified halves of five tests."""
    project.commit(tests__test_a_py=TESTS, tests__test_b_py="def test_d(): ...\ndef test_e(): ...\n")
    folders = []
    for index in (1, 2):
        folder = project.root.parent / f"out-{index}"
        answer = project.ask("--shard", f"{index}/2", "--report", str(folder))
        said = f"verified for shard {index}/2 only, no stamp before `verify-suite merge`: "
        assert (answer.code, said in answer.out) == (0, True), answer.out + answer.error
        folders.append(folder)
    return folders


def test_only_the_merge_stamps(project: Project, shards: list[Path], tmp_path: Path) -> None:
    assert project.ask("status", "--require", "HEAD").code == 1
    answer = project.ask("merge", *map(str, shards), "--report", str(tmp_path / "joined"), "--notes")
    assert (answer.code, answer.error) == (0, "")
    assert answer.out.startswith("verify-suite: 2 shards, 5 tests: verified (tree ")
    joined = json.loads((tmp_path / "joined" / "report.json").read_text())
    assert sorted(joined["runs"][0]["outcomes"]) == [
        *(f"tests/test_a.py::test_{name}" for name in "abc"),
        *(f"tests/test_b.py::test_{name}" for name in "de"),
    ]
    assert project.ask("status", "--require", "HEAD").code == 0
    shutil.rmtree(project.root / ".git" / "lint-fixtures")
    assert project.ask("status", "--require", "HEAD").code == 1
    assert project.ask("status", "--require", "HEAD", "--notes").code == 0
    assert project.status() == ""


def changed(folder: Path, to: Path, **changes: object) -> Path:
    found = json.loads((folder / "report.json").read_text())
    to.mkdir()
    (to / "report.json").write_text(json.dumps({**found, **changes}))
    return to


def test_what_is_no_whole_is_refused(project: Project, shards: list[Path], tmp_path: Path) -> None:
    one, two = shards
    found = json.loads((two / "report.json").read_text())
    fewer = dict(list(found["runs"][0]["outcomes"].items())[1:])
    both = {**found["runs"][0]["outcomes"], "tests/test_a.py::test_a": "passed"}
    tree = changed(two, tmp_path / "tree", tree="0" * 40)
    gap = changed(two, tmp_path / "gap", runs=[{**found["runs"][0], "outcomes": fewer}])
    overlap = changed(two, tmp_path / "overlap", runs=[{**found["runs"][0], "outcomes": both}])
    plan = changed(two, tmp_path / "plan", plan="another")
    other = changed(two, tmp_path / "other", shard={**found["shard"], "collection": "another"})
    empty = tmp_path / "empty"
    for folders, line in (
        ([one], "shard 2/2 is missing: all of them, each once, make the whole"),
        ([one, two, two], "shard 2/2 is given twice"),
        ([one, tree], "not one suite: tree is "),
        ([one, plan], "not one suite: plan is "),
        ([one, gap], "tests of all shards are not the ones that were collected"),
        ([one, overlap], f"tests/test_a.py::test_a ran in {one} and in {overlap}"),
        ([one, other], "not one suite: collection is "),
        ([one, empty], f"{empty / 'report.json'}: No such file or directory"),
    ):
        answer = project.ask("merge", *map(str, folders))
        assert (answer.code, line in answer.error, len(answer.error.splitlines())) == (2, True, 1), answer.error
    assert project.ask("status", "--require", "HEAD").code == 1


def test_one_red_shard_reddens_all(project: Project, shards: list[Path], tmp_path: Path) -> None:
    red = changed(shards[1], tmp_path / "red", verdict="not-verified", green=False)
    answer = project.ask("merge", str(shards[0]), str(red))
    assert (answer.code, answer.out.splitlines()[1]) == (1, "    shard 2: not-verified, see its report")
    assert project.ask("status", "--require", "HEAD").code == 1


@pytest.mark.parametrize("text", ["0/2", "3/2", "2", "a/b"])
def test_a_wrong_shard(project: Project, text: str) -> None:
    answer = project.ask("--shard", text)
    assert (answer.code, answer.error) == (
        2,
        f"verify-suite: --shard {text!r}: write I/N with I from 1 to N, for example 2/5\n",
    )


def test_a_stamp_becomes_a_note(project: Project) -> None:
    """Without --notes none is written; with it, also where the stamp answers."""
    project.commit(tests__test_it_py=TESTS)
    assert project.ask().code == 0
    assert git(project.root, "for-each-ref", NOTES) == ""
    assert project.ask("--notes").code == 0
    tree = git(project.root, "rev-parse", "HEAD^{tree}").strip()
    assert json.loads(git(project.root, "notes", f"--ref={NOTES}", "show", tree))["tree"] == tree
