"""One project: pytest's answer, ours, and what differs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lint_fixtures.cache import FactsCache
from lint_fixtures.examples import read_example
from lint_fixtures.index import Project
from lint_fixtures.root import find_root
from lint_fixtures.rule import load_rules
from tests.oracle.answers import Answer
from tests.oracle.ask import ask_in_batch, ask_pytest
from tests.oracle.compare import AGREE, UNKNOWN, WRONG, Comparer, Comparison
from tests.oracle.plan import Task
from tests.real_pytest import lay_out


@dataclass(frozen=True)
class Result:
    """What the table shows of one project."""

    name: str
    pytest: str
    comparison: Comparison
    broken: tuple[tuple[str, str], ...]  # what pytest could not collect, left out, each with the error

    @property
    def pairs(self) -> int:
        return len(self.comparison.verdicts)

    @property
    def agree(self) -> int:
        return self.comparison.count(AGREE)

    @property
    def unknown(self) -> int:
        return self.comparison.count(UNKNOWN)

    @property
    def wrong(self) -> int:
        return self.comparison.count(WRONG)

    def differences(self, limit: int) -> Iterator[str]:
        """Wrong pairs, unknown pairs, tests that only one of the two has: at most ``limit`` of each kind."""
        for verdict in (WRONG, UNKNOWN):
            yield from islice((str(one) for one in self.comparison.verdicts if one.verdict == verdict), limit)
        yield from islice((f"only pytest has {nodeid}" for nodeid in self.comparison.only_pytest), limit)
        yield from islice((f"pytest cannot collect {nodeid}: {error}" for nodeid, error in self.broken), limit)
        yield from islice((f"only we have {nodeid}" for nodeid in self.comparison.only_ours), limit)


def run(task: Task) -> list[Result]:
    """One result, or one for each example of the rules. Raises AskError when pytest gives no answer."""
    if not task.folder:
        return run_examples(task)
    answer = ask_pytest(task.folder, task.python, task.arguments, task.environment)
    return [judge(task.name, task.folder, answer)]


def run_examples(task: Task) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="examples-") as place:
        folders: list[str] = []
        for rule in load_rules():
            for kind, text in (("bad", rule.bad), ("good", rule.good)):
                folder = Path(place).resolve() / f"{rule.code}-{kind}"
                lay_out(folder, {"pytest.ini": "[pytest]\n", ".git/HEAD": "", **read_example(text).files})
                folders.append(str(folder))
        answers = ask_in_batch(folders, task.python, ("sqlalchemy.orm", "sqlalchemy.ext.asyncio", "fastapi.testclient"))
        return [judge(task.name, folder, answer) for folder, answer in zip(folders, answers, strict=True) if answer]


def judge(name: str, folder: str, answer: Answer) -> Result:
    project = Project(find_root(folder), FactsCache(None))
    return Result(name, answer.pytest, Comparer(project, answer).compare(), answer.failed)
