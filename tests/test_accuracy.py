"""`benchmarks/accuracy.py` on a checkout of its own: what counts as true, false and missed, and when it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import accuracy
from benchmarks._labels import COLUMNS, Score, Spot, score
from tests.real_pytest import lay_out
from tests.repositories import git

TEST = """\
import pytest


@pytest.fixture
def row():
    return 1


def test_row():
    assert row() == 1
    assert row() == 1  # noqa: LFX108
"""
HEAD = "\t".join(COLUMNS)
FIRST, SECOND = "shop\ttests/test_a.py\t10\tLFX108", "shop\ttests/test_a.py\t11\tLFX108"


class Benchmark:
    """The real benchmark with labels and a corpus of one checkout."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        lay_out(folder / "shop", {"tests/test_a.py": TEST, "setup.cfg": "[flake8]\nignore = LFX108\n"})
        git(folder / "shop", "init", "--quiet")
        git(folder / "shop", "add", ".")
        git(folder / "shop", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "a")
        self.corpus(git(folder / "shop", "rev-parse", "HEAD").strip())

    def corpus(self, commit: str) -> None:
        lay_out(self.folder, {"corpus.tsv": f"project\trepository\tcommit\nshop\ta/shop\t{commit}\n"})

    def __call__(self, *labels: str, head: str = HEAD) -> tuple[int, list[str], list[str]]:
        """Exit code, what is printed below the table with the row of LFX108, and the failures."""
        lay_out(self.folder, {"labels.tsv": "\n".join([head, *labels, ""])})
        tables = (f"--labels={self.folder / 'labels.tsv'}", f"--corpus={self.folder / 'corpus.tsv'}")
        code = accuracy.main([str(self.folder), *tables, "--rule=LFX108"])
        out, err = self._capsys.readouterr()
        return code, [line for line in out.splitlines()[2:] if line], [x for x in err.splitlines() if x and x != "shop"]


@pytest.fixture
def benchmark(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Benchmark:
    monkeypatch.setenv("LINT_FIXTURES_CACHE", "off")
    return Benchmark(tmp_path, capsys)


def test_all_is_well(benchmark: Benchmark) -> None:
    row = "| LFX108 | called-fixture | 2    | 0     | 0      | 0          | 100.0 %   | 100.0 % |"
    assert benchmark(f"{FIRST}\ttrue\twhy", f"{SECOND}\ttrue\twhy") == (0, [row], [])


def test_alarms_without_a_label_and_false_ones_fail(benchmark: Benchmark) -> None:
    assert benchmark(f"{FIRST}\tfalse\twhy") == (
        1,
        [
            "| LFX108 | called-fixture | 0    | 1     | 0      | 1          | 0.0 %     | -      |",
            "unlabelled: shop/tests/test_a.py:11: LFX108",
            "false: shop/tests/test_a.py:10: LFX108",
        ],
        ["LFX108: alarms without a label: 1", "LFX108: precision 0.0 %, and 95% is the least"],
    )


def test_what_is_not_seen_fails(benchmark: Benchmark) -> None:
    far = "shop\ttests/test_a.py\t1\tLFX108\tmissed\twhy"
    code, out, err = benchmark(f"{FIRST}\ttrue\twhy", f"{SECOND}\ttrue\twhy", far)
    assert (code, out[1:], err) == (
        1,
        ["missed: shop/tests/test_a.py:1: LFX108"],
        ["LFX108: recall 66.6 %, and 80% is the least"],
    )


@pytest.mark.parametrize(
    ("rows", "head", "line"),
    [
        ((f"{FIRST}\tmaybe\twhy",), HEAD, ":2: needs a line number, a verdict (true, false or missed) and a reason"),
        ((f"{FIRST}\ttrue\t",), HEAD, ":2: needs a line number, a verdict (true, false or missed) and a reason"),
        ((FIRST,), HEAD, ":2: 4 columns, not 6"),
        ((f"{FIRST}\ttrue\ta",) * 2, HEAD, ":3: shop/tests/test_a.py:10: LFX108 stands there twice"),
        ((), "project\tpath", ":1: the columns must be project, path, line, code, verdict, why"),
    ],
    ids=["verdict", "reason", "columns", "twice", "head"],
)
def test_a_broken_table_is_one_line(benchmark: Benchmark, rows: tuple[str, ...], head: str, line: str) -> None:
    assert benchmark(*rows, head=head) == (2, [], [f"accuracy: {benchmark.folder / 'labels.tsv'}{line}"])


def test_another_commit_is_one_line(benchmark: Benchmark) -> None:
    benchmark.corpus("0" * 40)
    code, _, (line,) = benchmark()
    assert (code, line.startswith(f"accuracy: {benchmark.folder / 'shop'}: must be at 000")) == (2, True)


def test_seen_once_and_missed_once() -> None:
    seen, gone, new = (Spot("shop", "a.py", line, "LFX101") for line in (1, 2, 3))
    labels = {seen: "missed", gone: "true", Spot("shop", "a.py", 4, "LFX101"): "false"}
    assert score("LFX101", [seen, new], labels) == Score("LFX101", true=1, false=0, missed=1, unlabelled=1)


def test_the_table_goes_into_its_part_of_the_page() -> None:
    text = accuracy.PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(accuracy.START)
    page = accuracy.page(text, [], ["shop"])
    assert page.startswith(f"{before}{accuracy.START}\n\n0 alarms on 1 projects")
    assert page.endswith(rest.partition(accuracy.END)[2])
