"""verify-suite in real pre-commit, after a hook that mends files: what it mended is not what would be committed."""

import os
import subprocess
import sys
from pathlib import Path

from tests.hooks.projects import START, Project
from tests.repositories import git, git_environment

MENDING = (
    'import sys; p = sys.argv[1:]; [open(n, "a").write("# mended\\n") for n in p if "mended" not in open(n).read()]'
)
CONFIGURATION = """\
repos:
  - repo: local
    hooks:
      - {id: mend, name: mend, language: system, types: [python], entry: "{python} mend.py"}
      - id: verify-suite
        name: verify-suite
        language: system
        entry: "{python} start.py"
        pass_filenames: false
        always_run: true
"""
CHANGED = "(by you, or by a hook that mends files) and not staged: `git add` what is to be committed, or let "
STAGED = "`verify-suite --staged` run the index in a folder of its own"


def commit(project: Project, home: Path) -> list[str]:
    """What `git commit` says of verify-suite."""
    variables = {
        "PRE_COMMIT_HOME": str(home),
        "LINT_FIXTURES_CACHE_DIR": str(project.cache),
        "PRE_COMMIT_COLOR": "never",
    }
    done = subprocess.run(
        ("git", "commit", "--message=Test"),
        cwd=project.root,
        env={
            **git_environment(),
            **variables,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("verify-suite:")]


def test_what_a_hook_mended_is_to_be_staged(project: Project, tmp_path: Path) -> None:
    configuration = CONFIGURATION.replace("{python}", sys.executable)
    project.commit(mend_py=f"{MENDING}\n# mended\n", start_py=f"{START}  # mended\n")
    (project.root / ".pre-commit-config.yaml").write_text(configuration)
    project.commit()
    subprocess.run((sys.executable, "-m", "pre_commit", "install"), cwd=project.root, env=git_environment(), check=True)
    project.write(tests__test_a_py="def test_a(): ...\n", tests__test_b_py="def test_b(): ...\n")
    git(project.root, "add", "tests")
    said = commit(project, tmp_path / "home")
    assert said == [f"verify-suite: tests/test_a.py, tests/test_b.py were changed {CHANGED}{STAGED}"]
    git(project.root, "add", "tests")
    said = commit(project, tmp_path / "home")
    assert [line.split(" (tree ")[0] for line in said] == []
    assert git(project.root, "log", "-1", "--format=%s") == "Test\n"
    assert project.ask("status", "--require", "HEAD").code == 0
