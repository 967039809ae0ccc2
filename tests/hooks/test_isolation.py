"""The verdict: unknown is never verified, and what is certainly wrong is never unknown."""

import pytest

from lint_fixtures_hooks.isolation import NOT_VERIFIED, UNKNOWN, VERIFIED, Ended, Evidence, OrderDependence, judge
from lint_fixtures_hooks.ledger import Leak
from lint_fixtures_hooks.results import Records
from lint_fixtures_hooks.tree import TreeChange


def ended(
    exit_code: int = 0, checked: tuple[str, ...] = ("a", "b"), lost: str = "", complete: bool = True, **outcomes: str
) -> Ended:
    records = Records(outcomes=outcomes, collected=("a", "b"), complete=complete)
    return Ended(records, exit_code, frozenset(checked), lost, "what it said")


GREEN = ended(a="passed", b="passed")
LEAK = Leak("a", "rows", "jobs", 1, "1 more row")


@pytest.mark.parametrize(
    ("evidence", "word", "green", "isolated", "reason"),
    [
        pytest.param(Evidence((GREEN,)), VERIFIED, True, True, "", id="green"),
        pytest.param(Evidence((ended(1, a="passed", b="failed"),)), NOT_VERIFIED, False, True, "", id="failed"),
        pytest.param(Evidence((ended(1, a="passed", b="error"),)), NOT_VERIFIED, False, True, "", id="error"),
        pytest.param(Evidence((ended(1, a="passed", b="passed"),)), NOT_VERIFIED, False, True, "", id="plugin-refuses"),
        pytest.param(Evidence((GREEN,), leaks=(LEAK,)), NOT_VERIFIED, True, False, "", id="leak"),
        pytest.param(Evidence((GREEN,), leaks=(LEAK,), allowed=("a",)), VERIFIED, True, True, "", id="allowed-leak"),
        pytest.param(Evidence((GREEN,), allowed=("a",)), NOT_VERIFIED, True, True, "", id="mended-but-listed"),
        pytest.param(Evidence((GREEN,), allowed=("c",)), VERIFIED, True, True, "", id="listed-but-not-run"),
        pytest.param(
            Evidence((GREEN,), dependence=(OrderDependence("b", None),)), NOT_VERIFIED, True, False, "", id="order"
        ),
        pytest.param(
            Evidence((GREEN,), changes=(TreeChange("x", "created", None),)), NOT_VERIFIED, True, True, "", id="dirtied"
        ),
        pytest.param(Evidence((GREEN,), untracked_used=("x",)), NOT_VERIFIED, True, True, "", id="untracked"),
        pytest.param(
            Evidence((ended(a="passed", b="passed", lost="gone"),)), UNKNOWN, True, None, "gone", id="watch-lost"
        ),
        pytest.param(
            Evidence((ended(a="passed", b="passed", checked=("a",)),)),
            UNKNOWN,
            True,
            None,
            "b was not looked at after it ran",
            id="unchecked",
        ),
        pytest.param(
            Evidence((ended(a="passed", b="failed", exit_code=1, lost="gone"),)),
            NOT_VERIFIED,
            False,
            None,
            "gone",
            id="red-and-lost",
        ),
        pytest.param(
            Evidence((ended(a="passed"),)),
            UNKNOWN,
            False,
            None,
            "1 collected tests did not run, the first is b",
            id="part",
        ),
        pytest.param(
            Evidence((ended(a="skipped", b="skipped"),)), UNKNOWN, False, None, "every test was skipped", id="skipped"
        ),
        pytest.param(
            Evidence((ended(4, complete=False),)),
            UNKNOWN,
            False,
            None,
            "pytest could not start on the tests: what it said: check `tests` and `args`, settings or flags",
            id="usage-error",
        ),
        pytest.param(
            Evidence((ended(0, complete=False, a="passed", b="passed"),)),
            UNKNOWN,
            False,
            None,
            "pytest ended with exit code 0: what it said",
            id="results-cut-short",
        ),
        pytest.param(
            Evidence((GREEN, ended(1, a="failed", b="passed"))), NOT_VERIFIED, False, True, "", id="later-run"
        ),
    ],
)
def test_verdict(evidence: Evidence, word: str, green: bool, isolated: bool | None, reason: str) -> None:
    verdict = judge(evidence)
    assert (verdict.word, verdict.green, verdict.isolated, verdict.reason) == (word, green, isolated, reason)


@pytest.mark.parametrize(
    ("said", "way_out"),
    [
        ("E   ModuleNotFoundError: No module named 'psycopg2'", "{url:psycopg}"),
        ("E   ModuleNotFoundError: No module named 'fastapi'", "`python` says which one to take"),
        ("ERROR: file or directory not found: nowhere", "check `tests` and `args`"),
        ("KeyError: 'SHOP_DB'", 'if that is where the database stands, say env = {SHOP_DB = "{url}"}'),
        ("KeyError: 'title'", "check `tests` and `args`"),
        ("shop_dsn: Field required", 'env = {SHOP_DSN = "{url}"}'),
        ("Is the server running on that host and accepting TCP/IP connections?", "`env` says which variable holds"),
        ("OSError: [Errno 111] Connect call failed ('::1', 5432, 0, 0)", "`env` says which variable holds"),
    ],
    ids=["driver", "interpreter", "path", "variable", "key", "pydantic", "libpq", "asyncpg"],
)
def test_a_suite_that_does_not_start_is_told_the_way_out(said: str, way_out: str) -> None:
    run = Ended(Records(), 4, frozenset(), "", said)
    assert way_out in judge(Evidence((run,))).reason
