"""The endless stream of cases: mutated examples most often, for there the rules have something to find."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.fuzz.case import Case, opened
from tests.fuzz.mutations import mutated
from tests.fuzz.programs import Crosser, deep, large, of_grammar
from tests.fuzz.seeds import examples, library, projects, real_files

KINDS = {"mutated": 40, "crossed": 30, "real": 12, "grammar": 3, "library": 11, "deep": 4}  # of a hundred cases
LARGE_EVERY = 2000


def cases(rng: random.Random, corpus: Path | None, kinds: list[str]) -> Iterator[Case]:
    """Never ends: what has an end (the library) begins anew."""
    makers = _makers(rng, corpus)
    weights = [KINDS[kind] for kind in kinds]
    for number in itertools.count():
        if number % LARGE_EVERY == LARGE_EVERY - 1:
            yield Case(f"large-{number}", {"test_large.py": large(rng, real_files(corpus))})
        (kind,) = rng.choices(kinds, weights)
        made = makers[kind]()
        yield Case(f"{kind}-{number}", made.files, made.checked)


def _makers(rng: random.Random, corpus: Path | None) -> dict[str, Callable[[], Case]]:
    starts = (*examples(), *projects())
    pool = real_files(corpus)
    inner = [source for project in starts for name, source in project.items() if name.endswith(".py")]
    crosser = Crosser([*inner, *rng.sample(pool, min(len(pool), 60))])
    grammar, installed = _programs(rng), _installed(rng, corpus)
    return {
        "mutated": partial(_of_project, rng, starts, partial(_mutation, rng, (*inner, *pool))),
        "crossed": partial(_of_project, rng, starts, partial(crosser.crossed, rng)),
        "real": lambda: Case("", {"test_real.py": opened(_mutation(rng, pool, rng.choice(pool)))}),
        "grammar": lambda: Case("", {"conftest.py": next(grammar), "test_it.py": next(grammar)}),
        "library": lambda: Case("", checked=(next(installed),)),
        "deep": lambda: Case("", {"conftest.py": opened(deep(rng)), "test_it.py": opened(deep(rng))}),
    }


def _of_project(rng: random.Random, starts: tuple[dict[str, bytes], ...], change: Callable[[bytes], bytes]) -> Case:
    """One project with one or all of its files changed."""
    project = rng.choice(starts)
    chosen = list(project) if rng.random() < 0.3 else [rng.choice(list(project))]
    return Case("", project | {name: change(project[name]) for name in chosen})


def _mutation(rng: random.Random, pool: tuple[bytes, ...], source: bytes) -> bytes:
    return mutated(rng, source, rng.choice(pool))


def _programs(rng: random.Random) -> Iterator[bytes]:
    while True:
        for text in of_grammar(rng.randrange(2**32)):
            yield opened(text.encode("utf-8", errors="replace"))


def _installed(rng: random.Random, corpus: Path | None) -> Iterator[str]:
    while True:
        yield from library(rng, (corpus,) if corpus else ())
