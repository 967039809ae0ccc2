"""Many repairs of one file share a lint: what comes out is what one after the other gives, in far fewer lints."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint_fixtures.fixes import checked
from lint_fixtures.fixes.run import Repaired, repair
from lint_fixtures.settings import Settings
from tests.fixes.suites import APP, MODELS, OFF, PARENT, SESSION, SHADOW, SHARED, every

SHOP = Path(__file__).resolve().parent.parent.parent / "examples" / "shop" / "broken"
CONFTEST = f"{SHARED}\nfrom models import Organization\n{PARENT}"
HEAD = "import pytest\n\nfrom app import app, get_db\nfrom models import Campaign\n"
REFUSED = """\


@pytest.fixture(scope="session")
def seed(db_session=None):
    return db_session
"""
MENDABLE = (
    "def test_{}(db_session=None):\n    assert db_session\n",
    "def test_{}(db_session):\n    db_session.add(Campaign(id=1))\n    db_session.add(Campaign(id=2))\n",
    "def test_{}(db_session):\n    app.dependency_overrides[get_db] = lambda: db_session\n    assert app\n",
    "def test_{}(db_session=None, organization=None):\n    assert db_session, organization\n",
    "@pytest.fixture\ndef client_{}(db_session):\n    app.dependency_overrides[get_db] = db_session\n    yield app\n",
)


def many(numbers: range) -> str:
    return "".join(f"\n\n{MENDABLE[number % len(MENDABLE)].format(number)}" for number in numbers)


def defaulted(count: int) -> str:
    return "".join(f"\n\n{MENDABLE[0].format(number)}" for number in range(count))


def laid_out(folder: Path, test: str) -> Path:
    files = {"pytest.ini": "[pytest]\n", "app.py": APP, "models.py": MODELS, "conftest.py": CONFTEST, "test_x.py": test}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "test_x.py"


def outcome(path: Path, at_once: int) -> Repaired:
    return repair(str(path), path.read_bytes(), OFF, every, unsafe=True, at_once=at_once)


def what_was_done(repaired: Repaired) -> list[tuple[str, str]]:
    return sorted((code, done) for _, code, done in repaired.done)


class Lints(list[bytes]):
    """The texts that were linted."""


@pytest.fixture
def lints(monkeypatch: pytest.MonkeyPatch) -> Lints:
    texts, check_content = Lints(), checked.check_content

    def recorded(path: str, content: bytes, settings: Settings) -> checked.Checked | None:
        texts.append(content)
        return check_content(path, content, settings)

    monkeypatch.setattr(checked, "check_content", recorded)
    return texts


def test_many_repairs_give_what_one_after_the_other_gives(tmp_path: Path, lints: Lints) -> None:
    path = laid_out(tmp_path, f"{HEAD}{many(range(10))}{REFUSED}{many(range(10, 25))}")
    together = outcome(path, at_once=500)
    few = len(lints)
    one_by_one = outcome(path, at_once=1)
    assert together.content == one_by_one.content
    assert what_was_done(together) == what_was_done(one_by_one)
    assert REFUSED in together.content.decode()
    assert together.content.count(b"=None") == 1
    assert 2 * few < len(lints)


def test_repairs_that_all_hold_share_one_lint(tmp_path: Path, lints: Lints) -> None:
    path = laid_out(tmp_path, f"{HEAD}{defaulted(20)}")
    repaired = outcome(path, at_once=500)
    assert [code for _, code, _ in repaired.done] == ["LFX302"] * 20
    assert lints == [path.read_bytes(), repaired.content]


def test_the_one_that_does_not_hold_is_found_by_halves(tmp_path: Path, lints: Lints) -> None:
    path = laid_out(tmp_path, f"{HEAD}{defaulted(15)}{REFUSED}")
    repaired = outcome(path, at_once=500)
    assert len(repaired.done) == 15
    assert repaired.content.endswith(REFUSED.encode())
    # of sixteen the last fails: the half without it holds, again and again; and when all others are done it fails again
    assert len(lints) == len(("before", 16, 8, 8, 4, 4, 2, 2, 1, 1, "again"))


@pytest.mark.parametrize("path", sorted(SHOP.rglob("*.py")), ids=lambda path: path.relative_to(SHOP).as_posix())
def test_the_shop_is_mended_as_one_after_the_other(path: Path) -> None:
    assert outcome(path, at_once=500) == outcome(path, at_once=1)


def test_what_several_repairs_import_is_imported_once(tmp_path: Path) -> None:
    fixtures = (f"@pytest.fixture\ndef session_{n}(engine) -> Session:\n    return Session(engine)\n" for n in range(3))
    path = laid_out(tmp_path, SESSION + "".join(f"\n\n{each}" for each in fixtures))
    repaired = outcome(path, at_once=500)
    assert repaired.content == outcome(path, at_once=1).content
    assert repaired.content.count(b"import Iterator") == 1
    assert repaired.content.count(b"    with Session(engine) as session:\n        yield session\n") == 3


def test_the_last_of_several_shadows_takes_the_imports_with_it(tmp_path: Path) -> None:
    shadow = "\n".join(f"    {line}" if line else "" for line in SHADOW.split("\n\n\n")[-1].splitlines())
    test = "    def test_x(self, db_session):\n        assert db_session\n"
    shadowing = "".join(f"\n\nclass Test{name}:\n{shadow}\n\n{test}" for name in "ABC")
    path = laid_out(tmp_path, f"import pytest\nfrom sqlalchemy.orm import Session\n{shadowing}")
    repaired = outcome(path, at_once=500)
    assert repaired.content == outcome(path, at_once=1).content
    assert repaired.content.decode() == "\n\n".join(f"class Test{name}:\n{test}" for name in "ABC")


def test_a_text_without_a_last_line_end_and_with_a_mark_in_front_stays_so(tmp_path: Path) -> None:
    path = laid_out(tmp_path, f"\ufeff{HEAD}{many(range(5))}".rstrip())
    repaired = outcome(path, at_once=500)
    assert repaired.content == outcome(path, at_once=1).content
    assert repaired.content.decode().startswith(f"\ufeff{HEAD}")
    assert not repaired.content.endswith(b"\n")
