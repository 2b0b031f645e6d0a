"""The details of a checkpoint in the browser: its training record, the ceilings, decoder B."""

import pytest
from app_fixtures import EUCLIDEAN, OPENING, OpenExplorer, evaluated_here
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tvae.page.ui import texts
from tvae.page.ui.html import number
from tvae.training.recipes.exact_tree import exact_tree

pytestmark = pytest.mark.browser

NARROW = 320
SECTIONS = "#trained, #limits, #comparison, #coverage"
COLLAPSE = "According to the history in this file, it does not collapse: from step 1,500 to 11,200"


def test_the_long_run_shows_its_history_and_the_warning(explorer: OpenExplorer) -> None:
    opened = explorer("?checkpoint=v5_11_overnight")
    trained = opened.page.locator("#trained")
    expect(trained.locator(".verdict")).to_contain_text("Published warning for this recipe: training collapsed.")
    expect(trained.locator(".verdict")).to_contain_text(COLLAPSE)
    expect(opened.page.locator("#badge")).to_contain_text(COLLAPSE)
    expect(trained.get_by_role("img")).to_have_count(5)
    hierarchy = trained.get_by_role("img", name="Hierarchy", exact=True)
    expect(hierarchy).to_have_accessible_description(
        "Rank correlation by step. A: \u22120.83205 from 500 to 11,200. B: from \u22120.11676 at 500 to \u22120.83205 "
        "at 11,200; minimum \u22120.83205 at 1,500, maximum \u22120.11676 at 500. Marked: 700, 2,200, 5,200. Limit "
        "\u22120.83205."
    )
    expect(hierarchy.locator("text.last")).to_have_text(["A \u22120.83205", "B \u22120.83205"])
    summary = trained.get_by_text(texts.RECIPE_NOTES)
    warm = trained.get_by_text("the learning rate restarts from its peak twice")
    expect(warm).to_be_hidden()
    summary.click()
    expect(warm).to_be_visible()


def test_the_section_follows_the_checkpoint(explorer: OpenExplorer) -> None:
    opened = explorer()
    trained = opened.page.locator("#trained")
    expect(trained.locator("dd").first).to_contain_text(f"{OPENING}, ")
    expect(trained.get_by_role("img")).to_have_count(0)
    opened.choose("v5_11_homeostasis - ")
    opened.loaded("v5_11_homeostasis")
    rows = trained.locator("table.events tbody tr")
    first, second = evaluated_here("v5_11_homeostasis").checkpoint.recorded.run.events or ()
    expect(rows).to_have_count(2)
    assert (first.part, second.part) == ("encoder_a", "encoder_b")
    expect(rows.nth(0).locator("td")).to_have_text([f"{first.step:,}", "encoder A", "unfrozen", first.reason])
    opened.choose(EUCLIDEAN)
    opened.loaded(EUCLIDEAN)
    expect(trained).to_contain_text(texts.RECORDED)
    expect(trained.locator("table")).to_have_count(0)


def test_comparison_with_the_ceilings(explorer: OpenExplorer) -> None:
    table = explorer().page.locator("#limits table")
    exact, a, b = exact_tree(), evaluated_here(OPENING).metrics.a, evaluated_here(OPENING).metrics.b
    expect(table.locator("thead th")).to_have_text(["encoder A", "encoder B", "exact tree", "limit"])
    row = table.locator("tr").filter(has=table.page.get_by_role("rowheader", name="tree fidelity", exact=True))
    expect(row.locator("td")).to_have_text([number(side.tree_fidelity, 4) for side in (a, b, exact)] + ["0.8320"])


def test_both_decoders_of_v5_5(explorer: OpenExplorer) -> None:
    opened = explorer("?checkpoint=v5_5")
    expect(opened.tile("coverage")).to_contain_text("all; decoder B 19,683")
    expect(opened.page.locator("#coverage .second")).to_contain_text(
        "Decoder B, from the latent mean of encoder B: 19,683"
    )


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 1440), (True, NARROW)])
def test_charts_fit_without_axe_violations(explorer: OpenExplorer, dark: bool, width: int) -> None:
    opened = explorer("?checkpoint=v5_11_overnight", dark=dark, width=width)
    trained = opened.page.locator("#trained")
    expect(trained.get_by_role("img")).to_have_count(5)
    trained.get_by_text(texts.RECIPE_NOTES).click()
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    cut = """() => [...document.querySelectorAll('.curve svg')].flatMap((svg) => {
        const frame = svg.getBoundingClientRect();
        const out = (text) => { const box = text.getBoundingClientRect();
            return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1; };
        return [...svg.querySelectorAll('text')].filter(out).map((text) => text.textContent);
    })"""
    assert opened.page.evaluate(cut) == []
    ink = "(name) => getComputedStyle(document.querySelector(name)).stroke.match(/[0-9]+/g).map(Number)"
    inks = [opened.page.evaluate(ink, f".curve .line.{line}") for line in ("c0", "c1")]
    assert inks[0] != inks[1]
    assert [sum(colour) > 3 * 128 for colour in inks] == [dark, dark]
    found = Axe().run(opened.page, context=SECTIONS).response["violations"]
    assert [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]] == []
