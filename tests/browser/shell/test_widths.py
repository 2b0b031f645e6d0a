"""Nothing is cut at any width, in any tab: 320 to 1440 pixels, and 1440 at 200 %, which is a window of 720."""

import base64
from collections.abc import Callable

import pytest
from app_fixtures import HOMEOSTASIS, OpenExplorer
from cuts import cuts, open_details
from explorer import Explorer
from playwright.sync_api import Page, expect

from tvae.page.ui import texts
from tvae.reports.algebra import QUESTION

pytestmark = pytest.mark.browser

WIDTHS = (320, 375, 720, 768, 1024, 1440)
OPENED = f"?checkpoint={HOMEOSTASIS}&operations=min,%20max,%200-5,%20v=8"


def explore(page: Page) -> None:
    page.get_by_role("button", name=texts.REGIONS_TITLE).click()
    page.get_by_role("button", name=texts.REGIONS_COUNT).click()
    expect(page.locator("#regions table")).to_be_visible()
    page.locator(".operation-card > summary").click()
    page.locator(".class-browser > summary").click()
    expect(page.locator(".card-table").first).to_be_visible()
    expect(page.locator(".class-fields")).to_be_visible()
    page.locator("#near-and-far").scroll_into_view_if_needed()
    expect(page.locator("#near-and-far table")).to_be_visible()
    page.locator("#operations textarea").fill("min, max, 0-5, v=8, no_such_name, 1,000")
    page.locator("#operations textarea").press("Enter")
    expect(page.locator("#problem mark").first).to_be_visible()


def ball(page: Page) -> None:
    expect(page.locator("#ball-near tbody tr").first).to_be_visible()
    expect(page.locator("#ball-walk tbody tr").first).to_be_visible()
    page.get_by_role("button", name=QUESTION).click()
    page.get_by_role("button", name=texts.ALGEBRA_TEST).click()
    expect(page.locator("#algebra table")).to_be_visible()


def compare(page: Page) -> None:
    for table in ("metrics", "chosen", "moved", "measures", "aligned"):
        expect(page.locator(f"#compare-{table} tbody tr").first).to_be_visible()


def coverage(page: Page) -> None:
    expect(page.locator("#coverage-depth h2")).to_have_count(len(texts.pairs("COVERAGE_SECTIONS")))


def codons(page: Page) -> None:
    expect(page.locator("svg.codon-disk")).to_be_visible()
    expect(page.locator("#codons-acids tbody tr").first).to_be_visible()


def train(page: Page) -> None:
    expect(page.locator("#train-start")).to_be_visible()


def learn(page: Page) -> None:
    expect(page.locator("#learn-body h2")).to_have_count(len(texts.tables("LESSONS")) + 1)


FILLED: dict[str, Callable[[Page], None]] = {
    "explore": explore,
    "ball": ball,
    "compare": compare,
    "coverage": coverage,
    "codons": codons,
    "train": train,
    "learn": learn,
}


def at_width(page: Page, width: int) -> list[str]:
    """What is cut at one width, once the plots have their new size."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return [f"{width}: {line}" for line in cuts(page)]


def test_all_tabs_are_tried() -> None:
    assert FILLED.keys() == texts.table("TABS").keys()


@pytest.mark.parametrize("tab", FILLED)
def test_nothing_is_cut(explorer: OpenExplorer, tab: str) -> None:
    opened = explorer(f"{OPENED}&tab={tab}")
    opened.answered(HOMEOSTASIS)
    FILLED[tab](opened.page)
    open_details(opened.page)
    opened.page.mouse.move(0, 0)  # away from what shows a tip
    assert [line for width in WIDTHS for line in at_width(opened.page, width)] == []


def test_what_is_cut_is_found(explorer: OpenExplorer) -> None:
    page = explorer().page
    page.evaluate(
        """document.querySelector('#badge').innerHTML = `
            <p style="width: 40px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">ends in dots</p>
            <p style="width: 40px; white-space: nowrap">runs into its neighbour</p>
            <p style="height: 8px; overflow: hidden">loses its feet</p>
            <div style="width: 90px; overflow-x: auto; white-space: nowrap">scrolls, and nobody knows it</div>
            <button style="position: fixed; left: 1400px; width: 90px">out of reach</button>
            <svg width="50" height="20"><text x="30" y="12">beyond</text></svg>`"""
    )
    found = cuts(page)
    for words in ("ends in", "runs into", "loses its", "scrolls, and", "out of", "beyond"):
        assert any(words in line for line in found), (words, found)


def test_a_shadow_shows_where_a_table_goes_on(explorer: OpenExplorer) -> None:
    """The colours of the two edges of the table: shaded only where more follows."""
    opened: Explorer = explorer(OPENED, width=375)
    region = opened.page.get_by_role("region", name=texts.SELECTED_TABLE)
    opened.page.add_style_tag(content="#results table { visibility: hidden }")  # also what an answer replaces

    def edges() -> list[bool]:
        shot = region.screenshot()
        return opened.page.evaluate(
            """async (data) => {
                const image = await createImageBitmap(await (await fetch(data)).blob());
                const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
                pen.drawImage(image, 0, 0);
                const at = (x) => pen.getImageData(x, image.height / 2, 1, 1).data[0];
                const middle = at(image.width / 2);
                return [at(1), at(image.width - 2)].map((value) => Math.abs(value - middle) > 25);
            }""",
            f"data:image/png;base64,{base64.b64encode(shot).decode()}",
        )

    def become(share: float, expected: list[bool]) -> None:
        for _ in range(100):  # an answer that arrives meanwhile replaces the table, and begins at its left edge
            region.evaluate("(region, share) => region.scrollTo(share * region.scrollWidth, 0)", share)
            if edges() == expected:
                return
            opened.page.wait_for_timeout(100)
        assert edges() == expected

    become(0, [False, True])
    become(0.25, [True, True])
    become(1, [True, False])


def test_the_footer_of_a_phone_has_no_dot_without_a_link_before_it(explorer: OpenExplorer) -> None:
    footer = explorer(width=375).page.locator("footer")
    expect(footer).to_contain_text("Settings")
    assert footer.inner_text().split() == ["Settings"]
