"""The Compare tab in the browser: one selection in two plots, shared axes, links, exports, no Hub."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from app_fixtures import (
    ABSENT,
    BROKEN,
    BUNDLED,
    EUCLIDEAN,
    FAILING,
    HOMEOSTASIS,
    OPENING,
    OpenExplorer,
    Site,
    digest,
    evaluated_here,
)
from axe_playwright_python.sync_playwright import Axe
from explorer import Explorer, N
from export_menu import SHARE, differing, export, words_of
from playwright.sync_api import Page, expect

from tvae.analysis import alignment
from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.page.tabs.compare import render
from tvae.page.ui import texts
from tvae.reports import comparison as comparison_reports

pytestmark = pytest.mark.browser
PHONE = 375
DRAWN = f"""() => [...'ab'].every((which) => {{
    const plot = document.querySelector(`#compare-plot-${{which}} .scatter`)?.tvae;
    return plot?.count === {N} && plot.view;
}}) && document.querySelector('#compare-metrics td') && !document.querySelector('#compare-status p')"""


class Compare:
    """The Compare tab of an open page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.second = page.get_by_label("Second checkpoint")
        self.alert = page.locator("#compare-alert [role=alert]")
        self.summary = page.locator("#compare-summary")
        self.chosen_rows = page.locator("#compare-chosen tbody tr")
        self.moved_rows = page.locator("#compare-moved tbody tr")

    def drawn(self) -> "Compare":
        self.page.wait_for_function(DRAWN)
        return self

    def names(self, first: str, second: str) -> None:
        expect(self.page.locator("#compare-heading-a h2")).to_have_text(f"first {first}")
        expect(self.page.locator("#compare-heading-b h2")).to_have_text(f"second {second}")
        self.page.wait_for_function(
            "name => document.querySelector('#compare-second input').value.startsWith(`${name} - `)", arg=second
        )

    def choose(self, title: str) -> None:
        self.second.click()
        self.page.get_by_role("option", name=title).first.click()

    def get(self, which: str, expression: str) -> Any:
        return self.page.evaluate(f"document.querySelector('#compare-plot-{which} .scatter').tvae.{expression}")

    def chosen(self, *indices: int) -> None:
        """Expect these operations, in this order, in both plots and in the table."""
        ids = ",".join(map(str, indices))
        self.page.wait_for_function(
            "ids => [...'ab'].every((which) => document.querySelector(`#compare-plot-${which} .scatter`)"
            ".tvae.selected.join() === ids)",
            arg=ids,
        )
        expect(self.chosen_rows).to_have_count(len(indices))

    def click_point(self, which: str, index: int, *modifiers: str) -> None:
        self.page.locator(f"#compare-plot-{which}").scroll_into_view_if_needed()
        for key in modifiers:
            self.page.keyboard.down(key)
        self.page.mouse.click(*self.get(which, f"screen({index})"))
        for key in modifiers:
            self.page.keyboard.up(key)


@pytest.fixture
def compare(explorer: OpenExplorer) -> Compare:
    opened = explorer()
    opened.page.get_by_role("tab", name="Compare").click()
    return Compare(opened.page).drawn()


def expected(first: str, second: str, operations: str = "", encoder: str = "A") -> dict[str, Any]:
    return comparison_reports.compare(evaluated_here(first), evaluated_here(second), operations, encoder)


def test_it_opens_with_a_second_bundled_checkpoint_without_the_hub(site: Site, explorer: OpenExplorer) -> None:
    opened = explorer()
    assert opened.page.locator("#compare-metrics td").count() == 0
    requests_before = len(site.hub.requests)
    opened.page.get_by_role("tab", name="Compare").click()
    compare = Compare(opened.page).drawn()
    compare.names(OPENING, BUNDLED)
    document = expected(OPENING, BUNDLED)
    assert render.summary(document) == f'<p role="status">{compare.summary.inner_text().strip()}</p>'
    row = compare.page.locator("#compare-metrics tr[data-metric=tree_fidelity]")
    expect(row.locator("td").last).to_have_text("\u25c2 first")
    expect(compare.page.locator("#compare-notes")).to_contain_text("reads the ball")
    rules = compare.page.get_by_text(texts.table("RULES")["low"])
    expect(rules).to_be_hidden()
    compare.page.get_by_text(texts.RULES_TITLE).click()
    expect(rules).to_be_visible()
    assert len(site.hub.requests) == requests_before
    joined: list[str] = []
    opened.page.on("request", lambda request: "queue/join" in request.url and joined.append(request.url))
    opened.page.get_by_role("tab", name="Explore").click()
    opened.page.get_by_role("tab", name="Compare").click()
    compare.drawn()
    assert joined == []  # no event is sent for data that is already loaded


def test_one_selection_and_shared_axes(compare: Compare) -> None:
    assert compare.get("a", "view") == compare.get("b", "view")
    heights = [compare.get(which, "screen(0)[1]") for which in "ab"]
    radii = [evaluated_here(name).embedding.a.radius[0] for name in (OPENING, BUNDLED)]
    assert (heights[0] < heights[1]) == (radii[0] > radii[1])
    compare.click_point("b", 0)
    compare.chosen(0)
    compare.click_point("a", 6_561, "Control")
    compare.chosen(0, 6_561)
    moved = [row["index"] for row in expected(OPENING, BUNDLED)["moved_most"]]
    assert [int(row.get_attribute("data-row") or "") for row in compare.moved_rows.all()] == moved
    compare.moved_rows.nth(2).locator("td").nth(2).click(force=True)  # anywhere in the row
    compare.chosen(moved[2])
    opened = Explorer(compare.page)
    expect(opened.text).to_have_value(str(moved[2]))
    opened.page.get_by_role("tab", name="Explore").click()
    opened.chosen(moved[2])
    opened.current(moved[2])
    opened.type("min, 13")
    opened.chosen(15_633, 13)
    opened.page.get_by_role("tab", name="Compare").click()
    compare.chosen(15_633, 13)


def test_the_slow_tables_follow_the_pair_and_the_encoder(compare: Compare) -> None:
    page = compare.page
    map_27 = page.locator("#compare-measures tr[data-metric=map_27] td")
    moved = page.locator("#compare-aligned tbody tr")
    for encoder in "AB":
        page.locator("#compare-switches").get_by_label(encoder, exact=True).check()
        sides = [evaluated_here(name).embedding.side(encoder) for name in (OPENING, BUNDLED)]
        for which, side in enumerate(sides):
            expect(map_27.nth(which)).to_have_text(f"{tree_measures.measure(side).map_27:.4f}")
        found = alignment.align(*sides)
        assert found is not None
        expect(moved).to_have_count(20)
        assert [int(row.get_attribute("data-row") or "") for row in moved.all()] == found.moved_most.tolist()
        expect(page.locator("#compare-aligned")).to_contain_text(f"{found.residual:.4f}")
    with page.expect_download() as download:
        page.locator("#compare-aligned").get_by_role("button", name="Export JSON").click()
    assert (
        download.value.suggested_filename
        == f"{OPENING}-vs-{BUNDLED}-aligned-b-{digest(OPENING)}-{digest(BUNDLED)}.json"
    )
    rows = json.loads(Path(download.value.path()).read_text())["aligned"]
    assert [row["index"] for row in rows] == found.moved_most.tolist()
    moved.nth(1).locator("td").nth(2).click(force=True)
    compare.chosen(int(found.moved_most[1]))


def test_encoder_and_measure_apply_to_both_plots(compare: Compare) -> None:
    switches = compare.page.locator("#compare-switches")
    switches.get_by_label("norm", exact=True).check()
    switches.get_by_label("B", exact=True).check()
    expect(compare.summary).to_contain_text("Encoder B:")
    for which in "ab":
        assert (compare.get(which, "encoder"), compare.get(which, "measure")) == ("B", "norm")
    whole = compare.get("a", "view")
    assert whole == compare.get("b", "view")
    assert compare.get("a", "scale") == compare.get("b", "scale")
    for which, other in ("ab", "ba"):  # zooming one plot zooms the other
        compare.page.locator(f"#compare-plot-{which}").get_by_role("button", name="Zoom in").click()
        assert compare.get(which, "view") == compare.get(other, "view") != whole
        compare.page.locator(f"#compare-plot-{other}").get_by_role("button", name="Reset the view").click()
        assert compare.get(which, "view") == compare.get(other, "view") == pytest.approx(whole)
    document = expected(OPENING, BUNDLED, encoder="B")
    moved = str(document["moved_most"][0]["index"])
    expect(compare.moved_rows.first.get_by_role("button")).to_have_text(moved)


def test_operations_that_only_one_reconstructs_swap_and_exports(compare: Compare, tmp_path: Path) -> None:
    page = compare.page
    compare.choose(HOMEOSTASIS)
    compare.names(OPENING, HOMEOSTASIS)
    compare.drawn()
    wrong = evaluated_here(HOMEOSTASIS).metrics.at_mu.failing
    listed = page.locator("#compare-only [data-only=a]")
    expect(listed).to_contain_text(f"Only by the first ({len(wrong):,})")
    expect(listed.locator(".chip")).to_have_count(200)
    listed.locator(".chip").nth(3).click()
    compare.chosen(wrong[3])
    expect(compare.chosen_rows).to_contain_text(texts.table("EXACT_IN")["a"])
    page.get_by_role("button", name="Swap").click()
    compare.names(HOMEOSTASIS, OPENING)
    Explorer(page).loaded(HOMEOSTASIS)
    expect(page.locator("#compare-only [data-only=b]")).to_contain_text(f"({len(wrong):,})")
    compare.chosen(wrong[3])
    for table, rows in (("metrics", 13), ("moved", 20), ("only", len(wrong)), ("chosen", 1)):
        with page.expect_download() as download:
            page.locator(f"#compare-{table}").get_by_role("button", name="Export CSV").click()
        name = f"v5_11_homeostasis_best-vs-{OPENING}-{table}-a-{digest(HOMEOSTASIS)}-{digest(OPENING)}.csv"
        assert download.value.suggested_filename == name
        path = tmp_path / f"{table}.csv"
        download.value.save_as(path)
        with path.open(newline="") as file:
            assert len(list(csv.DictReader(file))) == rows
    with page.expect_download() as download:
        page.locator("#compare-metrics").get_by_role("button", name="Export JSON").click()
    download.value.save_as(tmp_path / "metrics.json")
    assert len(json.loads((tmp_path / "metrics.json").read_text())["metrics"]) == 13


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


def test_the_last_of_two_quick_selections_wins(compare: Compare) -> None:
    compare.choose(ABSENT)
    compare.choose("v5_11_structural - ")
    compare.choose("v5_11_progressive - ")
    compare.names(OPENING, "v5_11_progressive")
    compare.drawn()
    expect(compare.alert).to_be_hidden()
    expect(compare.page).to_have_url(re.compile("with=v5_11_progressive"))


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


def test_each_plot_is_saved_with_its_checkpoint(compare: Compare) -> None:
    for which, name in zip("ab", (OPENING, BUNDLED), strict=True):
        file = export(compare.page.locator(f"#compare-plot-{which}"), "svg")
        assert file.suggested_filename == f"{name}-radius-a-{digest(name)}.svg"
        svg = file.path().read_text(encoding="utf-8")
        assert words_of(svg)[0] == name
        differ, inked = differing(compare.page, f"#compare-plot-{which}", svg)
        assert differ <= min(SHARE, inked / 3)
