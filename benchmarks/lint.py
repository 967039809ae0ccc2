"""What the plugin adds to flake8: `python benchmarks/lint.py PROJECT_DIR...`; see README.md."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file, it finds its own folder only

from benchmarks._environments import Environment, build_environments
from benchmarks._measure import Case, Runner, Variant, can_count
from benchmarks._others import installed_tools, tool_costs
from benchmarks._report import Result, machine, ratios, summary, table, worse
from benchmarks._trees import Tree, build_tree

_PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
_TRIES = 3
_EDITOR = {"saved again": "", "edited": "own", "cold": ""}  # and what is edited before every run
_BY_ITSELF = ("editor, saved again", "editor, cold")  # ours alone beside bare flake8


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="lint-speed-") as name:
        scratch = Path(name)
        environments = build_environments(scratch / "environments")
        trees = [build_tree(arguments.projects, scratch / f"x{size}", size) for size in arguments.sizes]
        results = _measure(scratch, trees, environments, arguments)
        failures = worse(ratios(results), arguments.check)
        for _ in range(_TRIES - 1):
            if not failures:
                break
            print("\n".join(["worse, once more:", *failures]), file=sys.stderr)
            results = _measure(scratch, trees, environments, arguments)
            failures = worse(ratios(results), arguments.check)
    versions = [environment.version for environment in environments]
    print("\n".join(["", table(results), "", summary(results), "", machine(versions)]))
    if arguments.record:
        arguments.record.write_text(json.dumps(ratios(results), indent=2) + "\n")
    if arguments.write:
        _PAGE.write_text(_page(results, versions, trees, arguments))
    if failures:
        print("\n".join([f"worse than recorded in {_TRIES} tries:", *failures]), file=sys.stderr)
    return 1 if failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures flake8 with and without lint-fixtures, in one run.")
    parser.add_argument("projects", nargs="+", type=_folder, metavar="PROJECT_DIR")
    parser.add_argument("--sizes", type=_sizes, default="1,4,16", help="copies of each project inside itself")
    parser.add_argument("--rounds", type=int, default=5, help="timed runs of each variant; the median counts")
    parser.add_argument("--quick", action="store_true", help="one size, two rounds, no whole tree")
    parser.add_argument(
        "--check", type=_ratios, default={}, metavar="RATIOS.json", help="exit 1 when a ratio got worse by a third"
    )
    parser.add_argument("--record", type=Path, metavar="RATIOS.json", help="write the ratios for --check")
    parser.add_argument("--write", action="store_true", help=f"write docs/{_PAGE.name}")
    parser.add_argument("--others", action="store_true", help="also pylint, ruff and pytest-language-server")
    parser.add_argument("--only", default="", metavar="CASE", help="only the cases whose name starts so: editor, whole")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.sizes, arguments.rounds = (1,), 2
    return arguments


def _folder(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"no such folder: {text}")
    return path


def _ratios(text: str) -> dict[str, float]:
    try:
        return {str(key): float(value) for key, value in json.loads(Path(text).read_text()).items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise argparse.ArgumentTypeError(f"no ratios in {text}: {error}") from None


def _sizes(text: str) -> tuple[int, ...]:
    try:
        sizes = tuple(sorted({int(size) for size in text.split(",")}))
    except ValueError:
        sizes = ()
    if not sizes or sizes[0] < 1:
        raise argparse.ArgumentTypeError("a list of whole numbers, such as 1,4,16")
    return sizes


def _measure(
    scratch: Path, trees: list[Tree], environments: list[Environment], arguments: argparse.Namespace
) -> list[Result]:
    runner = Runner(scratch)
    every = _variants(environments)
    tools = installed_tools() if arguments.others else []
    results = []
    for case, rounds in _cases(trees, arguments):
        if not case.name.startswith(arguments.only):
            continue
        bare, *_ = variants = _compared(case, every, trees[0])
        count = can_count() and not case.name.startswith("whole tree")
        costs = runner.costs(case, variants, rounds, count)
        added = [Result(case, each.label, costs[bare.label], costs[each.label]) for each in variants[1:]]
        if case.root == trees[0].root and not case.start and not case.name.startswith(_BY_ITSELF):
            beside = tool_costs(case, tools, rounds, scratch).items()
            added += [Result(case, name, costs[bare.label], cost) for name, cost in beside]
        print(*(f"{each.key} {each.case.subject} {each.decisive:.2f}" for each in added), sep="\n", flush=True)
        results += added
    if not results:
        raise SystemExit(f"no case is named {arguments.only}...")
    return results


def _variants(environments: list[Environment]) -> list[Variant]:
    bare, ours, *others = environments
    return [
        Variant("bare", bare),
        Variant("lint-fixtures, warm", ours),
        Variant("lint-fixtures, cold", ours, cold=True),
        *(Variant(each.name, each) for each in others),
    ]


def _compared(case: Case, every: list[Variant], first: Tree) -> list[Variant]:
    """Growth is told warm alone; other plugins and tools do the same whether a file is saved again, edited or new."""
    bare, warm, cold, *others = every
    if case.name.startswith("editor, cold"):
        return [bare, cold]
    if case.name.startswith("editor, saved again") or case.root != first.root:
        return [bare, warm]
    return [bare, warm, *others] if case.name.startswith("editor") else every


def _cases(trees: list[Tree], arguments: argparse.Namespace) -> Iterator[tuple[Case, int]]:
    """With the number of rounds."""
    for tree in trees:
        for file in tree.editor_files():
            subject = f"{Path(file.path).name}, {file.lines} lines"
            for kind, edited in _EDITOR.items():
                if kind != "cold" or tree is trees[0]:
                    name = f"editor, {kind}, {tree.copies}x"
                    yield Case(name, subject, tree.root, stdin=file.path, edited=edited), arguments.rounds
    tree = trees[0]
    changed = tuple(file.path for file in tree.changed_files())
    yield Case("changed files", f"{len(changed)} files", tree.root, changed, edited="beside"), arguments.rounds
    if arguments.quick:
        return
    part, whole = tree.part(), tree.smallest()
    lines = sum(file.lines for file in part)
    yield (
        Case("neighbouring files", f"{len(part)} files, {lines} lines", tree.root, tuple(file.path for file in part)),
        1,
    )
    folder = Path(whole[0].path).parts[0]
    for jobs in (1, 2):
        subject = f"{folder.partition('-')[2]}, {len(whole)} files"
        yield Case(f"whole tree, -j{jobs}", subject, tree.root, (folder,), jobs=jobs), max(1, arguments.rounds // 2)
    for start in ("forkserver", "spawn"):
        yield Case(f"whole tree, -j2, {start}", subject, tree.root, (folder,), jobs=2, start=start), 1


def _page(results: list[Result], versions: list[str], trees: list[Tree], arguments: argparse.Namespace) -> str:
    names = " ".join(project.name for project in arguments.projects)
    options = f"--sizes {','.join(map(str, arguments.sizes))} --rounds {arguments.rounds}"
    options += " --others" if arguments.others else ""
    options += f" --only '{arguments.only}'" if arguments.only else ""
    options += " --quick" if arguments.quick else ""
    sizes = ", ".join(f"{tree.copies}x = {tree.files:,} files" for tree in trees)
    return f"""<!-- written by benchmarks/lint.py --write -->

# Performance

Every figure is a ratio to bare flake8 on the same files in the same run: 1.10 means that the plugin adds a tenth.

    python benchmarks/lint.py {names} {options}

The projects lie side by side in one repository, each holding its further copies as folders; {sizes}.
*Editor* is one file by stdin: *saved again*, when neither it nor what its violations rest on has changed since the
run before; *edited*, when its own text is new. *Warm* is a run that finds what is known of all other files in the
cache, *cold* one that starts without a cache. *Changed files* are some files after an edit elsewhere in the project;
a *whole tree*, warm, is one where nothing has changed since the run before; *neighbouring files* a part of a tree
that costs more than the whole, since what the part imports is read for it alone. Instructions decide (they do not
depend on what else the machine does). A ratio below 1 is no error: the plugin spares flake8 the search for garbage at
the end of its process, which can take longer than to look up what is kept. "CPU" marks what was not counted. Seconds
were taken on a machine that others used at the same time. Other tools are processes of their own, which flake8's time
does not contain; pytest-language-server keeps nothing between starts and is timed from its start to its first answer
for the file.

{summary(results)}

{machine(versions)}

## All measurements

{table(results)}
"""


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
