"""The first run in somebody's project: what is not there yet is one line that says what to do."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.hooks.projects import START, Project

CANNOT = "verify-suite: could not tell: pytest could not start on the tests: "
ENV = "if that is where the database stands, say env = "
REQUIRED = "from pydantic import BaseModel\nclass Settings(BaseModel):\n    shop_dsn: str\nSettings()\n"
REFUSED = "import psycopg\npsycopg.connect('postgresql://localhost:1/shop')\n"


@pytest.mark.parametrize(
    ("conftest", "line"),
    [
        ("import os\nos.environ['SHOP_DB']\n", f"KeyError: 'SHOP_DB': {ENV}{{SHOP_DB = \"{{url}}\"}}"),
        (REQUIRED, f'shop_dsn: Field required: {ENV}{{SHOP_DSN = "{{url}}"}}'),
        (
            REFUSED,
            "Is the server running on that host and accepting TCP/IP connections?: "
            "it looks for its database elsewhere: `env` says which variable holds the address",
        ),
    ],
    ids=["variable", "pydantic", "another-server"],
)
def test_a_suite_that_reads_another_variable(project: Project, conftest: str, line: str) -> None:
    project.commit(tests__conftest_py=conftest, tests__test_it_py="def test_it(): ...\n")
    answer = project.ask()
    assert (answer.code, answer.out.splitlines()[-1]) == (3, CANNOT + line)


def test_no_pytest_anywhere(project: Project, tmp_path: Path) -> None:
    """The hook's own environment has none either, as under pre-commit."""
    project.commit(tests__test_it_py="def test_it(): ...\n")
    bare, tools = tmp_path / "bare", tmp_path / "bin"
    venv.create(bare, symlinks=True)
    tools.mkdir()
    (tools / "git").symlink_to(shutil.which("git") or "")
    python = bare / "bin" / "python"
    start = START.replace("import sys;", f"import sys; sys.executable, sys.path = {str(python)!r}, {sys.path!r};")
    done = subprocess.run(
        (sys.executable, "-c", start), cwd=project.root, env={"PATH": str(tools)}, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (
        3,
        f"verify-suite: no Python with pytest for {project.root} (looked at {python}): "
        "set `python` in [tool.lint_fixtures.suite], or install pytest into the project's .venv\n",
    )


def test_a_repository_of_another_user(project: Project) -> None:
    """As in a container that has the checkout mounted."""
    answer = project.ask(GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    said = f"fatal: detected dubious ownership in repository at '{project.root}'"
    way_out = f"if it is yours, `git config --global --add safe.directory {project.root}`"
    line = f"verify-suite: git rev-parse failed in {project.root}: {said}: {way_out}\n"
    assert (answer.code, answer.error) == (3, line)
