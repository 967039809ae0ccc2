"""Which missing values are seen: `python benchmarks/mutations.py PROJECT_DIR...`; see README.md."""

from __future__ import annotations

import argparse
import ast
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file, it finds its own folder only

from lint_fixtures.cache import FactsCache
from lint_fixtures.engine import check_file
from lint_fixtures.index import Project
from lint_fixtures.index.model_facts import Model
from lint_fixtures.rule import load_rules

CODES = ("LFX501", "LFX506")


@dataclass(frozen=True)
class Mutation:
    """A keyword of a model's constructor that the database needs; ``code`` is the rule that must miss it."""

    path: str
    line: int
    col: int
    keyword: str
    code: str


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="mutations.py", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="PROJECT_DIR")
    parser.add_argument("--sample", type=int, default=10, help="constructors per project and rule (default: 10)")
    parser.add_argument("--verbose", action="store_true", help="name each that is not seen")
    options = parser.parse_args(argv)
    for folder in options.folders:
        root = str(folder.resolve())
        found = list(mutations(Project(root, FactsCache(None))))
        for code in CODES:
            mine = [each for each in found if each.code == code]
            drawn = random.Random(0).sample(mine, min(options.sample, len(mine)))
            unseen = [each for each in drawn if not is_seen(root, each)]
            print(f"{folder.name:28} {code} {len(drawn) - len(unseen):3} of {len(drawn):3}", flush=True)
            for each in sorted(unseen, key=lambda one: (one.path, one.line)) if options.verbose else ():
                print(f"    {Path(each.path).relative_to(root)}:{each.line}: {each.keyword}")
    return 0


def mutations(project: Project) -> Iterator[Mutation]:
    """In the tests, fixtures and conftest files of a project; objects that nobody adds are among them."""
    for path in project.sources.python_files(project.root):
        module = project.module(path) if project.is_test_module(path) or project.is_conftest(path) else None
        for function in module.facts.functions if module is not None else ():
            assert module is not None
            for model, call in project.rows.created(module, function):
                given = {name for name, _ in call.keywords if name is not None}
                for keyword, code in _needed(project, model, given):
                    yield Mutation(path, call.line, call.col, keyword, code)


def _needed(project: Project, model: Model, given: set[str]) -> Iterator[tuple[str, str]]:
    for key in project.models.required_keys(model):
        told = given & {key.attribute, *project.models.relationship_for(model, key)}
        if len(told) == 1:
            yield told.pop(), "LFX501"
    for column in model.columns.values():
        facts = (column.nullable, column.has_default, column.primary_key, column.foreign_key)
        if facts == (False, False, False, None) and column.attribute in given:
            yield column.attribute, "LFX506"


def is_seen(root: str, mutation: Mutation) -> bool:
    """Whether the rule reports the constructor, or the line that has it built, once the keyword is gone."""
    source = Path(mutation.path).read_bytes()
    return bool(_reported(root, mutation, without(source, mutation)) - _reported(root, mutation, source))


def _reported(root: str, mutation: Mutation, source: bytes) -> set[int]:
    project = Project(root, FactsCache(None), overlay={mutation.path: source})
    module = project.module(mutation.path)
    assert module is not None
    rules = [rule for rule in load_rules(module.facts.mentions) if rule.code == mutation.code]
    return {each.location.line for each in check_file(project, mutation.path, rules)}


def without(source: bytes, mutation: Mutation) -> bytes:
    """The source with the keyword blanked out: no line moves."""
    places = (
        (each.lineno, each.col_offset, each) for each in ast.walk(ast.parse(source)) if isinstance(each, ast.Call)
    )
    call = next(each for line, col, each in places if (line, col) == (mutation.line, mutation.col))
    keyword = next(each for each in call.keywords if each.arg == mutation.keyword)
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    assert keyword.value.end_lineno is not None
    assert keyword.value.end_col_offset is not None
    begin = starts[keyword.lineno - 1] + keyword.col_offset
    end = starts[keyword.value.end_lineno - 1] + keyword.value.end_col_offset
    while source[end : end + 1] == b")" and source[begin:end].count(b"(") > source[begin:end].count(b")"):
        end += 1  # parentheses around a value are not part of it
    comma = re.match(rb"\s*,", source[end:])
    end += comma.end() if comma is not None else 0
    return source[:begin] + re.sub(rb"[^\n]", b" ", source[begin:end]) + source[end:]


if __name__ == "__main__":
    sys.exit(main())
