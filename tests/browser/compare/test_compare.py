"""The Compare tab in the browser: one selection in two plots, shared axes, tables, exports."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from app_fixtures import ABSENT, BUNDLED, HOMEOSTASIS, OPENING, OpenExplorer, Site, digest, evaluated_here
from compare_tab import Compare
from explorer import Explorer
from export_menu import SHARE, differing, export, words_of
from playwright.sync_api import expect

from tvae.analysis import alignment
from tvae.analysis.tree_measures import tree_measures
from tvae.page.tabs.compare import render
from tvae.page.ui import texts
from tvae.reports import comparison as comparison_reports

pytestmark = pytest.mark.browser


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
    rules = compare.page.locator("#compare-metrics").get_by_text(texts.table("RULES")["low"])
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


def test_the_last_of_two_quick_selections_wins(compare: Compare) -> None:
    compare.choose(ABSENT)
    compare.choose("v5_11_structural - ")
    compare.choose("v5_11_progressive - ")
    compare.names(OPENING, "v5_11_progressive")
    compare.drawn()
    expect(compare.alert).to_be_hidden()
    expect(compare.page).to_have_url(re.compile("with=v5_11_progressive"))


def test_each_plot_is_saved_with_its_checkpoint(compare: Compare) -> None:
    for which, name in zip("ab", (OPENING, BUNDLED), strict=True):
        file = export(compare.page.locator(f"#compare-plot-{which}"), "svg")
        assert file.suggested_filename == f"{name}-radius-a-{digest(name)}.svg"
        svg = file.path().read_text(encoding="utf-8")
        assert words_of(svg)[0] == name
        differ, inked = differing(compare.page, f"#compare-plot-{which}", svg)
        assert differ <= min(SHARE, inked / 3)
