"""The Compare tab from a link, with checkpoints that cannot be compared or loaded, by keyboard, and on a phone."""

import re

import pytest
from app_fixtures import ABSENT, BROKEN, BUNDLED, EUCLIDEAN, FAILING, HOMEOSTASIS, OPENING, OpenExplorer, Site
from axe_playwright_python.sync_playwright import Axe
from compare_tab import Compare
from playwright.sync_api import expect

from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.page.ui import texts

pytestmark = pytest.mark.browser

PHONE = 375


def test_the_url_restores_the_view(explorer: OpenExplorer, compare: Compare) -> None:
    compare.choose("max_hierarchy - ")
    compare.names(OPENING, "max_hierarchy")
    switches = compare.page.locator("#compare-switches")
    switches.get_by_label("B", exact=True).check()
    expect(compare.summary).to_contain_text("Encoder B:")
    switches.get_by_label("norm", exact=True).check()
    expect(compare.page).to_have_url(re.compile("compare_measure=norm"))
    compare.page.locator("#compare-scale input").click()
    compare.page.get_by_role("option", name="logarithmic").click()
    expect(compare.page).to_have_url(re.compile("compare_scale=log"))
    assert compare.get("a", "view") == compare.get("b", "view")  # a shared axis on this scale too
    address = compare.page.url
    for part in ("tab=compare", "with=max_hierarchy", "compare_encoder=B"):
        assert part in address
    again = Compare(explorer("?operations=min").page)  # warm
    again.page.goto(f"{address}&operations=min,13")
    again.drawn()
    again.names(OPENING, "max_hierarchy")
    again.chosen(15_633, 13)
    expect(again.summary).to_contain_text("Encoder B:")
    assert again.get("b", "measure") == "norm"
    assert again.get("b", "scale") == "log"
    assert "with=max_hierarchy" in again.page.url


def test_without_a_ball_the_page_states_what_is_not_compared(compare: Compare) -> None:
    compare.choose(EUCLIDEAN)
    compare.names(OPENING, EUCLIDEAN)
    notes = compare.page.locator("#compare-notes")
    expect(notes).to_contain_text(f"{EUCLIDEAN} has no ball")
    expect(compare.page.locator("#compare-moved")).to_have_text(texts.NOT_MOVED)
    expect(compare.page.locator("#compare-measure label")).to_have_text(["radius, each of its own kind"])
    apart = compare.get("b", "view")
    assert compare.get("a", "view") != apart
    compare.page.locator("#compare-plot-a").get_by_role("button", name="Zoom in").click()
    assert compare.get("b", "view") == apart
    richness = compare.page.locator("#compare-metrics tr[data-metric=richness] td")
    expect(richness.nth(1)).to_have_text("\u2013")
    expect(richness.nth(3)).to_have_text("\u2013")


def test_a_failed_load_is_a_sentence_and_the_tab_stays(compare: Compare) -> None:
    for name, sentence in (
        (ABSENT, f"has no file '{ABSENT}' at revision main"),
        (FAILING, "The Hub failed with 503"),
        (BROKEN, "found 5,000 bytes of something else"),
        ("codon_vae_all.pt", "holds another model"),
    ):
        compare.choose(name)
        expect(compare.alert).to_contain_text(sentence)
        expect(compare.alert).to_contain_text(f"The tab still shows {BUNDLED} as the second checkpoint.")
        compare.names(OPENING, BUNDLED)
        assert "with=" not in compare.page.url
    compare.click_point("b", 0)
    compare.chosen(0)
    compare.choose("ball - ")
    expect(compare.alert).to_be_hidden()
    compare.names(OPENING, "ball")


def test_without_a_hub_a_link_still_opens_the_tab(site_no_hub: Site, explorer: OpenExplorer) -> None:
    opened = explorer(url=site_no_hub.url)
    opened.page.goto(f"{site_no_hub.url}?tab=compare&with={HOMEOSTASIS}")
    compare = Compare(opened.page).drawn()
    expect(compare.alert).to_contain_text(f"cannot be reached to ask about {HOMEOSTASIS}")
    expect(compare.alert).to_contain_text(f"The second checkpoint is {BUNDLED}.")
    compare.names(OPENING, BUNDLED)


def test_keyboard_only(explorer: OpenExplorer) -> None:
    opened = explorer()
    page, press = opened.page, opened.page.keyboard.press
    page.get_by_role("tab", name="Explore").focus()
    press("Tab")
    while page.evaluate("document.activeElement.textContent.trim()") != "Compare":
        press("Tab")
    press("Enter")
    compare = Compare(page).drawn()
    compare.second.focus()
    press("ControlOrMeta+a")
    page.keyboard.type(BY_NAME["ball"].title)
    press("Enter")
    compare.names(OPENING, "ball")
    page.locator("#compare-plot-b .scatter-plot").focus()
    press("ArrowRight")
    press("Enter")
    page.wait_for_function("document.querySelector('#compare-plot-a .scatter').tvae.selected.length === 1")
    (index,) = compare.get("b", "selected")
    compare.chosen(index)
    first = compare.moved_rows.first.get_by_role("button")
    first.focus()
    press("Enter")
    compare.chosen(int(first.inner_text()))
    page.get_by_role("button", name="Swap").focus()
    press("Enter")
    compare.names("ball", OPENING)


@pytest.mark.parametrize("dark", [False, True])
def test_phone(explorer: OpenExplorer, dark: bool) -> None:
    opened = explorer("?operations=min,0-5", width=PHONE, dark=dark)
    opened.open_tab_by_keyboard("Compare")
    compare = Compare(opened.page).drawn()
    compare.chosen(15_633, 0, 1, 2, 3, 4, 5)
    page = compare.page
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    tops = []
    for part in ("second", "switches", "plot-a", "plot-b", "chosen", "metrics", "moved", "only"):
        box = page.locator(f"#compare-{part}").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE, part
        tops.append(box["y"])
    assert tops == sorted(tops)
    compare.moved_rows.first.get_by_role("button").click()
    expect(compare.chosen_rows).to_have_count(1)
    ours = "selector => Boolean(document.querySelector(selector)?.closest('[id^=compare-]'))"
    ignored = {
        "label-title-only",
        "aria-prohibited-attr",
    }  # violations of Gradio itself, see tests/browser/shell/test_look.py
    violations = [
        f"{rule['id']} at {node['target'][0]}"
        for rule in Axe().run(page).response["violations"]
        for node in rule["nodes"]
        if rule["id"] not in ignored and page.evaluate(ours, node["target"][0])
    ]
    assert violations == []
