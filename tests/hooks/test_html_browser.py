"""The page in a real browser: quiet, readable at both widths, and walked through by keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lint_fixtures_hooks import page
from tests.hooks import reports
from tests.hooks.browser import Tab, tab

FOCUSED = """(() => {
    const element = document.activeElement, box = element.getBoundingClientRect(), style = getComputedStyle(element);
    return {
        name: element.getAttribute("aria-label") || element.textContent.trim().split("\\n")[0].slice(0, 40),
        tag: element.tagName,
        seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1,
    };
})()"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Tab]:
    with tab() as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("page") / "index.html"
    Path(file).write_text(page.text(reports.broken()), encoding="utf-8")
    return file.as_uri()


@pytest.mark.parametrize("width", [1280, 400])
def test_it_is_quiet_and_fits(browser: Tab, address: str, width: int) -> None:
    browser.open(address, width)
    assert browser.said == []
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.evaluate("document.title") == "Not verified - verify-suite"


@pytest.mark.parametrize("width", [1280, 400])
def test_everything_is_reached_by_keyboard_and_shows_it(browser: Tab, address: str, width: int) -> None:
    browser.open(address, width)
    browser.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    count = browser.evaluate("document.querySelectorAll('a[href], summary, [tabindex=\"0\"]').length")
    walked = []
    for _ in range(count):
        browser.press("Tab")
        walked.append(browser.evaluate(FOCUSED))
    assert [each for each in walked if not (each["seen"] and each["outlined"])] == []
    assert walked[0]["name"] == "Skip to the findings"
    assert [each["name"] for each in walked if each["tag"] == "A"][1:] == [
        *("Leaks", "Order", "Tree", "Tests", "Failures", "Slowest"),
    ]
    assert [each["name"] for each in walked if each["tag"] == "DIV"] == [
        *("Tests that did not pass in every run", "Tests that passed in every run"),
        *("Slowest tests", "Slowest fixtures"),
    ]


def test_what_is_folded_opens_by_keyboard(browser: Tab, address: str) -> None:
    browser.open(address, 1280)
    closed = "[...document.querySelectorAll('details')].filter(element => !element.open).length"
    before = browser.evaluate(closed)
    assert before > 0
    browser.evaluate("document.querySelector('details:not([open]) > summary').focus()")
    browser.press("Enter")
    assert browser.evaluate(closed) == before - 1


def test_the_skip_link_leads_past_the_sections(browser: Tab, address: str) -> None:
    browser.open(address, 1280)
    browser.press("Tab")
    browser.press("Enter")
    assert browser.evaluate("location.hash") == "#main"
    browser.press("Tab")
    assert browser.evaluate("document.querySelector('main').contains(document.activeElement)") is True
