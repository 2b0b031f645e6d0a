"""The Learn tab in the browser: loading, following the checkpoint, accessibility."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from app_fixtures import EUCLIDEAN, OPENING, RICH, OpenExplorer, evaluated_here
from axe_playwright_python.sync_playwright import Axe
from explorer import Explorer
from playwright.sync_api import Page, expect

from tvae.page.ui import texts

pytestmark = pytest.mark.browser
TITLES = [*(lesson["title"] for lesson in texts.tables("LESSONS").values()), texts.WHY_TITLE]


def filled(opened: Explorer, name: str) -> Page:
    """Wait until the tab shows this checkpoint; returns the page."""
    digest = evaluated_here(name).checkpoint.sha256[:16]
    expect(opened.page.locator("#learn-body .origin code")).to_have_text(digest)
    expect(opened.page.locator("#learn-body h2")).to_have_text(TITLES)
    return opened.page


def test_it_loads_when_opened_and_follows_the_checkpoint(explorer: OpenExplorer) -> None:
    opened = explorer()
    page = opened.page
    assert page.locator(".lesson").count() == 0
    page.get_by_role("tab", name="Learn").click()
    filled(opened, OPENING)
    assert "tab=learn" in page.url
    expect(page.locator("#learn-body svg").first).to_be_visible()
    hierarchy = page.locator("section[aria-labelledby=lesson-hierarchy]")
    shown = f"{evaluated_here(OPENING).metrics.a.hierarchy:.10f}".replace("-", "\u2212")
    expect(hierarchy.locator("svg text", has_text=shown).first).to_be_visible()
    opened.choose(f"{RICH} - ")
    filled(opened, RICH)
    page.get_by_role("tab", name="Explore").click()
    expect(page.locator("#plot")).to_be_visible()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/queue/join" in request.url else None)
    page.get_by_role("tab", name="Learn").click()
    expect(page.locator(".lesson").first).to_be_visible()
    page.wait_for_timeout(300)
    assert sent == []


def test_a_checkpoint_without_a_ball(explorer: OpenExplorer) -> None:
    opened = explorer(f"?checkpoint={EUCLIDEAN}&tab=learn")
    page = filled(opened, EUCLIDEAN)
    expect(page.get_by_text(texts.NO_BALL)).to_have_count(4)
    expect(page.locator("section[aria-labelledby=lesson-ball]")).to_contain_text(texts.FLAT)


def test_a_link_selects_a_query_in_explore(explorer: OpenExplorer) -> None:
    opened = explorer(f"?checkpoint={RICH}&tab=learn")
    page = filled(opened, RICH)
    page.locator("#learn-body").get_by_role("link", name="sheffer and commutative").click()
    expect(page.locator("#plot")).to_be_visible()
    opened.wait(".selected.length === 90")
    opened.answered(RICH)
    assert parse_qs(urlsplit(page.url).query) == {"checkpoint": [RICH], "operations": ["sheffer and commutative"]}


def test_phone_by_keyboard_only(explorer: OpenExplorer) -> None:
    opened = explorer(width=375, dark=True)
    page = opened.page
    opened.open_tab_by_keyboard("Learn")
    filled(opened, OPENING)
    for key in texts.tables("LESSONS"):
        page.locator(f"section[aria-labelledby=lesson-{key}] summary").focus()
        page.keyboard.press("Enter")
    assert page.locator("#learn-body details[open]").count() == len(texts.tables("LESSONS"))
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    for section in page.locator(".lesson").all():
        box = section.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 375
    page.locator("section[aria-labelledby=lesson-why] summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.href") == next(iter(texts.table("SOURCES").values()))


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 1440), (False, 320)])
def test_no_axe_violation(explorer: OpenExplorer, dark: bool, width: int) -> None:
    opened = explorer(f"?checkpoint={RICH}&tab=learn", dark=dark, width=width)
    page = filled(opened, RICH)
    for summary in page.locator("#learn-body summary").all():
        summary.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for part in ("#learn-lead", "#learn-body"):
        found: list[dict[str, Any]] = Axe().run(page, context=part).response["violations"]
        assert [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]] == []
