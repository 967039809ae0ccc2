"""The index in a process of its own: `_index.py facts|closures|lookup ROOT CACHE [FILE]`; prints JSON.

`facts` and `closures` take paths from standard input, one on each line, or the whole project when there are none.
"""

from __future__ import annotations

import json
import os
import sys
import time

from lint_fixtures.cache import FactsCache
from lint_fixtures.index import Project

_LOOK_UPS = 5  # the fastest counts; each by a new project, as each run of the linter has


def build(project: Project, closures: bool) -> dict[str, int]:
    """Everything is kept until the end, which no run of the linter does: the memory is an upper bound."""
    files = sys.stdin.read().splitlines() or list(project.sources.python_files())
    loaded = [path for path in files if project.modules.load(path)]
    names = sum(_look_up(project, path) for path in loaded if project.is_test_module(path)) if closures else 0
    return {"files": len(loaded), "names": names}


def look_up(root: str, cache: str, path: str) -> dict[str, object]:
    """What a look-up opens and lists, as the interpreter's audit events tell, and how long others take, in seconds."""
    touched: set[tuple[str, str]] = set()
    watching = True

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in ("open", "os.scandir", "os.listdir") and isinstance(arguments[0], (str, bytes)):
            touched.add((event, os.path.abspath(os.fsdecode(arguments[0]))))  # noqa: PTH100

    sys.addaudithook(note)
    names = _look_up(Project(root, FactsCache(cache)), path)
    watching = False
    seconds = []
    for _ in range(_LOOK_UPS):
        start = time.process_time()
        _look_up(Project(root, FactsCache(cache)), path)
        seconds.append(time.process_time() - start)
    return {"names": names, "seconds": min(seconds), "touched": sorted(touched)}


def _look_up(project: Project, path: str) -> int:
    """How many names the tests of a file get."""
    return sum(len(project.resolution.closure(test).definitions) for test in project.tests(path))


def main() -> None:
    task, root, cache, *rest = sys.argv[1:]
    if task == "lookup":
        print(json.dumps(look_up(root, cache, *rest)))
    else:
        print(json.dumps(build(Project(root, FactsCache(cache)), closures=task == "closures")))


if __name__ == "__main__":
    main()
