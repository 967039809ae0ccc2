"""The command as a whole: exit codes, stamps, interruption; each ends with a line that says what to do."""

import json
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

from tests.hooks.projects import START, Project, running

CLEAN = "def test_clean(): ...\n"


def test_a_green_suite_is_verified_stamped_and_answered_from_the_stamp(project: Project) -> None:
    project.commit(tests__test_it_py=CLEAN)
    first = project.ask()
    assert (first.code, first.error) == (0, "")
    assert [line.split(" (tree ")[0] for line in first.out.splitlines()][-1] == (
        "verify-suite: verified: green, isolated, tree clean"
    )
    assert len(first.out.splitlines()) == 2
    second = project.ask()
    assert (second.code, len(second.out.splitlines())) == (0, 1)
    assert second.out.startswith("verify-suite: verified at ")
    folder = project.root.parent / "kept"
    assert len(project.ask("--report", str(folder)).out.splitlines()) == 1
    assert json.loads((folder / "report.json").read_text())["verdict"] == "verified"
    assert project.ask("status", "--require", "HEAD").code == 0
    project.commit(tests__test_it_py=CLEAN + "\n")
    assert project.ask("status", "--require", "HEAD").code == 1
    assert project.ask("status", "--require", "HEAD~1").code == 0
    assert project.status() == ""


def test_a_stamp_of_some_tests_does_not_stand_for_the_tree(project: Project) -> None:
    project.commit(tests__test_it_py=CLEAN, tests__test_red_py="def test_red(): assert False\n")
    assert project.ask("--tests", "tests/test_it.py").code == 0
    assert project.ask("status", "--require", "HEAD").code == 1
    assert project.ask().code == 1


def test_a_red_suite_shows_the_failure(project: Project) -> None:
    project.commit(tests__test_it_py="def test_red():\n    assert [1] == [2]\n")
    answer = project.verify()
    assert (answer.code, answer.report["green"], answer.report["isolated"]) == (1, False, True)
    assert answer.outcomes() == {"tests/test_it.py::test_red": "failed"}
    assert "E   assert [1] == [2]" in answer.out
    assert project.ask("status", "--require", "HEAD").code == 1


def test_every_outcome_has_its_word(project: Project) -> None:
    project.commit(
        tests__test_it_py="""
            import pytest
            @pytest.fixture
            def broken(): raise ValueError
            @pytest.fixture
            def broken_teardown():
                yield
                raise ValueError
            def test_passes(): ...
            def test_fails(): assert False
            def test_set_up(broken): ...
            def test_teardown(broken_teardown): ...
            @pytest.mark.skip
            def test_marked(): ...
            def test_skips(): pytest.skip("now")
            @pytest.mark.xfail
            def test_xfails(): assert False
            @pytest.mark.xfail(run=False)
            def test_not_run(): assert False
            @pytest.mark.xfail
            def test_xpasses(): ...
        """
    )
    found = {node.rpartition("_")[2]: word for node, word in project.verify().outcomes().items()}
    assert found == {
        "passes": "passed",
        "fails": "failed",
        "up": "error",
        "teardown": "error",
        "marked": "skipped",
        "skips": "skipped",
        "xfails": "xfailed",
        "run": "xfailed",
        "xpasses": "xpassed",
    }


@pytest.mark.parametrize(
    ("files", "code", "line"),
    [
        pytest.param({}, 3, "no test was collected: check `tests` in the settings", id="nothing-collected"),
        pytest.param(
            {"tests__test_it_py": "import pytest\npytest.skip('all', allow_module_level=True)\n"},
            3,
            "could not tell: ",
            id="module-skipped",
        ),
        pytest.param(
            {"tests__test_it_py": "import pytest\n@pytest.mark.skip\ndef test_it(): ...\n"},
            3,
            "could not tell: every test was skipped",
            id="all-skipped",
        ),
        pytest.param(
            {"tests__test_it_py": "import os\ndef test_it(): os._exit(7)\n"},
            3,
            "could not tell: pytest ended with exit code 7",
            id="process-gone",
        ),
        pytest.param(
            {"tests__test_it_py": "import os\ndef test_it(): os.kill(os.getpid(), 9)\n"},
            3,
            "could not tell: pytest was ended by signal 9 in tests/test_it.py::test_it",
            id="killed",
        ),
        pytest.param({"tests__test_it_py": "import nowhere\n"}, 1, "not verified: not green", id="import-error"),
        pytest.param({"tests__test_it_py": "def test_it(:\n"}, 1, "not verified: not green", id="syntax-error"),
        pytest.param({"tests__conftest_py": "raise ValueError('odd')\n"}, 3, "ValueError: odd", id="broken-conftest"),
    ],
)
def test_what_cannot_be_told_is_never_verified(project: Project, files: dict[str, str], code: int, line: str) -> None:
    project.commit(**files)
    answer = project.verify()
    assert (answer.code, answer.report["verdict"]) == (code, "unknown" if code == 3 else "not-verified")
    assert line in answer.out
    assert "Traceback (most recent call last)" not in answer.out + answer.error


def test_outside_a_repository(tmp_path: Path, suite_cache: Path) -> None:
    answer = Project(tmp_path, suite_cache).verify(GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert (answer.code, answer.report["verdict"], answer.report["tree"]) == (3, "unknown", "")
    assert answer.error == f"verify-suite: {tmp_path} is not inside a git work tree: run `git init` there\n"


def test_an_interpreter_without_pytest(project: Project, tmp_path: Path) -> None:
    project.commit(tests__test_it_py=CLEAN)
    bare = tmp_path / "bare"
    venv.create(bare, symlinks=True)
    answer = project.verify("--python", str(bare))
    assert (answer.code, answer.report["verdict"]) == (3, "unknown")
    assert f"{bare / 'bin' / 'python'} has no pytest: install it there" in answer.error


def test_too_slow(project: Project) -> None:
    project.commit(tests__test_it_py="import time\ndef test_it(): time.sleep(60)\n")
    answer = project.verify("--timeout", "8")
    assert (answer.code, answer.report["verdict"]) == (3, "unknown")
    assert "did not end within 8 s (it was in tests/test_it.py::test_it)" in answer.error


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(project: Project, tmp_path: Path, number: signal.Signals) -> None:
    """Children, server and temporary files are gone; the tree has no stamp."""
    project.commit(tests__test_it_py="import time\ndef test_it():\n    time.sleep(60)\n")
    temporary = tmp_path / "t"
    temporary.mkdir()
    mark = f"SUITE_MARK={tmp_path}"
    process = project.start(TMPDIR=str(temporary), SUITE_MARK=str(tmp_path))
    deadline = time.monotonic() + 60
    while not list(temporary.glob("lfx-*/0/results/main.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1)
    assert len(running(mark)) > 1
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (130, "verify-suite: interrupted\n")
    while running(mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert running(mark) == []
    assert list(temporary.glob("lfx-*")) == []
    assert project.ask("status", "--require", "HEAD").code == 1


def test_variables_of_the_suite(project: Project) -> None:
    """Ours reach the suite; those that lead to another database or repository do not."""
    project.commit(
        tests__test_it_py="""
            import os, psycopg
            def test_it():
                assert os.environ["SHOP_DSN"] == f"{os.environ['PGUSER']}/{os.environ['PGDATABASE']}"
                assert os.environ["ASYNC_URL"].startswith("postgresql+asyncpg://")
                assert not {"POSTGRES_PASSWORD", "OTHER_DSN", "PGSERVICE", "READ_DATABASE_URL"} & set(os.environ)
                with psycopg.connect() as connection:
                    assert connection.info.dbname == os.environ["PGDATABASE"]
        """,
        tests__conftest_py="",
    )
    answer = project.ask(
        *("--env", "SHOP_DSN={user}/{dbname}", "--env", "ASYNC_URL={url:asyncpg}"),
        POSTGRES_PASSWORD="hidden",
        OTHER_DSN="x",
        PGSERVICE="production",
        READ_DATABASE_URL="x",
    )
    assert answer.code == 0, answer.out


def test_set_up_commands_make_the_schema_once(project: Project) -> None:
    project.commit(
        tests__conftest_py="",
        make_schema_py="""
            import os, psycopg
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
                connection.execute("create table made (id int)")
            open(os.environ["SEEN"], "a").write("x")
        """,
        tests__test_it_py="""
            import psycopg
            def test_it():
                with psycopg.connect() as connection:
                    connection.execute("select * from made")
        """,
    )
    seen = project.root.parent / "seen"
    for _ in range(2):
        answer = project.verify("--setup", "python make_schema.py", SEEN=str(seen))
        assert answer.code == 0, answer.out + answer.error
    assert seen.read_text() == "x"
    failed = project.verify("--setup", "python nowhere.py")
    assert failed.code == 3
    assert "setup: 'python nowhere.py' ended with exit code 2" in failed.error


def test_allowed_leaks_are_a_ratchet(project: Project) -> None:
    leaking = 'from tests.conftest import execute\ndef test_old(): execute("insert into jobs values (7)")\n'
    project.commit(tests__test_it_py=leaking)
    allowed = ("--allow-leaks", "tests/test_it.py::test_old")
    assert project.verify().code == 1
    answer = project.verify(*allowed)
    assert (answer.code, [leak["allowed"] for leak in answer.report["leaks"]]) == (0, [True])
    project.commit(tests__test_it_py="def test_old(): ...\n")
    answer = project.verify(*allowed)
    assert answer.code == 1
    assert "LEAK  tests/test_it.py::test_old no longer leaks: take it off allow-leaks" in answer.out


def test_a_stamped_tree_answers_without_the_suites_libraries(project: Project) -> None:
    project.commit(tests__test_it_py=CLEAN)
    assert project.ask().code == 0
    heavy = "{'psycopg', 'rich', 'psutil', 'filelock', 'platformdirs', 'astroid', 'pytest'}"
    start = START.replace("sys.exit(main())", f"print(main(), sorted({heavy} & set(sys.modules)))")
    done = subprocess.run((sys.executable, "-c", start), cwd=project.root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
