"""Which database the application of a project runs on, by its own settings and compose files."""

# ruff: noqa: PTH118

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Name, walk
from lint_fixtures.index.modules import Module
from lint_fixtures.index.names import ClassRef, External, ModuleRef, Target, ValueRef
from lint_fixtures.index.test_code import is_test_code

if TYPE_CHECKING:
    from lint_fixtures.index import Project

_POSTGRES = rb"(?i)\bpostgres(?:ql)?(?:\+\w+)?://|PostgresDsn|[\"']postgresql\+\w+[\"']"
_IMAGE = rb"(?im)^\s*-?\s*image:\s*[\"']?(?:[\w.-]+/)*(?:postgres|postgis|pgvector|timescaledb)\b"
_OTHER = rb"(?i)\b(?:aio)?sqlite|\bmysql|\bmariadb|\boracle\+|\bmssql"
_COMPOSE = r"(?:docker-)?compose[\w.-]*\.ya?ml"
_SETTINGS = r"\.env[\w.-]*|[\w.-]*\.env|alembic\.ini"
_ASIDE = r"(?i)(?:^|[/_.-])(?:tests?|testing|conftest|docs?|examples?|scripts?|benchmarks?)(?:[/_.-]|$)"


def runs_on_postgres_alone(project: Project, path: str) -> bool:
    """Whether the application beside a test file names PostgreSQL, and no other database, in code and settings."""
    rootdir = project.sources.settings(path).rootdir
    named = False
    for text in _code(project, rootdir):
        if re.search(_OTHER, text):
            return False
        named = named or bool(re.search(_POSTGRES, text))
    for name, text in _files_beside(project, rootdir):
        if not re.fullmatch(_COMPOSE, name) and re.search(_OTHER, text):
            return False
        named = named or bool(re.search(_IMAGE, text) or re.search(_POSTGRES, text))
    return named


def _code(project: Project, rootdir: str) -> Iterator[bytes]:
    for path in project.sources.python_files(rootdir):
        if not re.search(_ASIDE, os.path.relpath(path, rootdir).replace(os.sep, "/")):
            yield project.sources.read(path) or b""


def _files_beside(project: Project, rootdir: str) -> Iterator[tuple[str, bytes]]:
    """Compose files and settings in pytest's rootdir and at the root."""
    for place in dict.fromkeys((rootdir, project.root)):
        for name in project.sources.names_in(place):
            if re.fullmatch(_COMPOSE, name) or re.fullmatch(_SETTINGS, name):
                yield name, project.sources.read(os.path.join(place, name)) or b""


def creates_application_tables(project: Project, module: Module) -> bool:
    """Whether a test file creates the tables of models that are not its own: ``Base.metadata.create_all``."""
    blocks = [(module.facts.statements, None), *((each.body.statements, each) for each in module.facts.functions)]
    for block, function in blocks:
        for node in walk(block):
            if isinstance(node, Name) and node.dotted.endswith(".create_all"):
                target = project.names.resolve(module, node.dotted.partition(".")[0], function)
                if _is_of_application(project, target, node.dotted):
                    return True
    return False


def _is_of_application(project: Project, target: Target, dotted: str) -> bool:
    if isinstance(target, External):
        return target.dotted == "sqlmodel.SQLModel" and dotted.endswith(".metadata.create_all")
    if isinstance(target, (ClassRef, ValueRef, ModuleRef)):
        return not is_test_code(project, target.module.path)
    return False


def names_postgres(project: Project, path: str) -> bool:
    """Whether a test file, or a conftest of its chain, speaks of PostgreSQL: then the suite knows it."""
    files = (*project.sources.conftest_chain(path), path)
    return any(b"postgres" in (project.sources.read(each) or b"").lower() for each in files)
