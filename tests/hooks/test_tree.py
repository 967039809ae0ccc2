"""What is verified is the tree to be committed, and the run leaves it as it was."""

from lint_fixtures_hooks import report
from tests.hooks import reports
from tests.hooks.projects import Project
from tests.repositories import git

CLEAN = "def test_clean(): ...\n"


def changes(report: dict[str, list[dict[str, str]]]) -> list[tuple[str, str, str | None]]:
    return [(item["path"], item["change"], item["nodeid"]) for item in report["tree_changes"]]


def test_changed_files_are_named_with_the_test_that_wrote_them(project: Project) -> None:
    project.commit(
        notes_txt="first",
        gone_txt="",
        tests__test_files_py="""
            import os, subprocess, sys
            from pathlib import Path

            def test_creates(): Path("made.txt").write_text("x")
            def test_modifies(): Path("notes.txt").write_text("second")
            def test_deletes(): os.remove("gone.txt")
            def test_renames(tmp_path):
                tmp_path.joinpath("a").write_text("a")
                os.replace(tmp_path / "a", "renamed.txt")
            def test_makes_folder(): Path("empty").mkdir()
            def test_in_child(): subprocess.run(["sh", "-c", "sleep 0.05; echo 1 > child.txt; sleep 0.05"], check=True)
            def test_ignored(): Path("build.log").write_text("x")
            def test_restores():
                Path("passing.txt").write_text("x")
                os.remove("passing.txt")
        """,
    )
    (project.root / ".gitignore").write_text("*.log\n")
    project.commit()
    answer = project.verify()
    test = "tests/test_files.py::test_"
    assert changes(answer.report) == [
        ("child.txt", "created", test + "in_child"),
        ("empty/", "created", test + "makes_folder"),
        ("gone.txt", "deleted", test + "deletes"),
        ("made.txt", "created", test + "creates"),
        ("notes.txt", "modified", test + "modifies"),
        ("renamed.txt", "created", test + "renames"),
    ]
    assert (answer.code, answer.report["tree_clean"], answer.report["isolated"]) == (1, False, True)
    assert "TREE  made.txt created by tests/test_files.py::test_creates" in answer.out


def test_a_suite_that_reaches_the_repository_is_told(project: Project) -> None:
    project.commit(
        tests__test_git_py="""
            import subprocess
            def test_git(): subprocess.run(["git", "config", "core.note", "x"], check=True)
        """
    )
    answer = project.verify()
    assert changes(answer.report) == [(".git/config", "modified", "tests/test_git.py::test_git")]
    assert answer.code == 1


def test_an_untracked_file_that_the_run_used_is_not_verified(project: Project) -> None:
    project.commit(tests__test_it_py="def test_it():\n    import helper\n", pyproject_toml=PYTHONPATH)
    project.write(helper_py="", unused_py="")
    answer = project.verify()
    assert (answer.code, answer.report["untracked_used"]) == (1, ["helper.py"])
    assert "not verified: used without being tracked: helper.py (tree " in answer.out
    git(project.root, "add", "helper.py")
    assert (project.verify().code, project.status()) == (0, "A  helper.py\n?? unused.py\n")


PYTHONPATH = '[tool.pytest.ini_options]\ntestpaths = ["tests"]\npythonpath = ["."]\n'


def test_unstaged_changes_are_refused_unless_the_index_is_checked_out(project: Project) -> None:
    project.commit(tests__test_it_py=CLEAN)
    project.write(tests__test_it_py="def test_broken(): assert False\n")
    refused = project.verify()
    assert (refused.code, refused.report["verdict"]) == (3, "unknown")
    assert refused.error == (
        "verify-suite: tests/test_it.py was changed (by you, or by a hook that mends files) and not staged: `git add` "
        "what is to be committed, or let `verify-suite --staged` run the index in a folder of its own\n"
    )
    staged = project.verify("--staged")
    assert (staged.code, staged.outcomes()) == (0, {"tests/test_it.py::test_clean": "passed"}), staged.out
    assert staged.report["tree"] == git(project.root, "write-tree").strip()


def test_a_checkout_is_watched_like_the_tree_itself(project: Project) -> None:
    project.commit(tests__test_it_py="def test_it():\n    open('made.txt', 'w').close()\n")
    answer = project.verify("--staged")
    assert (answer.code, changes(answer.report)) == (1, [("made.txt", "created", "tests/test_it.py::test_it")])
    assert project.status() == ""


def test_no_commit_yet(project: Project) -> None:
    git(project.root, "update-ref", "-d", "HEAD")
    project.write(tests__test_it_py=CLEAN)
    git(project.root, "add", "--all")
    assert project.verify().code == 0
    assert "verify-suite: index (tree " in project.ask("status").out


def test_the_index_of_a_commit_in_progress_is_what_counts(project: Project) -> None:
    """`git commit` hands its hooks GIT_INDEX_FILE and GIT_DIR; the suite must not see them."""
    project.commit(
        tests__test_it_py="""
            import os
            def test_it():
                assert [name for name in os.environ if name.startswith("GIT_")] == ["GIT_CEILING_DIRECTORIES"]
        """
    )
    answer = project.verify(GIT_INDEX_FILE=".git/index", GIT_DIR=".git", GIT_PREFIX="")
    assert (answer.code, answer.report["tree"]) == (0, git(project.root, "write-tree").strip()), answer.out


def test_a_stamp_names_what_it_does_not_speak_of(project: Project) -> None:
    project.commit(tests__test_it_py=CLEAN)
    assert project.ask().code == 0
    assert project.ask().out.endswith("; nothing has changed since\n")
    project.write(tests__test_leak_py=CLEAN)
    answer = project.ask()
    assert (answer.code, answer.out.split("; ")[-1]) == (0, "not part of it: tests/test_leak.py (untracked)\n")
    project.write(tests__test_it_py="def test_broken(): assert False\n", a_txt="", b_txt="")
    said = "tests/test_it.py (unstaged), a.txt (untracked), b.txt (untracked) and 1 more\n"
    answer = project.ask()
    assert (answer.code, answer.out.split("not part of it: ")[-1]) == (0, said)


def test_a_report_in_the_tree_is_hidden_from_git(project: Project) -> None:
    """So that neither the next run nor the user's next `git add` takes it along."""
    project.commit(tests__test_it_py=CLEAN)
    for again in ((), ("--again",)):
        assert project.ask("--report", "out/reports", *again).code == 0
        assert (project.status(), (project.root / "out/reports/report.json").exists()) == ("", True)
    assert project.ask().out.rstrip().endswith("; nothing has changed since")


def test_a_report_hides_nothing_but_itself(project: Project) -> None:
    project.commit(tests__test_it_py=CLEAN)
    project.write(docs__draft_txt="")
    for folder in (".", "docs"):
        assert project.ask("--report", folder).code == 0
    shown = [line.split()[1] for line in project.status().splitlines()]
    assert shown == sorted(
        [
            "docs/draft.txt",
            *(f"{folder}{name}" for folder in ("", "docs/") for name in ("index.html", "junit.xml", "report.json")),
            "pytest.log",
        ]
    )


def test_an_ignore_file_that_is_there_stays(project: Project) -> None:
    folder = project.root / "out"
    folder.mkdir()
    kept = folder / ".gitignore"
    kept.write_text("*.log\n")
    report.write(folder, reports.broken())
    assert kept.read_text() == "*.log\n"
