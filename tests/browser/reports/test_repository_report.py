"""The report about a repository, opened from a disk without a network: nothing is asked for, and columns sort."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_fixtures import OpenPage
from playwright.sync_api import Locator, Page, expect
from repositories import folder_of

from tvae.reports.surveys.repository import report
from tvae.reports.surveys.repository.evaluation import evaluate
from tvae.reports.surveys.repository.files import open_repository
from tvae.reports.surveys.repository.rows import MEASURES, row_of

pytestmark = pytest.mark.browser
ABOUT = {"repository": "alice/<b>some</b>", "revision": "0123abc", "tvae": "1.2.3"}
HOSTILE = '"><script>document.title="stolen"</script>.pt'


def measured(path: str, size: int, **numbers: float) -> dict[str, object]:
    found = {"sha256": "0" * 64, "architecture": "dual projection", "measures": dict.fromkeys(MEASURES) | numbers}
    return row_of(path, size, "measured", None, {"coverage": 0.999, "hierarchy": -0.8}, found)


ROWS = [
    measured("b.pt", 900, coverage=1.0, reconstructed=19_683, hierarchy_a=-0.5, hierarchy_b=0.25),
    measured("a10.pt", 1_000, coverage=0.5, reconstructed=9_000, hierarchy_a=-0.75),
    measured("a9.pt", 80, coverage=0.75, reconstructed=15_000),
    row_of(HOSTILE, 3, "unreadable", "Found <i>nothing</i>; expected more."),
    row_of("late.pt", 9, "not reached"),
]


@pytest.fixture
def opened(page: OpenPage, tmp_path: Path) -> Page:
    file = tmp_path / "report.html"
    file.write_text(report.html(ABOUT, ROWS, 7, ROWS[0], ""), encoding="utf-8")
    return page(file.as_uri(), offline=True)


def table(opened: Page, name: str) -> Locator:
    return opened.get_by_role("table", name=name, exact=True)


def column(found: Locator, place: int) -> list[str]:
    return found.locator(f"tbody tr > :nth-child({place})").all_inner_texts()


def test_it_has_every_file_and_text_stays_text(opened: Page) -> None:
    expect(opened).to_have_title("Checkpoints of alice/<b>some</b>")
    assert column(table(opened, "Measured"), 1)[:3] == ["b.pt", "a10.pt", "a9.pt"]
    assert column(table(opened, "Not measured"), 1) == [HOSTILE, "late.pt"]
    assert column(table(opened, "Not measured"), 4) == ["Found <i>nothing</i>; expected more.", "\u2013"]
    text = opened.locator("main").inner_text()
    assert "5 checkpoint files: 3 measured, 1 unreadable, 1 not reached." in text
    assert "7 more are not in this report: it has the first 10,000 by path." in text
    assert "Revision 0123abc, measured with tvae 1.2.3." in text
    assert opened.locator("script").count() == 1


def test_what_is_said_stands_beside_what_is_measured(opened: Page) -> None:
    said = table(opened, "Claimed and measured")
    rows = [tuple(row.locator("th, td").all_inner_texts()) for row in said.locator("tbody tr").all()]
    assert rows[:3] == [
        ("b.pt", "coverage", "claimed", "0.999", "1.000000", "0.001000"),
        ("b.pt", "hierarchy A", "claimed", "\u22120.8", "\u22120.5000", "0.3000"),
        ("b.pt", "hierarchy B", "claimed", "\u22120.8", "0.2500", "1.0500"),
    ]
    assert ("a9.pt", "hierarchy A", "claimed", "\u22120.8", "\u2013", "\u2013") in rows


def test_columns_sort_as_numbers_or_names_and_missing_values_stay_last(opened: Page) -> None:
    found = table(opened, "Measured")

    def sort(name: str) -> tuple[list[str], str | None]:
        head = found.get_by_role("columnheader", name=name, exact=True)
        head.get_by_role("button").click()
        return column(found, 1), head.get_attribute("aria-sort")

    assert sort("file") == (["a9.pt", "a10.pt", "b.pt"], "ascending")
    assert sort("bytes") == (["a9.pt", "b.pt", "a10.pt"], "ascending")
    assert sort("bytes") == (["a10.pt", "b.pt", "a9.pt"], "descending")
    assert sort("hierarchy A") == (["a10.pt", "b.pt", "a9.pt"], "ascending")
    assert sort("hierarchy A") == (["b.pt", "a10.pt", "a9.pt"], "descending")
    assert found.locator("[aria-sort]").count() == 1


def test_it_is_accessible_and_fits_a_phone(opened: Page) -> None:
    opened.set_viewport_size({"width": 320, "height": 640})
    why = table(opened, "Not measured").get_by_role("cell", name="Found <i>nothing</i>; expected more.")
    box = why.bounding_box()
    assert box is not None
    assert box["width"] > 200
    assert opened.evaluate("document.documentElement.scrollWidth") == 320
    assert [rule["id"] for rule in Axe().run(opened).response["violations"]] == []


def test_the_report_of_a_real_folder_shows_the_best_file(page: OpenPage, rich_file: Path, tmp_path: Path) -> None:
    folder = folder_of({"best.pt": rich_file.read_bytes(), "bad.pt": b""}, tmp_path / "runs")
    written = evaluate(open_repository(str(folder)), tmp_path / "out", near=False).report
    opened = page(written.as_uri(), offline=True)
    picture = opened.get_by_role("img", name="encoders A and B: best.pt")
    assert picture.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [1400, 634]
    assert column(table(opened, "Not measured"), 1) == ["bad.pt"]
