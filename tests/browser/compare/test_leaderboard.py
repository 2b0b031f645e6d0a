"""All checkpoints at once, in the browser: sort, columns, chart, open and compare from a row, own files, exports."""

import csv
import re
from itertools import combinations
from pathlib import Path

import pytest
from app_fixtures import BUNDLED, DATA, EUCLIDEAN, HOMEOSTASIS, OPENING, OpenExplorer, Site, evaluated_here
from explorer import Explorer
from export_menu import export_figure
from playwright.sync_api import Locator, Page, expect

from tvae.page.tabs.compare.leaderboard import render
from tvae.page.ui import texts
from tvae.reports import leaderboard

pytestmark = pytest.mark.browser
PHONE = 375
FILE = DATA / "v5_11_homeostasis_layout.pt"


class Board:
    """The section of an open page, on the tab Compare."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.table = page.locator("#compare-board-table table")
        self.rows = self.table.locator("tbody tr")
        self.chart = page.locator("#compare-board-chart svg")
        expect(self.rows.first).to_be_attached()

    def names(self) -> list[str]:
        return [row.get_attribute("data-row") or "" for row in self.rows.all()]

    def bundled(self) -> list[str]:
        """Those that are the same whatever other tests have measured."""
        return [name for name in self.names() if "/" not in name]

    def head(self, name: str) -> Locator:
        return self.table.locator(f"th:has([data-sort={name}])")

    def row(self, name: str) -> Locator:
        return self.table.locator(f'tr[data-row="{name}"]')

    def choose(self, label: str, option: str) -> None:
        options = self.page.get_by_role("option", name=option, exact=True)
        expect(options).to_have_count(0)  # the list of another dropdown has closed
        self.page.get_by_label(label, exact=True).click()
        options.click()


@pytest.fixture
def board(explorer: OpenExplorer) -> Board:
    opened = explorer()
    opened.page.get_by_role("tab", name="Compare").click()
    return Board(opened.page)


def by(name: str, encoder: str = "A") -> list[str]:
    """The measured bundled checkpoints, the highest value first."""
    rows = [row for row in leaderboard.leaderboard() if leaderboard.value(row, encoder, name) is not None]
    return [row["checkpoint"] for row in sorted(rows, key=lambda row: -(leaderboard.value(row, encoder, name) or 0))]


def test_it_opens_from_the_manifest_without_the_hub(site: Site, explorer: OpenExplorer) -> None:
    opened = explorer()
    assert opened.page.locator("#compare-board-table").count() == 0
    before = len(site.hub.requests)
    opened.page.get_by_role("tab", name="Compare").click()
    board = Board(opened.page)
    names = board.names()
    assert names[0] == OPENING
    assert len(names) == len([row for row in leaderboard.leaderboard() if row["status"] != "another model"])
    cell = board.row(BUNDLED).locator("td").nth(5)  # after status, source, coverage, hierarchy and overlaps
    richness = evaluated_here(BUNDLED).metrics.a.richness
    assert richness is not None
    expect(cell).to_have_text(f"{richness:.5f}")
    expect(board.row("v5_11_structural/best.pt")).to_contain_text("claimed 0.00304")
    assert len(site.hub.requests) == before
    opened.page.get_by_role("button", name=texts.BOARD_TITLE).click()
    expect(opened.page.locator("#compare-board-title h2")).to_be_focused()
    expect(opened.page.locator("#compare-board-title")).to_be_in_viewport()


def test_every_heading_sorts_by_click_and_by_keyboard(board: Board) -> None:
    assert board.table.locator("th[aria-sort]").count() == 0
    richness = board.head("richness")
    richness.get_by_role("button").click()
    expect(richness).to_have_attribute("aria-sort", "descending")  # the best first
    expected = by("richness")
    assert board.bundled()[: len(expected)] == expected
    richness.get_by_role("button").click()
    expect(richness).to_have_attribute("aria-sort", "ascending")
    assert board.bundled()[: len(expected)] == expected[::-1]
    names = board.names()
    places = [names.index(name) for name in (*expected[::-1], "v5_11_structural/best.pt", "v5_11_progressive/best.pt")]
    assert places == sorted(places)  # what is measured, what is claimed alone, and nothing
    distortion = board.head("average_distortion")
    distortion.get_by_role("button").focus()
    board.page.keyboard.press("Enter")
    expect(distortion).to_have_attribute("aria-sort", "ascending")  # low is good
    assert board.table.locator("th[aria-sort]").count() == 1
    assert board.bundled()[: len(by("average_distortion"))] == by("average_distortion")[::-1]
    board.head("checkpoint").get_by_role("button").focus()
    board.page.keyboard.press("Space")
    words = [row.inner_text() for row in board.table.locator("tbody .open").all()]
    assert words == sorted(words, key=str.casefold)


def test_encoder_and_columns_and_the_sort_stays(board: Board) -> None:
    board.head("q").get_by_role("button").click()
    assert board.bundled()[0] == by("q")[0]
    board.page.locator("#compare-board-encoder").get_by_label("B", exact=True).check()
    expect(board.page.locator("#compare-board-table")).to_contain_text("encoder B")
    expect(board.head("q")).to_have_attribute("aria-sort", "descending")
    assert board.bundled()[: len(by("q", "B"))] == by("q", "B")
    assert board.head("cophenetic").count() == 0
    board.page.get_by_role("button", name=texts.BOARD_COLUMNS).click()
    columns = board.page.locator("#compare-board-columns")
    assert columns.get_by_role("checkbox").count() == len(render.MEASURES)
    columns.get_by_label(render.labels()["cophenetic"]).check()
    expect(board.head("cophenetic")).to_be_visible()
    columns.get_by_label(render.labels()["overlaps"]).uncheck()
    expect(board.head("overlaps")).to_have_count(0)
    assert board.bundled()[: len(by("q", "B"))] == by("q", "B")


def test_the_chart_of_any_two_measures(board: Board) -> None:
    measured = [row for row in leaderboard.leaderboard() if row["sha256"] and row["a"]["q"] is not None]
    dots = board.chart.locator(".true:has(title)")
    assert dots.count() >= 2 * len(measured)
    assert dots.locator("title", has_text=re.compile(f"^{BUNDLED} B$")).count() == 1
    board.choose(texts.BOARD_Y, "hierarchy")
    claimed = board.chart.locator(".ring:has(title)")
    expect(claimed).to_have_count(3)
    board.choose(texts.BOARD_X, "average distortion")
    expect(claimed).to_have_count(0)
    expect(board.chart).to_contain_text("average distortion, lower is better")
    for axis, names in ((texts.BOARD_X, ("richness", "Q")), (texts.BOARD_Y, ("tree fidelity", "map 27"))):
        for name in names:
            board.choose(axis, name)
            expect(board.chart).to_contain_text(f"{name}, higher is better")
            boxes = [text.bounding_box() for text in board.chart.locator("text").all()]
            for one, other in combinations([box for box in boxes if box], 2):
                across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
                down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
                assert min(across, down) < 4, "texts meet"


def test_the_section_is_in_the_link(explorer: OpenExplorer) -> None:
    opened = explorer("?tab=compare")
    page, board = opened.page, Board(opened.page)
    listed = board.names()
    board.head("q").get_by_role("button").click()
    expect(page).to_have_url(re.compile("board_sort=-q"))
    page.locator("#compare-board-encoder").get_by_label("B", exact=True).check()
    expect(page.locator("#compare-board-table")).to_contain_text("encoder B")
    board.choose(texts.BOARD_X, "average distortion")
    page.get_by_role("button", name=texts.BOARD_COLUMNS).click()
    columns = page.locator("#compare-board-columns")
    columns.get_by_label(texts.BOARD_COVERAGE_B, exact=True).check()
    expect(board.head("coverage_b")).to_be_visible()
    expect(page).to_have_url(re.compile("board_columns=.*coverage_b"))
    address = page.url

    page.reload()
    board = Board(page)
    expect(board.head("q")).to_have_attribute("aria-sort", "descending")
    assert board.bundled()[: len(by("q", "B"))] == by("q", "B")
    expect(board.head("coverage_b")).to_be_visible()
    expect(board.chart).to_contain_text(texts.BOARD_LOW.format(name="average distortion"))
    assert page.url == address

    page.evaluate(
        "document.body.prepend(Object.assign(document.createElement('a'), {className: 'story', href: '?tab=compare'}))"
    )
    page.locator("body > a.story").dispatch_event("click")
    expect(board.head("coverage_b")).to_have_count(0)
    expect(board.chart).to_contain_text(texts.BOARD_HIGH.format(name="richness"))
    expect(board.table.locator("th[aria-sort]")).to_have_count(0)
    assert board.names() == listed
    expect(page.locator("#compare-board-encoder").get_by_label("A", exact=True)).to_be_checked()


def test_a_row_opens_on_explore_or_is_compared(board: Board) -> None:
    page = board.page
    board.row("tree").get_by_role("button", name=texts.BOARD_COMPARE.format(name="tree")).click()
    expect(page.locator("#compare-heading-b h2")).to_have_text("second tree")
    expect(page.locator("#compare-top")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("with=tree"))
    opened = board.row("ball").locator(".open")
    opened.focus()
    page.keyboard.press("Enter")
    Explorer(page).loaded("ball")
    expect(page.get_by_role("tab", name="Explore")).to_have_attribute("aria-selected", "true")


def test_own_and_published_files_are_measured_when_they_are_on_the_page(explorer: OpenExplorer) -> None:
    opened = explorer()
    page = opened.page
    page.get_by_role("button", name="Open your own").press("Enter")
    page.get_by_label(texts.UPLOAD_FILE).set_input_files(FILE)
    expect(page.locator("#badge .badge")).to_have_text("yours")
    page.get_by_role("tab", name="Compare").click()
    board = Board(page)
    own = board.rows.first
    expect(own).to_contain_text(f"your file: {FILE.name}")
    expect(own).to_contain_text(texts.table("BOARD_SOURCES")["upload"])
    expect(board.chart.locator("title", has_text=f"your file: {FILE.name} A")).to_have_count(1)
    opened.choose(f"{EUCLIDEAN} - ")
    opened.loaded(EUCLIDEAN)
    overlaps = evaluated_here(EUCLIDEAN).metrics.a.overlaps
    expect(board.row(EUCLIDEAN).locator("td").nth(4)).to_have_text(str(overlaps))
    expect(own).to_contain_text(f"your file: {FILE.name}")


def test_a_published_file_on_this_machine_is_measured_on_request(explorer: OpenExplorer) -> None:
    opened = explorer()
    opened.choose(f"{HOMEOSTASIS} - ")
    opened.loaded(HOMEOSTASIS)
    opened.choose(f"{OPENING} - ")
    opened.loaded(OPENING)
    opened.page.get_by_role("tab", name="Compare").click()
    board = Board(opened.page)
    cell = board.row(HOMEOSTASIS).locator("td").nth(5)
    expect(cell).to_contain_text("claimed 0.00136")
    # It was opened above, so the next answer may have its measures, and hide the button, before it can be pressed.
    opened.page.evaluate("document.querySelector('#compare-board-measure')?.click()")
    richness = evaluated_here(HOMEOSTASIS).metrics.a.richness
    assert richness is not None
    expect(cell).to_contain_text(f"{richness:.5f}")
    expect(cell.locator(".claim")).to_have_text("claimed 0.00136")


def test_exports(board: Board, tmp_path: Path) -> None:
    for kind in ("CSV", "JSON", "Parquet"):
        with board.page.expect_download() as download:
            board.page.locator("#compare-board-table").get_by_role("button", name=f"Export {kind}").click()
        assert download.value.suggested_filename == f"tvae-all-checkpoints.{kind.lower()}"
        download.value.save_as(tmp_path / kind)
    with (tmp_path / "CSV").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["checkpoint"] for row in rows] == board.names()
    assert set(leaderboard.COLUMNS) < set(rows[0])
    file = export_figure(board.page.locator("#compare-board-chart figure"), "svg")
    assert file.suggested_filename == "tvae-richness_and_tree_fidelity.svg"  # it is about all of them
    assert "<svg" in file.path().read_text()


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_the_table_scrolls_and_its_first_column_stays(explorer: OpenExplorer, dark: bool) -> None:
    opened = explorer(width=PHONE, dark=dark)
    opened.open_tab_by_keyboard("Compare")
    board = Board(opened.page)
    page = board.page
    region = page.locator("#compare-board-table .scroll")
    region.scroll_into_view_if_needed()
    first = board.row(OPENING).locator("th")
    before = first.bounding_box()
    region.evaluate("region => { region.scrollLeft = 300 }")
    assert region.evaluate("region => region.scrollLeft") == 300
    after = first.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] == pytest.approx(before["x"])
    assert "gradient" in region.evaluate("region => getComputedStyle(region).backgroundImage")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    box = board.chart.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE
