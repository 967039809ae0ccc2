"""What the guide and the rule pages say of the repairs is what there is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lint_fixtures import fixes
from lint_fixtures.fixes import Repair, load_repairs

GUIDE = Path(__file__).resolve().parent.parent.parent / "docs" / "guides" / "fix.md"


def row(repair: Repair) -> str:
    asks_for = " " if repair.safe else " `--unsafe` "
    return f"| [{repair.code}](../rules/{repair.code}.md) |{asks_for}| {repair.does} |"


def test_the_table_of_the_guide_is_the_list_of_repairs() -> None:
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("| [LFX")] == [row(each) for each in load_repairs().values()]


def test_every_repair_has_its_file() -> None:
    files = Path(fixes.__path__[0]).glob("lfx*.py")
    assert sorted(path.stem.upper() for path in files) == list(load_repairs())


def test_the_rule_page_tells_of_the_repair_without_libcst() -> None:
    code = "import sys; sys.modules['libcst'] = None; from lint_fixtures.cli import main; main(['explain', 'LFX201'])"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"`lint-fixtures fix --unsafe` {load_repairs()['LFX201'].does}; `--diff` shows it first." in done.stdout


def test_the_command_names_the_extra_where_libcst_is_missing() -> None:
    code = "import sys; sys.modules['libcst'] = None; from lint_fixtures.cli import main; sys.exit(main(['fix', '.']))"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=False)
    message = "lint-fixtures: fix needs the extra `fix`: pip install 'lint-fixtures[fix]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
