"""The command that shows a failure again: the user's own flags, the tests in their order, one process."""

import shlex

import pytest

from lint_fixtures_hooks import hint

TESTS = ("tests/test_a.py::test_a[it's]", "tests/test_b.py::test_b")
SHOWN = ["--tests", TESTS[0], "--tests", TESTS[1]]


@pytest.mark.parametrize(
    ("words", "workers", "expected"),
    [
        ([], 0, []),
        (["--staged", "--setup", "alembic upgrade head"], 0, ["--staged", "--setup", "alembic upgrade head"]),
        (["--env", "A={url}", "--env=B={host}"], 0, ["--env", "A={url}", "--env=B={host}"]),
        (["--mode", "prove", "--shuffles=2", "--again", "--report", "out", "--tests", "tests"], 0, []),
        (["--workers", "4", "--tcp"], 4, ["--tcp", "--workers", "0"]),
        (["tests/test_b.py::test_b", "--no-tcp"], 0, ["--no-tcp"]),
        (["--url", "postgresql://me:word@localhost/test"], 0, ["--url", "postgresql://me:***@localhost/test"]),
    ],
    ids=["none", "kept", "variables", "replaced", "workers", "of-bisect", "password"],
)
def test_the_command_is_complete(words: list[str], workers: int, expected: list[str]) -> None:
    assert shlex.split(hint.command(words, TESTS, workers)) == ["verify-suite", *expected, *SHOWN]
