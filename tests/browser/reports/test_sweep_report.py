"""The report on a sweep, opened from a disk without a network: any measure against any setting, means, the front."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_fixtures import OpenPage
from playwright.sync_api import Locator, Page, expect
from sweep_runs import run_row, sweep_of

from tvae.reports.surveys.sweeps.collecting import collect

pytestmark = pytest.mark.browser
HOSTILE = "Found </script><script>document.title='stolen'</script>."
ROWS = [
    *(run_row("v5_11", seed, q=1.0 + seed, steps=steps) for seed in (0, 1, 2) for steps in (20, 300)),
    run_row("rich_tree", 0, q=4.0, steps=300),
    run_row("v5_5", 0, steps=20, width=None, curvature=None),
    run_row("tree", 0, error=HOSTILE),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = sweep_of(tmp_path_factory.mktemp("sweeps") / "<i>runs", *ROWS)
    (runs / "<b>other").mkdir()
    return collect(runs, runs).report


@pytest.fixture
def opened(page: OpenPage, report: Path) -> Page:
    found = page(report.as_uri(), offline=True)
    expect(found.get_by_role("img", name="coverage against steps of 8 runs")).to_be_visible()
    found.get_by_label("Vertical axis").select_option(label="Q B")
    expect(found.get_by_role("img", name="Q B against steps of 7 runs")).to_be_visible()
    return found


def table(opened: Page, name: str) -> Locator:
    return opened.get_by_role("table", name=name, exact=True)


def rows(found: Locator) -> list[list[str]]:
    return [row.locator("th, td").all_inner_texts() for row in found.locator("tbody tr").all()]


def column(found: Locator, place: int) -> list[str]:
    return found.locator(f"tbody tr > :nth-child({place})").all_inner_texts()


def test_it_has_every_run_and_text_stays_text(opened: Page) -> None:
    expect(opened).to_have_title("The sweep in <i>runs")
    text = opened.locator("main").inner_text()
    assert "8 finished, 1 failed, 1 skipped. Each measure is that of the sweep." in text
    assert "The same in all finished runs: learning rate 0.3, optimiser kfac." in text
    assert column(table(opened, "Runs"), 1)[0] == f"rich_tree seed 0 {ROWS[6]['id'][:6]}"
    assert len(rows(table(opened, "Runs"))) == 8
    assert rows(table(opened, "Failed"))[0][-1] == HOSTILE
    assert rows(table(opened, "Skipped"))[0][0] == "<b>other"


def test_the_fields_offer_what_differs_and_the_tables_tell_settings_apart(opened: Page) -> None:
    up, across = (
        opened.get_by_label(name).locator("option").all_inner_texts() for name in ("Vertical axis", "Horizontal axis")
    )
    assert {"coverage", "coverage B", "Q B"} <= set(up)
    assert "total" not in up
    assert across[:5] == ["recipe", "steps", "width", "curvature", "seed"]
    name = f"v5_11 seed 0 {ROWS[0]['id'][:6]}"
    expect(opened.locator("#plot .mark title").filter(has_text=name)).to_have_text(f"{name}, steps 20: 20, 1.0000")
    opened.locator("summary").click()
    assert [name, "steps 20", "20", "1.0000"] in rows(table(opened, "Values in the plot"))
    expect(opened.locator("main")).to_contain_text("Of Q B, which the vertical axis shows.")


def test_a_missing_number_stands_where_numbers_do(opened: Page) -> None:
    for name in ("Runs", "Mean and spread over seeds"):
        missing = table(opened, name).get_by_role("cell", name="\u2013", exact=True)
        aligned = missing.evaluate_all("all => all.map((one) => getComputedStyle(one).textAlign)")
        assert set(aligned) == {"right"}


def test_another_measure_is_drawn_against_another_setting(opened: Page) -> None:
    opened.get_by_label("Vertical axis").select_option(label="coverage")
    opened.get_by_label("Horizontal axis").select_option(label="recipe")
    picture = opened.get_by_role("img", name="coverage against recipe of 8 runs")
    expect(picture).to_be_visible()
    expect(picture.locator(".mark")).to_have_count(8)
    expect(opened.get_by_role("status")).to_have_text(
        "coverage against recipe. 8 of 8 runs have a value. Bars are the means over seeds, with their intervals."
    )
    opened.locator("summary").click()
    assert sorted(column(table(opened, "Values in the plot"), 3)) == ["rich_tree", *["v5_11"] * 6, "v5_5"]
    assert set(column(table(opened, "Values in the plot"), 4)) == {"1.000000"}


def test_a_measure_is_drawn_against_another_measure(opened: Page) -> None:
    opened.get_by_label("Horizontal axis").select_option(label="tree fidelity A")
    picture = opened.get_by_role("img", name="Q B against tree fidelity A of 7 runs")
    expect(picture.locator(".mark")).to_have_count(7)
    expect(picture.locator(".mean")).to_have_count(0)
    expect(opened.get_by_role("status")).to_have_text("Q B against tree fidelity A. 7 of 8 runs have both values.")


def test_marks_stand_where_their_values_are(opened: Page) -> None:
    """Of three runs with Q of 1, 2 and 3, each is as far above the last one; the bar reaches along them."""
    drawn = opened.locator("#plot .mark").filter(has_text=": 20, ")
    boxes = sorted((box for one in drawn.all() if (box := one.bounding_box())), key=lambda box: -box["y"])
    middles = [box["y"] + box["height"] / 2 for box in boxes]
    assert middles[0] - middles[1] == pytest.approx(middles[1] - middles[2], abs=0.6)
    assert middles[0] - middles[1] > 20
    mean = opened.locator("#plot .mean").first.bounding_box()
    assert mean is not None
    assert mean["y"] + mean["height"] / 2 == pytest.approx(middles[1], abs=1)
    assert mean["height"] == pytest.approx(middles[0] - middles[2], abs=8)  # with the width of the line
    assert mean["x"] + mean["width"] / 2 == pytest.approx(boxes[0]["x"] + boxes[0]["width"] / 2, abs=1)


def test_means_are_over_seeds_and_one_seed_has_no_interval(opened: Page) -> None:
    found = table(opened, "Mean and spread over seeds")
    none = "\u2013"
    assert rows(found)[:2] == [
        ["rich_tree, steps 300", "1", "4.0000", none, none, none],
        ["v5_11, steps 20", "3", "2.0000", "1.0000", "1.0000", "3.0000"],
    ]
    assert rows(found)[3][2:] == [none] * 4
    head = found.get_by_role("columnheader", name="mean", exact=True)
    head.get_by_role("button").press("Enter")
    assert column(found, 3) == ["2.0000", "2.0000", "4.0000", none]
    opened.get_by_label("Vertical axis").select_option(label="reconstructed")
    assert set(column(found, 3)) == {"19683"}
    expect(head).not_to_have_attribute("aria-sort", "ascending")


def test_the_third_measure_of_the_front_is_chosen(opened: Page) -> None:
    richness, q = (
        table(opened, "Front of coverage, hierarchy and richness"),
        table(opened, "Front of coverage, hierarchy and Q"),
    )
    expect(richness).to_be_visible()
    expect(q).to_be_hidden()
    opened.get_by_role("radio", name="Q").check()
    expect(richness).to_be_hidden()
    expect(q).to_be_visible()
    assert column(q, 1) == [f"rich_tree seed 0 {ROWS[6]['id'][:6]} B"]


def test_the_winners_are_drawn(opened: Page) -> None:
    pictures = opened.locator("figure img")
    assert pictures.count() == 3
    expect(opened.locator("main")).to_contain_text("The best run of each recipe. Radius against")
    sizes = pictures.evaluate_all("all => all.map((one) => [one.naturalWidth, one.naturalHeight])")
    assert sizes == [[1400, 634]] * 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(opened: Page, scheme: str) -> None:
    opened.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    opened.set_viewport_size({"width": 320, "height": 640})
    expect(opened.locator("#plot svg")).to_have_attribute("width", "288")
    assert opened.evaluate("document.documentElement.scrollWidth") == 320
    assert [rule["id"] for rule in Axe().run(opened).response["violations"]] == []
