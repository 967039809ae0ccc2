"""Where pytest and Python really find conftest files and modules is where Sources finds them."""

import ast
import os
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lint_fixtures.cache import FactsCache
from lint_fixtures.files import MAX_SIZE
from lint_fixtures.root import find_root
from lint_fixtures.sources import Sources, decode
from tests.real_pytest import TEST, ask_pytest, lay_out

INI = "[pytest]\naddopts = -p no:cacheprovider\n"


@pytest.mark.parametrize(
    ("files", "path", "expected"),
    [
        (("tests/unit/test_a.py",), "tests/unit/test_a.py", "tests/unit"),
        (("api/pyproject.toml", "tests/unit/test_a.py"), "tests/unit/test_a.py", "tests/unit"),
        (("setup.py", "tests/tox.ini", "tests/unit/test_a.py"), "tests/unit/test_a.py", "."),
        (("pytest.toml", "sub/.git", "sub/api/pyproject.toml", "sub/api/a.py"), "sub/api/a.py", "sub"),
        (("pyproject.toml", "api/pyproject.toml"), "api/unsaved/a.py", "."),
        (("pyproject.toml", "api/pyproject.toml"), "api", "."),
    ],
)
def test_root_of_a_file(tmp_path: Path, files: tuple[str, ...], path: str, expected: str) -> None:
    lay_out(tmp_path, dict.fromkeys(files, ""))
    assert find_root(str(tmp_path / path)) == str(tmp_path / expected)


def test_root_of_a_file_in_a_worktree(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(("git", "-C", str(tmp_path / "main"), *identity, *arguments), check=True, capture_output=True)

    lay_out(tmp_path, {"main/api/pyproject.toml": "", "main/api/tests/test_a.py": TEST})
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    git("worktree", "add", str(tmp_path / "linked"))
    for tree in ("main", "linked"):
        assert find_root(str(tmp_path / tree / "api/tests/test_a.py")) == str(tmp_path / tree)


CONFTESTS = dict.fromkeys(("conftest.py", "a/conftest.py", "a/b/c/conftest.py", "d/conftest.py"), "")
SUITE = CONFTESTS | dict.fromkeys(("a/b/c/test_x.py", "a/test_y.py", "d/e/test_z.py"), TEST)
PROJECTS = {
    "no settings": {},
    "settings at the root": {"pytest.ini": INI},
    "settings below the root": {"a/pytest.ini": INI},
    "confcutdir": {"pytest.ini": "[pytest]\naddopts = --confcutdir=a/b\n"},
    "noconftest": {"pytest.ini": "[pytest]\naddopts = --noconftest\n"},
    "a folder named conftest.py": {"a/b/conftest.py/empty": ""},
}


@pytest.mark.parametrize("files", PROJECTS.values(), ids=PROJECTS.keys())
def test_conftest_chain_is_that_of_pytest(tmp_path: Path, files: dict[str, str]) -> None:
    # --import-mode=importlib: conftest files of the same module name beside each other
    lay_out(tmp_path, SUITE | files)
    sources = Sources(str(tmp_path))
    chains, runs = {}, defaultdict(list)
    for name in ("a/b/c/test_x.py", "a/test_y.py", "d/e/test_z.py"):
        path = str(tmp_path / name)
        chains[path] = list(sources.conftest_chain(path))
        runs[sources.settings(path).rootdir].append(path)
    answers = [ask_pytest(tmp_path, Path(cwd), *paths, "--import-mode=importlib") for cwd, paths in runs.items()]
    assert {path: chain for answer in answers for path, chain in answer["conftests"].items()} == chains


def test_the_chain_of_a_conftest_ends_with_itself(tmp_path: Path) -> None:
    lay_out(tmp_path, SUITE)
    chain = Sources(str(tmp_path)).conftest_chain(str(tmp_path / "a/b/c/conftest.py"))
    assert chain == tuple(str(tmp_path / name) for name in ("conftest.py", "a/conftest.py", "a/b/c/conftest.py"))


def importing(module: str) -> str:
    return f"import importlib\nIMPORTED = importlib.import_module('{module}', __package__).__file__\n{TEST}"


APP = {"app/__init__.py": "", "app/models/__init__.py": "", "app/models/shop.py": ""}
LAYOUTS = {
    "package of the root": ("tests/__init__.py", "app.models.shop", APP, "app/models/shop.py"),
    "the package itself": ("tests/__init__.py", "app.models", APP, "app/models/__init__.py"),
    "package before module": ("tests/__init__.py", "app", APP | {"app.py": ""}, "app/__init__.py"),
    "tests package": ("tests/__init__.py", "tests.helpers", {"tests/helpers.py": ""}, "tests/helpers.py"),
    "beside the test": ("tests/none", "helpers", {"tests/helpers.py": "", "helpers.py": ""}, "tests/helpers.py"),
    "beside a conftest above": (
        "tests/unit/none",
        "helpers",
        {"tests/conftest.py": "", "tests/helpers.py": ""},
        "tests/helpers.py",
    ),
    "nearest conftest": (
        "tests/unit/none",
        "conftest",
        {"conftest.py": "", "tests/unit/conftest.py": ""},
        "tests/unit/conftest.py",
    ),
    "pythonpath": (
        "tests/none",
        "app.models.shop",
        {"pytest.ini": "[pytest]\npythonpath = libs code\n"} | {f"code/{name}": "" for name in APP},
        "code/app/models/shop.py",
    ),
    "namespace packages": ("tests/none", "shop.db.models", {"shop/db/models.py": ""}, "shop/db/models.py"),
    "regular package before namespace": (
        "tests/unit/none",
        "app.models.shop",
        APP | {"tests/unit/app/models/shop.py": ""},
        "app/models/shop.py",
    ),
    "no identifier": ("my-tests/__init__.py", "helpers", {"my-tests/helpers.py": ""}, "my-tests/helpers.py"),
    "relative": ("tests/__init__.py", ".helpers", {"tests/helpers.py": ""}, "tests/helpers.py"),
    "relative, upward": (
        "tests/unit/__init__.py",
        "..helpers",
        {"tests/__init__.py": "", "tests/helpers.py": ""},
        "tests/helpers.py",
    ),
    "importlib": (
        "tests/none",
        "helpers",
        {"tests/helpers.py": "", "helpers.py": "", "pytest.ini": "[pytest]\naddopts = --import-mode=importlib\n"},
        "helpers.py",
    ),
}


@pytest.mark.parametrize(("marker", "module", "files", "expected"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_modules_are_those_that_python_imports(
    tmp_path: Path, marker: str, module: str, files: dict[str, str], expected: str
) -> None:
    test = (Path(marker).parent / "test_it.py").as_posix()
    lay_out(tmp_path, {marker: "", test: importing(module)} | files)
    name = module.lstrip(".")

    answer = ask_pytest(tmp_path, tmp_path, test)
    found = Sources(str(tmp_path)).module_file(name, str(tmp_path / test), len(module) - len(name))

    assert (answer["imports"], found) == ({str(tmp_path / test): str(tmp_path / expected)}, str(tmp_path / expected))


TREE = APP | {
    "tests/test_it.py": TEST,
    "tests/types.py": "",
    "folder/data.txt": "",
    ".venv/lib/python3.12/site-packages/fastapi/__init__.py": "",
    "src/shop/__init__.py": "",
    "server/src/billing.py": "",
    "server/tests/test_it.py": TEST,
    "module.py": "",
    "app/templates/env.py": "",
    "services/redis.py": "",
    "services/cache.py": "",
    "pytest.ini": "[pytest]\npythonpath = .venv/lib/python3.12/site-packages\n",
}


@pytest.mark.parametrize(
    ("module", "level", "importer", "expected"),
    [
        ("shop", 0, "tests/test_it.py", "src/shop/__init__.py"),
        ("billing", 0, "server/tests/test_it.py", "server/src/billing.py"),
        ("", 1, "app/models/shop.py", "app/models/__init__.py"),
        ("", 2, "app/models/shop.py", "app/__init__.py"),
        ("models", 1, "app/__init__.py", "app/models/__init__.py"),
        ("billing", 0, "tests/test_it.py", None),
        ("types", 0, "tests/test_it.py", None),
        ("folder", 0, "tests/test_it.py", None),
        ("folder.data", 0, "tests/test_it.py", None),
        ("fastapi", 0, "tests/test_it.py", None),
        ("redis", 0, "services/redis.py", None),
        ("redis", 0, "services/cache.py", "services/redis.py"),
        ("models", 0, "app/templates/env.py", None),
        ("module.attribute", 0, "tests/test_it.py", None),
        ("", 0, "tests/test_it.py", None),
        ("", 1, "tests/test_it.py", None),
        ("app", 30, "tests/test_it.py", None),
        ("app..models", 0, "tests/test_it.py", None),
        ("../app/models/shop", 0, "tests/test_it.py", None),
        ("app\0", 0, "tests/test_it.py", None),
        (".".join("a" * 5000), 0, "tests/test_it.py", None),
    ],
)
def test_modules_of_the_project_alone(
    tmp_path: Path, module: str, level: int, importer: str, expected: str | None
) -> None:
    lay_out(tmp_path, TREE)
    found = Sources(str(tmp_path)).module_file(module, str(tmp_path / importer), level)
    assert found == (None if expected is None else str(tmp_path / expected))


def test_submodules_of_a_package(tmp_path: Path) -> None:
    lay_out(tmp_path, TREE)
    sources = Sources(str(tmp_path))
    assert sources.submodule(str(tmp_path / "app/__init__.py"), "models") == str(tmp_path / "app/models/__init__.py")
    assert sources.submodule(str(tmp_path / "app/models/__init__.py"), "shop") == str(tmp_path / "app/models/shop.py")
    assert sources.submodule(str(tmp_path / "app/models/__init__.py"), "Shop") is None
    assert sources.submodule(str(tmp_path / "app/models/shop.py"), "shop") is None


def test_python_files_are_those_of_the_project(tmp_path: Path) -> None:
    lay_out(
        tmp_path,
        {"b.py": "", "a.txt": "", "b/c.py": "", "a/d.py": "", ".hidden/e.py": "", "node_modules/f.py": ""}
        | {"env/pyvenv.cfg": "", "env/lib/g.py": "", "a/__pycache__/h.py": "", "folder.py/i.py": ""},
    )
    (tmp_path / "a/loop").symlink_to(tmp_path)
    unsaved = {str(tmp_path / "a/new/j.py"): b""}
    found = [os.path.relpath(path, tmp_path) for path in Sources(str(tmp_path), unsaved).python_files()]
    assert found == ["b.py", "a/d.py", "a/new/j.py", "b/c.py", "folder.py/i.py"]


def test_unsaved_buffers_stand_in_for_files(tmp_path: Path) -> None:
    lay_out(tmp_path, {"pytest.ini": INI, "conftest.py": "old", "tests/test_it.py": TEST})
    ini, conftest, module = (str(tmp_path / name) for name in ("pytest.ini", "conftest.py", "new/pkg/mod.py"))
    sources = Sources(str(tmp_path), {ini: b"[pytest]\npythonpath = new\n", conftest: b"unsaved", module: b"x = 1"})
    test = str(tmp_path / "tests/test_it.py")
    assert sources.read(conftest) == b"unsaved"
    assert sources.module_file("pkg.mod", test) == module
    assert sources.settings(test).pythonpath == (str(tmp_path / "new"),)
    assert (sources.is_dir(str(tmp_path / "new")), sources.is_file(test)) == (True, True)


def test_a_project_may_be_all_unsaved() -> None:
    files = {"/nowhere/conftest.py": b"", "/nowhere/tests/test_it.py": b"", "/nowhere/app/models.py": b""}
    sources = Sources("/nowhere", files)
    assert sources.conftest_chain("/nowhere/tests/test_it.py") == ("/nowhere/conftest.py",)
    assert sources.module_file("app.models", "/nowhere/tests/test_it.py") == "/nowhere/app/models.py"
    assert sorted(sources.python_files()) == sorted(files)


def test_what_cannot_be_read_is_absent(tmp_path: Path) -> None:
    (tmp_path / "loop.py").symlink_to(tmp_path / "loop.py")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nothing")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "large.py").write_bytes(b"#" * (MAX_SIZE + 1))
    os.mkfifo(tmp_path / "pipe.py")
    sources = Sources(str(tmp_path))
    names = ("loop.py", "gone.py", "folder.py", "large.py", "pipe.py", "missing.py", "nul\0.py", "large.py/below.py")
    assert [sources.read(str(tmp_path / name)) for name in names] == [None] * 8
    assert [name for name in names if sources.is_file(str(tmp_path / name))] == ["large.py"]


def test_the_largest_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "large.py").write_bytes(b"#" * MAX_SIZE)
    assert Sources(str(tmp_path)).read(str(tmp_path / "large.py")) == b"#" * MAX_SIZE


def test_answers_do_not_change_within_a_run(tmp_path: Path) -> None:
    lay_out(tmp_path, {"tests/test_it.py": TEST})
    sources, test = Sources(str(tmp_path)), str(tmp_path / "tests/test_it.py")
    assert sources.conftest_chain(test) == ()
    lay_out(tmp_path, {"tests/conftest.py": ""})
    assert sources.conftest_chain(test) == ()
    assert Sources(str(tmp_path)).conftest_chain(test) == (str(tmp_path / "tests/conftest.py"),)


@pytest.mark.parametrize(
    "source",
    [
        "x = 'ä'\n".encode(),
        "\ufeffx = 'ä'\n".encode(),
        b"# coding: latin-1\nx = '\xe4'\n",
        b"#!/usr/bin/python\r\n# -*- coding: cp1252 -*-\r\nx = '\x80'\r\n",
        b"# " + b"long " * 200 + b"\n# vim: fileencoding=latin-1\nx = '\xe4'\n",
        b"x = 1\ny = 2\n# coding: latin-1\n",
    ],
)
def test_text_is_decoded_as_python_does(source: bytes) -> None:
    assert ast.dump(ast.parse(decode(source))) == ast.dump(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        b"x = '\xe4'\n",
        b"# coding: latin-1\xff\n\xef\xbb\xbf"[::-1],
        b"\xef\xbb\xbf# coding: latin-1\n",
        b"# coding: nothing\n",
        b"# coding: hex\nx\n",
        b"# coding: undefined\n",
        b"# coding: ascii\nx = '\xe4'\n",
    ],
)
def test_what_python_cannot_decode_is_refused(source: bytes) -> None:
    with pytest.raises((SyntaxError, UnicodeDecodeError, LookupError)):
        decode(source)


@given(source=st.binary() | st.text("# coding=:utf8latin1-\n\ufeff").map(str.encode))
@example(source=b"# coding: punycode\n\xff")
@example(source=b"# coding: idna\n.....")
def test_no_bytes_raise_anything_else(source: bytes) -> None:
    try:
        assert isinstance(decode(source), str)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        assert source


def test_settings_in_toml_are_the_same_from_the_cache(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\ntestpaths = ['suite']\nusefixtures = 'a b'\n")
    file = str(tmp_path / "test_x.py")
    cache = FactsCache(str(tmp_path / "cache"))
    cold, warm, none = (Sources(str(tmp_path), cache=each).settings(file) for each in (cache, cache, None))
    assert (warm.testpaths, warm.usefixtures) == (("suite",), ("a", "b"))
    assert cold == warm == none
