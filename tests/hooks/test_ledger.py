"""The arithmetic of blame, without a database."""

import pytest

from lint_fixtures_hooks.ledger import Leak, Ledger, Rows, State

A, B, C = 11, 22, 33  # digests of rows


def jobs(*digests: int, fresh: int = 0, **marks: str) -> State:
    return State(
        {"jobs": Rows(len(digests), sum(digests), fresh)}, {("schema", name): mark for name, mark in marks.items()}
    )


def ledger(*digests: int) -> Ledger:
    return Ledger(baseline=jobs(*digests))


@pytest.mark.parametrize(
    ("before", "after", "leak"),
    [
        (jobs(A), jobs(A), None),
        (jobs(A), jobs(A, B, C), ("rows", "jobs", 2, "2 more rows")),
        (jobs(A, B), jobs(A), ("rows", "jobs", 1, "1 row fewer")),
        (jobs(A), jobs(B, fresh=1), ("rows", "jobs", 1, "1 row changed")),
        (jobs(A), jobs(A, fresh=1), None),
        (jobs(A), State(), ("rows", "jobs", 1, "1 row fewer")),
        (jobs(), State(), None),
        (jobs(), jobs(extras="x"), ("schema", "extras", 1, "created")),
        (jobs(extras="x"), jobs(extras="y"), ("schema", "extras", 1, "definition changed")),
        (
            jobs(extras="x\n\n\ny\n"),
            jobs(extras="x\nt\n\nz\n"),
            ("schema", "extras", 1, "which triggers fire, privileges changed"),
        ),
        (jobs(extras="x"), jobs(), ("schema", "extras", 1, "dropped")),
    ],
)
def test_one_test(before: State, after: State, leak: tuple[str, str, int, str] | None) -> None:
    assert Ledger(before).test_done("t", after) == ([Leak("t", *leak)] if leak else [])


def test_a_leak_is_blamed_once() -> None:
    book = ledger(A)
    assert [leak.nodeid for leak in book.test_done("first", jobs(A, B))] == ["first"]
    assert book.test_done("second", jobs(A, B)) == []


def test_only_holding_a_lock_is_a_leak_not_letting_it_go() -> None:
    held = State(marks={("lock", "42"): "held"})
    assert Ledger(held).test_done("t", State()) == []
    assert Ledger().test_done("t", held) == [Leak("t", "lock", "42", 1, "held")]


def seeded(book: Ledger, before: State, after: State) -> None:
    book.fixture_before("seed", before)
    book.fixture_ready("seed", after)


def gone(book: Ledger, key: str, state: State, scope: str = "module") -> list[Leak]:
    book.fixture_gone(key, f"conftest.py::{key}", scope, state)
    return book.settled()


def test_a_wider_fixtures_rows_are_no_leak_of_its_first_test() -> None:
    book = ledger(A)
    seeded(book, jobs(A), jobs(A, B))
    assert book.test_done("t", jobs(A, B)) == []
    assert gone(book, "seed", jobs(A)) == []
    assert book.test_done("next", jobs(A)) == []


def test_a_wider_fixtures_rows_leak_when_they_outlive_it() -> None:
    book = ledger(A)
    seeded(book, jobs(A), jobs(A, B))
    leak = Leak("conftest.py::seed", "rows", "jobs", 1, "1 more row", fixture=True)
    assert gone(book, "seed", jobs(A, B)) == [leak]


def test_nobody_is_left_to_see_what_the_session_kept() -> None:
    book = ledger()
    seeded(book, jobs(), jobs(B))
    assert gone(book, "seed", jobs(B), scope="session") == []


def test_rows_made_by_a_test_before_a_late_set_up_stay_the_tests_own() -> None:
    """request.getfixturevalue sets up a wider fixture in the middle of a test."""
    book = ledger()
    seeded(book, jobs(A), jobs(A, B))
    assert book.test_done("t", jobs(A, B)) == [Leak("t", "rows", "jobs", 1, "1 more row")]


def test_nested_set_ups_share_nothing() -> None:
    book = ledger()
    book.fixture_before("outer", jobs())
    book.fixture_before("inner", jobs())
    book.fixture_ready("inner", jobs(A))
    book.fixture_ready("outer", jobs(A, B))
    assert book.test_done("t", jobs(A, B)) == []
    assert gone(book, "outer", jobs(A)) == []
    assert gone(book, "inner", jobs()) == []


def test_a_fixture_is_not_blamed_for_what_a_test_did_to_its_rows() -> None:
    book = ledger()
    seeded(book, jobs(), jobs(A, B))
    assert [leak.nodeid for leak in book.test_done("t", jobs(A))] == ["t"]
    assert gone(book, "seed", jobs()) == []


def test_sums_cannot_tell_whose_rows_are_left_in_a_table_that_a_test_changed() -> None:
    book = ledger()
    seeded(book, jobs(), jobs(A, B))
    assert book.disputed("seed") == ()
    book.test_done("t", jobs(A, B, C))
    assert book.disputed("seed") == ("jobs",)
    assert gone(book, "seed", jobs(B, C)) == []


def test_a_module_that_comes_back_is_no_leak() -> None:
    lost = State(marks={("module", "app"): "removed"})
    assert Ledger().test_done("t", lost) == [Leak("t", "module", "app", 1, "removed")]
    assert Ledger(lost).test_done("t", State()) == []


@pytest.mark.parametrize(("dropped", "leaks"), [(True, []), (False, ["conftest.py::rows"])])
def test_a_fixture_may_clean_up_after_those_that_use_it(dropped: bool, leaks: list[str]) -> None:
    """drop_all in the engine's teardown takes the seeds along."""
    book = Ledger()
    for key, before, after in (("engine", State(), jobs(table="t")), ("rows", jobs(table="t"), jobs(A, table="t"))):
        book.fixture_before(key, before)
        book.fixture_ready(key, after)
    book.fixture_gone("rows", "conftest.py::rows", "module", jobs(A, table="t"))
    book.fixture_gone("engine", "conftest.py::engine", "module", State() if dropped else jobs(A))
    assert [leak.nodeid for leak in book.settled()] == leaks
