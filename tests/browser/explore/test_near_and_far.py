"""The section on near and far: it asks when it comes into view, and follows the checkpoint."""

import re

import pytest
from app_fixtures import EUCLIDEAN, OPENING, RICH, OpenExplorer, evaluated_here
from playwright.sync_api import Page, expect

from tvae.analysis.tree_measures import tree_measures
from tvae.page.ui import texts

pytestmark = pytest.mark.browser


def digest(name: str) -> re.Pattern[str]:
    return re.compile(evaluated_here(name).checkpoint.sha256[:16])


def measured(page: Page, name: str) -> None:
    expect(page.locator("#near-and-far .origin")).to_contain_text(digest(name))


def test_it_is_computed_when_it_comes_into_view(explorer: OpenExplorer) -> None:
    opened = explorer()
    page = opened.page
    section = page.locator("#near-and-far")
    page.wait_for_timeout(500)
    expect(section.get_by_text(texts.MEASURING_TREE)).to_be_attached()
    expect(section.locator("table")).to_have_count(0)
    section.scroll_into_view_if_needed()
    measured(page, OPENING)
    found = tree_measures.measure(evaluated_here(OPENING).embedding.a)
    row = section.locator("tr", has=page.locator("th", has_text="map 27"))
    expect(row.locator("td").first).to_have_text(f"{found.map_27:.3f} \u00b1 {found.map_27_error:.3f}")
    with page.expect_download() as download:
        section.get_by_role("button", name=re.compile("as CSV$")).click()
    assert (
        download.value.suggested_filename
        == f"{OPENING}-tree-measures-{evaluated_here(OPENING).checkpoint.sha256[:8]}.csv"
    )


def test_another_checkpoint_empties_it_until_it_is_in_view(explorer: OpenExplorer) -> None:
    opened = explorer()
    page = opened.page
    section = page.locator("#near-and-far")
    section.scroll_into_view_if_needed()
    measured(page, OPENING)
    page.evaluate("scrollTo(0, 0)")
    opened.choose(f"{EUCLIDEAN} - ")
    expect(section.get_by_text(texts.MEASURING_TREE)).to_be_attached()
    expect(section.locator("table")).to_have_count(0)
    section.scroll_into_view_if_needed()
    measured(page, EUCLIDEAN)
    expect(section).to_contain_text(texts.NO_TREE_MEASURES)
    page.evaluate("scrollTo(0, 0)")
    opened.choose(f"{RICH} - ")
    section.scroll_into_view_if_needed()
    measured(page, RICH)
