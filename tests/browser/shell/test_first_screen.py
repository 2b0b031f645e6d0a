"""The first screen: what stands where at every width, and what opens on demand."""

from typing import Final

import pytest
from app_fixtures import COLLAPSED, EUCLIDEAN, OPENING, OpenExplorer
from explorer import Explorer
from playwright.sync_api import Locator, expect

from tvae.page.ui import texts

pytestmark = pytest.mark.browser

PHONE, HEIGHT = 375, 900
WIDTHS: Final = (320, PHONE, 720, 768, 1024, 1440)  # 720 is half of 1440: a zoom of 200 %
ANSWER: Final = (
    "#lead h1",
    "#lead p",
    "#checkpoint",
    "#badge .badge-line",
    ".headline",
    "#plot",
    "#operations",
    "#truth",
)
PARTS = "#top *, #numbers-column *, #switches *, #examples *, #stories *, footer *"
CUT = """(parts) => [...document.querySelectorAll(parts)]
    .filter((one) => one.checkVisibility() && !one.closest('svg, input, [data-testid=status-tracker]'))
    .filter((one) => {
        const {left, right} = one.getBoundingClientRect();
        return left < -0.5 || right > innerWidth + 0.5
            || (getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1);
    })
    .map((one) => `${one.tagName} ${one.className}: ${one.textContent}`)"""


def top_and_bottom(part: Locator) -> tuple[float, float]:
    box = part.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


@pytest.mark.parametrize("text", ["", "min"])
def test_one_screen_holds_the_answer(explorer: OpenExplorer, text: str) -> None:
    opened = explorer()
    if text:
        opened.type(text)
        opened.chosen(15_633)
    for part in ANSWER:
        top, bottom = top_and_bottom(opened.page.locator(part).first)
        assert top >= 0, part
        assert bottom <= HEIGHT, part
    _, above = top_and_bottom(opened.page.locator(".headline"))
    plot, _ = top_and_bottom(opened.page.locator("#plot"))
    assert above <= plot
    if not text:
        for story in opened.page.locator("a.story strong").all():
            assert top_and_bottom(story)[1] <= HEIGHT


def test_nothing_else_stands_above_the_plot(explorer: OpenExplorer) -> None:
    """Only the checkpoint, few numbers, and what switches the plot; the rest opens on demand."""
    page = explorer().page
    plot, _ = top_and_bottom(page.locator("#plot"))
    for closed in (texts.table("TILES")["q"], "sha256", texts.UPLOAD_REPOSITORY):
        expect(page.get_by_text(closed).first).to_be_hidden()
    expect(page.locator(".headline > div")).to_have_count(4)
    words = page.locator("#lead, .reading, .headline").all_inner_texts()
    assert len(" ".join(words).split()) < 140
    assert plot < HEIGHT / 2


@pytest.mark.parametrize("width", [320, PHONE])
def test_on_a_phone_the_plot_comes_first(explorer: OpenExplorer, width: int) -> None:
    opened = explorer("?operations=min", width=width)
    opened.chosen(15_633)
    order = ("#lead h1", "#lead p", "#checkpoint", "#badge .badge-line", "#tabs [role=tablist]", "#plot", ".reading")
    order += (".headline", "#operations", "#truth", "#results", "#stories", "#comparison")
    tops = [top_and_bottom(opened.page.locator(part).first)[0] for part in order]
    assert tops == sorted(tops), dict(zip(order, tops, strict=True))
    assert top_and_bottom(opened.page.locator("#plot"))[0] < 540


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_at_any_width(explorer: OpenExplorer, width: int) -> None:
    opened = explorer(f"?checkpoint={COLLAPSED}&operations=min", width=width)
    opened.answered(COLLAPSED)
    opened.page.locator("#more-numbers summary").click()
    opened.page.get_by_text(texts.ABOUT_CHECKPOINT).click()
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    assert opened.page.evaluate(CUT, PARTS) == []


def test_a_word_that_is_cut_is_found(explorer: OpenExplorer) -> None:
    page = explorer().page
    page.add_style_tag(content=".headline dt { overflow: hidden; width: 3em; white-space: nowrap; }")
    assert len(page.evaluate(CUT, PARTS)) == 4


def tablist(opened: Explorer) -> Locator:
    return opened.page.get_by_role("tablist").first


@pytest.mark.parametrize("width", [320, PHONE])
def test_the_tabs_are_one_line_that_scrolls(explorer: OpenExplorer, width: int) -> None:
    opened = explorer(width=width)
    tabs = tablist(opened).get_by_role("tab")
    expect(tabs).to_have_text(list(texts.table("TABS").values()))
    assert len({round(top_and_bottom(tab)[0]) for tab in tabs.all()}) == 1
    assert tablist(opened).evaluate("strip => strip.scrollWidth > strip.clientWidth")
    assert "linear-gradient" in tablist(opened).evaluate("strip => getComputedStyle(strip).backgroundImage")
    last = tabs.last
    expect(last).not_to_be_in_viewport()
    opened.open_tab_by_keyboard(texts.table("TABS")["learn"])
    expect(last).to_have_attribute("aria-selected", "true")
    expect(last).to_be_in_viewport(ratio=0.95)


def test_a_link_to_a_tab_shows_it_in_the_strip(explorer: OpenExplorer) -> None:
    opened = explorer("?tab=learn", width=PHONE)
    tab = tablist(opened).get_by_role("tab").last
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(tab).to_be_in_viewport(ratio=0.95)


def test_on_a_wide_page_no_tab_is_out_of_view(explorer: OpenExplorer) -> None:
    opened = explorer(width=768)
    assert tablist(opened).evaluate("strip => strip.scrollWidth === strip.clientWidth")


def test_an_explanation_stretches_no_other_tile(explorer: OpenExplorer) -> None:
    opened = explorer()
    opened.page.locator("#more-numbers summary").press("Enter")
    tiles = opened.page.locator("#tiles .tile")
    sizes = "tiles => Object.fromEntries(tiles.map((tile) => [tile.dataset.tile, tile.offsetHeight]))"
    before = tiles.evaluate_all(sizes)
    opened.tile("q").locator("summary").click()
    expect(opened.page.get_by_text(texts.table("TILE_EXPLANATIONS")["q"])).to_be_visible()
    after = tiles.evaluate_all(sizes)
    assert [name for name in after if after[name] != before[name]] == ["q-Q"]


def test_numbers_that_are_open_stay_open_with_the_next_checkpoint(explorer: OpenExplorer) -> None:
    opened = explorer()
    opened.page.locator("#more-numbers summary").click()
    opened.choose(EUCLIDEAN)
    opened.answered(EUCLIDEAN)
    expect(opened.page.locator(".headline [data-number=tree]")).to_contain_text(texts.NOT_DEFINED)
    expect(opened.tile("q")).to_be_visible()
    assert opened.get("verdict") == texts.table("SCATTER")["flat"]


@pytest.mark.parametrize("name", [OPENING, COLLAPSED, "v5_11_overnight"])
def test_a_status_says_why_in_one_line(explorer: OpenExplorer, name: str) -> None:
    opened = explorer(f"?checkpoint={name}")
    opened.answered(name)
    line = opened.page.locator("#badge .badge-line")
    if "overnight" in name:
        expect(line).to_contain_text("training collapsed")
    expect(line).to_contain_text(
        {
            OPENING: "Reconstructs every operation",
            COLLAPSED: texts.MEASURED_HERE,
            "v5_11_overnight": "It concerns v5_11_overnight/best.pt, not this file.",
        }[name]
    )
    expect(opened.page.locator("#badge code")).to_be_hidden()
    opened.page.get_by_text(texts.ABOUT_CHECKPOINT).click()
    expect(opened.page.locator("#badge code")).to_be_visible()


def test_the_list_of_checkpoints_closes_when_focus_leaves_it(explorer: OpenExplorer) -> None:
    opened = explorer()
    options = opened.page.get_by_role("listbox").get_by_role("option")
    for key in ("Tab", "Shift+Tab"):
        opened.dropdown.click()
        expect(options.first).to_be_visible()
        opened.page.keyboard.press(key)
        expect(opened.dropdown).not_to_be_focused()
        expect(options).to_have_count(0)
        expect(opened.dropdown).to_have_attribute("aria-expanded", "false")
    opened.loaded(OPENING)


def test_the_footer_is_whole_on_a_phone(explorer: OpenExplorer) -> None:
    page = explorer(width=PHONE).page
    links = page.locator("footer :is(a, button)").filter(visible=True)
    expect(links.last).to_be_visible()
    for link in links.all():
        box = link.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE
