"""The stories under "Start here": each opens the view that it promises, as a plain link and without the network."""

from urllib.parse import parse_qs, urlsplit

import pytest
from app_fixtures import OPENING, OpenExplorer, Site, evaluated_here
from explorer import Explorer
from playwright.sync_api import expect

from tvae.operations.parsing import parse_operations
from tvae.page.tabs.explore.stories import VIEWS
from tvae.page.ui import texts
from tvae.page.ui.html import number

pytestmark = pytest.mark.browser

MIN, MAX, CONSENSUS = parse_operations(VIEWS["near"]["operations"])


def follow(explorer: OpenExplorer, story: str) -> Explorer:
    """The page at the address of a story, as a plain link opens it."""
    query = explorer().page.locator(f"a.story[data-story={story}]").get_attribute("href")
    assert query is not None
    return explorer(query)


def test_a_dot(explorer: OpenExplorer) -> None:
    opened = follow(explorer, "dot")
    opened.chosen(MIN)
    opened.current(MIN)
    opened.loaded(OPENING)
    expect(opened.page.locator("#plot")).to_be_in_viewport()


def test_a_perfect_hierarchy(explorer: OpenExplorer) -> None:
    opened = follow(explorer, "order")
    opened.answered("max_hierarchy")
    assert opened.get("verdict") == "no overlaps: every level lies above the next"
    expect(opened.page.locator("[data-number=order]")).to_contain_text("A \u22120.8321, B \u22120.8321")
    expect(opened.page.locator("[data-number=spread]")).to_contain_text("A 0.0000, B 0.0001")


def test_a_claim_that_its_file_does_not_hold(site: Site, explorer: OpenExplorer) -> None:
    name = VIEWS["claim"]["checkpoint"]
    before = len(site.hub.requests)
    opened = follow(explorer, "claim")
    opened.answered(name)
    table = opened.page.locator("#comparison table")
    row = table.locator("tr").filter(has=opened.page.get_by_role("rowheader", name="hierarchy B", exact=True))
    measured = evaluated_here(name).metrics.b.hierarchy
    expect(row.locator("td").nth(0)).to_have_text("0.78")
    expect(row.locator("td").nth(1)).to_have_text("\u22120.8299")
    expect(row.locator("td").last).to_have_text(number(measured, 10))
    expect(row).to_be_in_viewport(ratio=1)
    expect(opened.page.get_by_text(texts.COMPARISON_HEADING)).to_be_in_viewport(ratio=1)
    expect(opened.page.locator("#comparison")).to_contain_text(f"{name}/best.pt, is not the file measured here")
    assert len(site.hub.requests) == before


def test_where_min_max_and_consensus_lie(explorer: OpenExplorer) -> None:
    opened = follow(explorer, "near")
    page = opened.page
    expect(page.get_by_role("tab", name=texts.table("TABS")["ball"])).to_have_attribute("aria-selected", "true")
    page.wait_for_function(
        "ids => document.querySelector('#ball-disk .disk')?.tvae?.selected?.join() === ids",
        arg=f"{MIN},{MAX},{CONSENSUS}",
    )


def test_watch_one_learn(explorer: OpenExplorer) -> None:
    opened = follow(explorer, "learn")
    expect(opened.page.get_by_role("button", name=texts.TRAIN_START, exact=True)).to_be_visible()


def test_the_same_story_scrolls_again(explorer: OpenExplorer) -> None:
    """The address keeps the view but not the place on the page, so that a reload begins at the top."""
    opened = follow(explorer, "claim")
    heading = opened.page.get_by_text(texts.COMPARISON_HEADING)
    expect(heading).to_be_in_viewport(ratio=1)
    name = VIEWS["claim"]["checkpoint"]
    opened.page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == {"checkpoint": [name]})
    opened.page.evaluate("scrollTo(0, 0)")
    opened.page.locator("a.story[data-story=claim]").click()
    again = Explorer(opened.page)
    again.answered(name)
    expect(again.page.get_by_text(texts.COMPARISON_HEADING)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [375, 1440])
def test_stories_are_reached_and_followed_by_keyboard(explorer: OpenExplorer, width: int) -> None:
    opened = explorer(width=width)
    story = opened.page.locator("a.story[data-story=dot]")
    story.focus()
    assert story.evaluate("link => getComputedStyle(link).outlineStyle") != "none"
    opened.page.keyboard.press("Enter")
    Explorer(opened.page).chosen(MIN)
    expect(opened.page.locator("#plot")).to_be_in_viewport(ratio=0.9)
