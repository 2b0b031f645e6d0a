"""The section on algebra of the Ball tab: closed, computed when asked, equal to the endpoint, and readable."""

import json
from pathlib import Path
from typing import Any

import pytest
from app_fixtures import EUCLIDEAN, OPENING, OpenExplorer, digest
from axe_playwright_python.sync_playwright import Axe
from explorer import Explorer
from http_api import Api
from playwright.sync_api import Locator, Page, expect

from tvae.page.ui import texts
from tvae.reports.algebra import QUESTION

pytestmark = pytest.mark.browser


def opened(explorer: OpenExplorer, **options: Any) -> Explorer:
    """The Ball tab, with the section open."""
    found = explorer("?tab=ball&operations=min,max", **options)
    expect(found.page.locator("#ball-near tbody tr").first).to_be_visible()
    found.page.get_by_role("button", name=QUESTION).click()
    return found


def answered(page: Page) -> Locator:
    """The answer, after the button is pressed."""
    page.get_by_role("button", name=texts.ALGEBRA_TEST).click()
    answer = page.locator("#algebra")
    expect(answer.locator("table")).to_be_visible()
    return answer


def test_closed_until_asked_and_then_equal_to_the_endpoint(explorer: OpenExplorer, api: Api, tmp_path: Path) -> None:
    page = explorer("?tab=ball&operations=min,max").page
    expect(page.locator("#ball-near tbody tr").first).to_be_visible()
    expect(page.get_by_role("button", name=texts.ALGEBRA_TEST)).to_be_hidden()
    page.get_by_role("button", name=QUESTION).click()
    expect(page.locator("#algebra table")).to_have_count(0)
    answer = answered(page)
    document = api("algebra", OPENING, 1_999, 0)
    expect(answer.locator(".answer")).to_have_text(document["sentence"])
    expect(answer.locator(".origin")).to_contain_text(f"{OPENING}, sha256 {digest(OPENING)}")
    lines = answer.locator("tbody tr").all()
    for line, a, b in zip(lines, document["rows"][::2], document["rows"][1::2], strict=True):
        cells = line.locator("td").all_inner_texts()
        assert cells[1:4] == [f"{a[key]:.1%}" for key in ("base", "hamming", "adic")]
        for side, row in ((cells[4:7], a), (cells[7:], b)):
            shares = f"{row['share']:.1%} ({row['expected']:.1%})"
            assert side == [shares, f"{row['p']:.4f}", f"{row['p_corrected']:.4f}"]
    with page.expect_download() as download:
        answer.get_by_role("button", name="JSON").click()
    assert download.value.suggested_filename == f"{OPENING}-algebra-{digest(OPENING)}.json"
    download.value.save_as(tmp_path / "algebra.json")
    assert json.loads((tmp_path / "algebra.json").read_text()) == document


def test_a_selection_keeps_the_answer_and_another_checkpoint_empties_it(explorer: OpenExplorer) -> None:
    found = opened(explorer)
    answer = answered(found.page)
    found.page.locator("#ball-near tbody button").first.click()
    expect(found.page.locator("#ball-near strong")).not_to_have_text("15633")
    expect(answer.locator("table")).to_be_visible()
    found.choose(EUCLIDEAN)
    found.loaded(EUCLIDEAN)
    expect(answer.locator("table")).to_have_count(0)
    expect(found.page.get_by_role("button", name=texts.ALGEBRA_TEST)).to_be_visible()


@pytest.mark.parametrize(("dark", "width"), [(False, 375), (True, 1440), (True, 375)])
def test_it_fits_and_can_be_read(explorer: OpenExplorer, dark: bool, width: int) -> None:
    page = opened(explorer, dark=dark, width=width).page
    answer = answered(page)
    answer.get_by_text(texts.ALGEBRA_MEANINGS).click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for part in ("#algebra-lead p", "#algebra .answer", "#algebra .scroll", "#algebra dl"):
        box = page.locator(part).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width, part
    found = Axe().run(page, context="#algebra").response
    assert [(rule["id"], rule["nodes"][0]["target"]) for rule in found["violations"]] == []
    ink = "element => Math.min(...getComputedStyle(element).color.match(/[0-9.]+/g).slice(0, 3).map(Number))"
    for part in ("#algebra td", "#algebra .answer", "#algebra-lead p"):
        assert (page.locator(part).first.evaluate(ink) > 150) == dark, part
