"""What the linter reports of the test and the fixtures behind a leak: the way to mend it often stands there already."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from lint_fixtures.facts import Location
from lint_fixtures.settings import EXTENDED
from lint_fixtures_hooks.diagnosis import Diagnosis
from lint_fixtures_hooks.ledger import CONNECTION, LISTEN, LOCK, PREPARED, ROWS, SCHEMA, SESSION, TRANSACTION, Leak
from lint_fixtures_hooks.unseen import Said, Span, functions

SHOWN = 3  # for one leak
# an override that loses the rollback, a life that is too long, a session that is none of the suite's, a weak cleanup
_OF_SESSIONS = re.compile("LFX(10[1239]|20[134]|30[1-6])")
RULES = {
    ROWS: re.compile(f"{_OF_SESSIONS.pattern}|LFX50[57]"),
    SCHEMA: re.compile("LFX(306|505|507|603)"),
    **dict.fromkeys((TRANSACTION, CONNECTION, LOCK, PREPARED, LISTEN, SESSION), _OF_SESSIONS),
    "override": re.compile("LFX40[123]"),
}


def rules(top: Path, root: Path, leaks: Iterable[Leak]) -> Mapping[Leak, tuple[Diagnosis, ...]]:
    """By leak; only those of which something is reported. `root` is where pytest runs, in the work tree `top`."""
    said, found = Said(root), {}

    @cache
    def at_def(path: Path, line: int) -> tuple[Diagnosis, ...]:
        return tuple(_at(said, top, path, line)) if path.is_relative_to(top) else ()

    for leak in leaks:
        if leak.kind not in RULES:
            continue
        try:
            reported = dict.fromkeys(each for place in _functions(said, top, leak) for each in at_def(*place))
        except Exception:  # noqa: BLE001 (any project: what is only advice must not cost the verdict)
            continue
        fitting = [replace(each, nodeid=leak.nodeid) for each in reported if RULES[leak.kind].fullmatch(each.code)]
        if fitting:
            found[leak] = tuple(fitting[:SHOWN])
    return found


def _at(said: Said, top: Path, path: Path, line: int) -> Iterator[Diagnosis]:
    """What is reported in the function there, or outside all functions of its file."""
    spans = [(start, end) for _, start, end in functions(path)]
    own = max((span for span in spans if _inside(span, line)), default=(line, line))
    for code, at in said.reported(path):
        if code not in EXTENDED and (_inside(own, at) or not any(_inside(span, at) for span in spans)):
            yield Diagnosis("", code, path.relative_to(top).as_posix(), at)


def _inside(span: Span, line: int) -> bool:
    return span[0] <= line <= span[1]


def _functions(said: Said, top: Path, leak: Leak) -> Iterator[tuple[Path, int]]:
    """(path, line of the `def`) of the test or fixture that leaks, and of all fixtures that it gets."""
    file, _, name = leak.nodeid.partition("::")
    if leak.fixture:
        found = _of_fixture(said, top / file, name)
    else:
        found = _of_test(said, said.root / file, name.partition("[")[0])
    yield from ((Path(location.path), location.line) for location in found)


def _of_test(said: Said, path: Path, name: str) -> Iterator[Location]:
    for test in said.project.tests(str(path)):
        if "::".join((*(ref.cls.name for ref in test.node.classes), test.function.name)) == name:
            yield test.location
            yield from (fixture.location for fixture in said.project.resolution.closure(test).fixtures())


def _of_fixture(said: Said, path: Path, name: str) -> Iterator[Location]:
    for fixture, node in said.project.own_fixtures(str(path)):
        if fixture.name == name:
            requested = said.project.resolution.node_closure(node, fixture.requests).fixtures()
            yield from (each.location for each in (fixture, *requested))
