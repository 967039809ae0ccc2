"""``python -m tests.oracle PROJECT...``: pytest and the index side by side; exit 1 when the index is wrong anywhere."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from lint_fixtures.docs import MissingMarkers
from tests.oracle.ask import AskError
from tests.oracle.plan import Task, read_plan
from tests.oracle.report import markdown, table
from tests.oracle.run import Result, run


def main() -> int:
    options = _options()
    try:
        tasks = [*(read_plan(options.plan) if options.plan else ()), *_tasks(options)]
        if options.write:
            markdown(options.write.read_text(encoding="utf-8"), ())  # before the work, not after it
    except (ValueError, OSError, MissingMarkers) as error:
        print(f"oracle: {error}", file=sys.stderr)
        return 2
    each = [_run(task, options.limit) for task in tasks]
    results = [result for found in each for result in found]
    print(table(results))
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(markdown(page, results), encoding="utf-8")
    return 1 if any(result.wrong for result in results) or not all(each) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.oracle", description=__doc__)
    parser.add_argument("projects", nargs="*", metavar="PROJECT", help="folder in which pytest is run")
    parser.add_argument("--python", default=sys.executable, help="the project's interpreter")
    parser.add_argument("--args", default="", help="arguments for pytest, in one word")
    parser.add_argument("--plan", type=Path, help="TOML file with a [[project]] table for each")
    parser.add_argument("--limit", type=int, default=20, help="differences printed for each project")
    parser.add_argument("--write", type=Path, help="Markdown file for the table")
    return parser.parse_args()


def _tasks(options: argparse.Namespace) -> list[Task]:
    arguments = tuple(shlex.split(options.args))
    folders = [Path(folder).resolve() for folder in options.projects]
    return [Task(folder.name, str(folder), options.python, arguments) for folder in folders]


def _run(task: Task, limit: int) -> list[Result]:
    try:
        results = run(task)
    except AskError as error:
        print(f"oracle: {error}", file=sys.stderr)
        return []
    for result in results:
        for line in result.differences(limit):
            print(f"{task.name}: {line}")
    return results


if __name__ == "__main__":
    sys.exit(main())
