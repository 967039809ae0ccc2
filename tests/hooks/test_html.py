"""The page stands alone, holds what the report holds, and escapes every name."""

import copy
from html.parser import HTMLParser
from typing import Any

import pytest

from lint_fixtures_hooks import page, report
from tests.hooks import reports

VOID = {"meta", "link", "img", "br", "hr", "input"}
LOADING = {"src", "srcset", "action", "data", "poster", "background"}


class Page(HTMLParser):
    """Every element with its attributes, the text outside of style, and whether the elements nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)


@pytest.fixture(scope="module")
def broken() -> Page:
    return Page(page.text(reports.broken()))


def test_elements_nest_and_are_ours(broken: Page) -> None:
    assert broken.open == []
    assert {tag for tag, _ in broken.elements} <= {
        *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "footer", "a", "div"),
        *("h1", "h2", "h3", "p", "ul", "li", "span", "code", "pre", "details", "summary"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }


def test_nothing_is_loaded_or_run(broken: Page) -> None:
    for _, attributes in broken.elements:
        assert not attributes.keys() & LOADING
        assert not [name for name in attributes if name.startswith("on")]
    links = [attributes["href"] for tag, attributes in broken.elements if tag == "a"]
    targets = {attributes["id"] for _, attributes in broken.elements if "id" in attributes}
    assert {str(link)[1:] for link in links} <= targets
    template = page.TEMPLATE.read_text(encoding="utf-8")
    assert [word for word in ("url(", "@import") if word in template] == []


def test_every_name_is_shown_as_it_is(broken: Page) -> None:
    shown = "".join(broken.text)
    assert shown.count(reports.HOSTILE.replace("\x00", "\ufffd")) == 12
    for name in ("<b>jobs</b>", "<T>", "<a>.py:3", "<i>.txt", "<u>.py", "<f>.py", "<d>.py:4", "<c>.py:5", "<because>"):
        assert name in shown


def test_the_matrix_has_tests_and_runs(broken: Page) -> None:
    words = [text.strip() for text in broken.text if text.strip()]
    start = words.index("Test")
    hostile = reports.HOSTILE.replace("\x00", "\ufffd")
    assert words[start : start + 6] == ["Test", "given", "shuffled (seed 7)", hostile, "failed", "passed"]


def test_what_scrolls_can_be_reached_by_keyboard(broken: Page) -> None:
    scrolled = [attributes for _, attributes in broken.elements if attributes.get("class") == "scroll"]
    assert len(scrolled) == 4
    assert all(each["tabindex"] == "0" and each["role"] == "region" and each["aria-label"] for each in scrolled)


def verified(**parts: object) -> dict[str, Any]:
    found = copy.deepcopy({**report.EMPTY})
    runs = [reports.run("given", None, {reports.CLEAN: "passed"})]
    verdict = {"verdict": "verified", "green": True, "isolated": True, "tree_clean": True, "whole": True}
    return {**found, **verdict, "runs": runs, **parts}


@pytest.mark.parametrize(
    ("found", "head"),
    [
        (verified(), "Verified"),
        (verified(whole=False), "Verified for the given tests only"),
        (verified(shard={"index": 1, "count": 2, "collection": ""}), "Verified for shard 1/2 only"),
        (report.of_failure("no server", "", "1"), "Could not tell"),
    ],
    ids=["verified", "given-tests", "shard", "unknown"],
)
def test_other_verdicts(found: dict[str, Any], head: str) -> None:
    shown = Page(page.text(found))
    assert shown.open == []
    assert head in shown.text
