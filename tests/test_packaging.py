"""The wheel holds the two packages and nothing else."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from lint_fixtures.formats import FORMATS
from tests.repositories import ROOT, git, snapshot

DATA = "lint_fixtures/examples_data/"  # the example projects, laid out by the demo


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return snapshot(tmp_path_factory.mktemp("wheel") / "source")


@pytest.fixture(scope="module")
def wheel(source: Path) -> zipfile.ZipFile:
    directory = source.parent
    command = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(directory), str(source))
    subprocess.run(command, check=True)
    (built,) = directory.glob("*.whl")
    return zipfile.ZipFile(built)


def top_level(name: str) -> str:
    return name.partition("/")[0]


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_top_level_names(wheel: zipfile.ZipFile) -> None:
    names = {top_level(name) for name in wheel.namelist()}
    (metadata,) = (name for name in names if name.endswith(".dist-info"))
    assert names == {"lint_fixtures", "lint_fixtures_hooks", metadata}


@pytest.mark.parametrize("package", ["lint_fixtures", "hooks/lint_fixtures_hooks"])
def test_it_holds_every_file_of_the_packages(wheel: zipfile.ZipFile, source: Path, package: str) -> None:
    folder = source / package
    held = {name.partition("/")[2] for name in wheel.namelist() if top_level(name) == folder.name}
    assert {name for name in held if not f"{folder.name}/{name}".startswith(DATA)} == files_below(folder)


def test_it_holds_the_examples_as_data(wheel: zipfile.ZipFile, source: Path) -> None:
    held = {name.removeprefix(DATA) for name in wheel.namelist() if name.startswith(DATA)}
    assert held == files_below(source / "examples")


def test_both_packages_are_marked_as_typed(wheel: zipfile.ZipFile) -> None:
    assert {"lint_fixtures/py.typed", "lint_fixtures_hooks/py.typed"} <= set(wheel.namelist())


def test_entry_points(wheel: zipfile.ZipFile) -> None:
    (path,) = (name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    parser = configparser.ConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep case
    parser.read_string(wheel.read(path).decode("utf-8"))
    assert {section: dict(parser[section]) for section in parser.sections()} == {
        "console_scripts": {
            "lint-fixtures": "lint_fixtures.cli:main",
            "verify-suite": "lint_fixtures_hooks.main:main",
        },
        "flake8.extension": {"LFX": "lint_fixtures.flake8_plugin:Plugin"},
        "flake8.report": {f"lfx-{form}": f"lint_fixtures.formats:{each.__name__}" for form, each in FORMATS.items()},
    }


def built(source: Path, kind: str, into: Path, **variables: str) -> Path:
    """What the build backend makes of the source: a wheel or an sdist."""
    into.mkdir()
    program = f"import sys; from hatchling.build import build_{kind}; print(build_{kind}(sys.argv[1]))"
    name = subprocess.run(
        (sys.executable, "-c", program, str(into)),
        cwd=source,
        env={**os.environ, **variables},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.splitlines()[-1]
    return into / name


def unpacked(sdist: Path, into: Path) -> Path:
    with tarfile.open(sdist) as archive:
        archive.extractall(into, filter="data")
    (folder,) = into.iterdir()
    return folder


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_build_can_be_repeated_to_the_byte(source: Path, tmp_path: Path, kind: str) -> None:
    one = built(source, kind, tmp_path / "one", SOURCE_DATE_EPOCH="1700000000")
    for path in source.rglob("*.py"):
        os.utime(path, (0, 2_000_000_000))  # as in another clone
    other = built(source, kind, tmp_path / "other", SOURCE_DATE_EPOCH="1700000000", TZ="Asia/Tokyo", PYTHONHASHSEED="7")
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()


def test_the_wheel_from_the_sdist_is_the_wheel_from_the_tree(source: Path, tmp_path: Path) -> None:
    direct = built(source, "wheel", tmp_path / "direct", SOURCE_DATE_EPOCH="1700000000")
    folder = unpacked(built(source, "sdist", tmp_path / "sdist"), tmp_path / "unpacked")
    again = built(folder, "wheel", tmp_path / "again", SOURCE_DATE_EPOCH="1700000000")
    with zipfile.ZipFile(direct) as one, zipfile.ZipFile(again) as other:
        assert one.namelist() == other.namelist()
        assert [name for name in one.namelist() if one.read(name) != other.read(name)] == []


def test_the_sdist_holds_what_the_tests_need(source: Path, tmp_path: Path) -> None:
    folder = unpacked(built(source, "sdist", tmp_path / "sdist"), tmp_path / "unpacked")
    tracked = {name for name in git(source, "ls-files", "-z").split("\0") if name}
    held = files_below(folder) - {"PKG-INFO"}
    assert {name for name in tracked if not name.startswith(".ci/")} - held == set()
    assert held - tracked == set()


def test_the_lock_pins_every_dependency_with_hashes() -> None:
    lock = (ROOT / ".ci" / "requirements.txt").read_text(encoding="utf-8")
    entries = lock.replace("\\\n", " ").splitlines()
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
