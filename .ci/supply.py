"""What .ci/supply.sh asks about the lock: if it `fits` pyproject.toml, what the project `installs`, which `holes`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
OF_USERS = ("suite", "fix", "graph", "sql", "completion")  # extras; the others are for development and the demo
PROJECT = "lint-fixtures"


def fits() -> int:
    """Every requirement of development has its pin, on every supported Python. The network is not asked."""
    project = _project()
    pins = [Requirement(line.rstrip(" \\")) for line in _lock().splitlines() if line[:1].isalnum()]
    missing: dict[str, dict[str, None]] = {}  # words to Pythons, each once
    for minor in _minors(project):
        environment = _environment(minor)
        pinned = {canonicalize_name(pin.name): _version(pin) for pin in pins if _holds(pin, environment)}
        for wanted in _wanted(project, "dev"):
            version = pinned.get(canonicalize_name(wanted.name))
            if _holds(wanted, environment) and not (version and wanted.specifier.contains(version, prereleases=True)):
                words = f"pyproject.toml wants {wanted}, the lock has {version or 'none'}"
                missing.setdefault(words, {})[minor] = None
    for words, minors in missing.items():
        print(f"{words} (Python {', '.join(minors)}): run .ci/lock")
    return 1 if missing else 0


def installs() -> int:
    """Names of what comes with the project and its extras for users; asked in an environment that has them all."""
    found: set[str] = set()
    left = [(PROJECT, extra) for extra in ("", *OF_USERS)]
    while left:
        name, extra = left.pop()
        for requirement in _required(name):
            if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
                continue
            key = canonicalize_name(requirement.name)
            if key not in found and key != PROJECT:
                found.add(key)
                left += [(key, wanted) for wanted in ("", *requirement.extras)]
    print("\n".join(sorted(found)))
    return 0


def holes(report: str, of_users: str) -> int:
    """1 for a known hole in what users install; others are told."""
    packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    looked = [package for package in packages if "skip_reason" not in package]
    installed = set(of_users.split())
    red = False
    for package in looked:
        ours = canonicalize_name(package["name"]) in installed
        red = red or (ours and bool(package["vulns"]))
        for hole in package["vulns"]:
            mended = ", ".join(hole["fix_versions"]) or "none"
            part = "users install it" if ours else "for development alone"
            print(f"{package['name']} {package['version']} ({part}): {hole['id']}, mended in {mended}")
    print(f"looked up {len(looked)} of {len(packages)} packages" if looked else "left out: no service knows of holes")
    return 1 if red else 0


def _project() -> dict[str, Any]:
    toml = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    project: dict[str, Any] = toml.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def _lock() -> str:
    return (ROOT / ".ci" / "requirements.txt").read_text(encoding="utf-8")


def _minors(project: dict[str, Any]) -> list[str]:
    return re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))


def _environment(minor: str) -> dict[str, str]:
    """Of this machine, with another Python."""
    here: dict[str, Any] = {**default_environment()}
    return here | {"python_version": minor, "python_full_version": f"{minor}.9", "extra": ""}


def _wanted(project: dict[str, Any], *extras: str) -> Iterator[Requirement]:
    extra_lists = [project["optional-dependencies"][extra] for extra in extras]
    for requirement in map(Requirement, [*project["dependencies"], *(text for texts in extra_lists for text in texts)]):
        if requirement.name == project["name"]:
            yield from _wanted(project, *requirement.extras)
        else:
            yield requirement


def _version(pin: Requirement) -> str:
    return str(pin.specifier).removeprefix("==")


def _holds(requirement: Requirement, environment: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(environment)


def _required(name: str) -> list[Requirement]:
    try:
        return [Requirement(text) for text in requires(name) or ()]
    except PackageNotFoundError:
        return []  # for another platform or Python


if __name__ == "__main__":
    commands: dict[str, Callable[..., int]] = {"fits": fits, "installs": installs, "holes": holes}
    sys.exit(commands[sys.argv[1]](*sys.argv[2:]))
