"""Folders are shared with other programs and other accounts: what is not ours is neither removed, read nor written."""

import io
import json
import os
from pathlib import Path

import pytest

from lint_fixtures_hooks.cluster import open_server
from lint_fixtures_hooks.postgres.kept import PASSWORDS, describe
from lint_fixtures_hooks.postgres.server import Server, ServerRequest
from lint_fixtures_hooks.postgres.store import Store, Template
from lint_fixtures_hooks.postgres.sweep import sweep_one
from lint_fixtures_hooks.scratch import LOCK, PREFIX, scratch
from lint_fixtures_hooks.supervisor import LAST_COMMAND, Supervisor
from tests.hooks.projects import Project

KEY = "0123456789abcdef0123456789abcdef"
LONG_AGO = 1_000_000_000.0


def somebodys_folder(cache: Path) -> Path:
    """`clusters` is no rare name: here are somebody's of another kind."""
    folder = cache / "clusters" / "production"
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text("precious")
    os.utime(folder, (LONG_AGO, LONG_AGO))
    return folder


def test_clean_removes_what_is_ours_alone(project: Project, tmp_path: Path) -> None:
    folder = somebodys_folder(tmp_path / "work")
    answer = project.ask("postgres", "clean", LINT_FIXTURES_CACHE_DIR=str(tmp_path / "work"))
    assert (answer.code, answer.error) == (0, "")
    assert (folder / "main.tf").read_text() == "precious"


def test_a_new_data_directory_pushes_out_old_ones_of_ours_alone(tmp_path: Path) -> None:
    folder = somebodys_folder(tmp_path / "work")
    (tmp_path / "work" / "clusters").chmod(0o700)
    unused = folder.with_name(KEY)
    unused.mkdir()
    os.utime(unused, (LONG_AGO, LONG_AGO))
    request = ServerRequest(
        provider=None, url=None, allow=None, cache_dir=tmp_path / "work", fingerprint="old", tcp=False
    )
    with open_server(request):
        pass
    assert not unused.exists()
    assert (folder / "main.tf").read_text() == "precious"


def kept_template(tmp_path: Path) -> tuple[Store, Template]:
    data = tmp_path / "built"
    (data / "global").mkdir(parents=True)
    (data / "global" / "pg_control").write_text("")
    store, template = Store(tmp_path / "clusters", KEY), Template(data, "pw", 1)
    store.folder.mkdir(mode=0o700)
    return store, template


def test_a_cache_that_others_can_write_is_as_good_as_none(tmp_path: Path) -> None:
    """Its data directories hold settings that name programs for the server to run."""
    store, template = kept_template(tmp_path)
    assert store.keep(template) is not None
    assert store.find() is not None
    for mode in (0o777, 0o720):
        store.folder.chmod(mode)
        assert store.find() is None
        assert store.keep(template) is None


def test_a_cache_of_another_account_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, template = kept_template(tmp_path)
    assert store.keep(template) is not None
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    assert store.find() is None
    assert store.keep(template) is None


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_killed_runs_folder_is_swept(temporary: Path) -> None:
    left = temporary / f"{PREFIX}left"
    left.mkdir()
    (left / LOCK).touch()
    with scratch():
        assert not left.exists()


def test_a_folder_of_another_account_is_not_swept(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = temporary / f"{PREFIX}theirs"
    theirs.mkdir()
    (theirs / LOCK).write_text("theirs")
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with scratch():
        assert (theirs / LOCK).read_text() == "theirs"


def test_a_lock_that_leads_elsewhere_is_not_opened(temporary: Path) -> None:
    """To lock a file some versions of filelock empty it."""
    (temporary / "precious").write_text("precious")
    trap = temporary / f"{PREFIX}trap"
    trap.mkdir()
    (trap / LOCK).symlink_to(temporary / "precious")
    with scratch():
        assert trap.exists()
    assert (temporary / "precious").read_text() == "precious"


def test_a_last_command_that_another_account_wrote_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For root without user namespaces a run's folder belongs to `nobody`, who is many."""
    lease, folder = tmp_path / "0123456789ab.lease", tmp_path / "0123456789ab"
    lease.touch()
    folder.mkdir()
    (folder / LAST_COMMAND).write_text(json.dumps(["touch", str(tmp_path / "sign")]))
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    assert sweep_one(lease)
    assert not (tmp_path / "sign").exists()
    assert not folder.exists()


def test_the_password_file_is_written_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / PASSWORDS).symlink_to(tmp_path / "precious")
    server = Server(
        "local", "15", str(tmp_path), 5432, "suite", "pw", "suite_test", embedded=True, directory=str(tmp_path)
    )
    assert describe(server, "", tmp_path) is not None
    assert (tmp_path / PASSWORDS).read_text() == "*:*:*:suite:pw\n"
    assert not (tmp_path / PASSWORDS).is_symlink()
    assert (tmp_path / "precious").read_text() == "precious"


def test_the_servers_log_is_written_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "server.log").symlink_to(tmp_path / "precious")
    answers = io.StringIO()
    supervisor = Supervisor(tmp_path, tmp_path / "lease", answers)
    supervisor.run({"run": ["echo", "overwritten"], "env": {}, "user": None, "group": None})
    supervisor.end()
    assert json.loads(answers.getvalue()) == {
        "error": f"Too many levels of symbolic links: {tmp_path / 'server.log'}",
    }
    assert (tmp_path / "precious").read_text() == "precious"
