"""A suite that never connects to the server that was started is told so, for it may have run on another one."""

from __future__ import annotations

from tests.hooks.projects import Project

SAID = "nothing connected to this server, whose address is in {}: was it another database?"
CONNECTS = """
import os
import psycopg

def test_it():
    if url := os.environ.get("SHOP_URL"):
        with psycopg.connect(url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
"""


def test_a_suite_that_reads_another_variable(project: Project) -> None:
    project.commit(tests__conftest_py="", tests__test_it_py=CONNECTS)
    answer = project.verify("--env", "OTHER_URL={url}")
    assert SAID.format("OTHER_URL") in answer.out
    assert answer.code == 0


def test_one_short_connection_is_enough(project: Project) -> None:
    project.commit(tests__conftest_py="", tests__test_it_py=CONNECTS)
    answer = project.verify("--env", "SHOP_URL={url}")
    assert "nothing connected" not in answer.out
    assert answer.code == 0


def test_a_suite_without_a_database_is_left_alone(project: Project) -> None:
    project.commit(tests__conftest_py="", tests__test_it_py="def test_it(): pass\n")
    answer = project.verify("--env", "OTHER_URL={url}")
    assert "nothing connected" not in answer.out
    assert answer.code == 0
