"""The Coverage tab in the browser: loading, following the checkpoint, accessibility, downloads."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from app_fixtures import HOMEOSTASIS, OPENING, RICH, OpenExplorer, digest, evaluated_here
from axe_playwright_python.sync_playwright import Axe
from explorer import Explorer
from export_menu import WORDS, export_figure, size_of, words_of
from PIL import Image
from playwright.sync_api import Page, expect

from tvae.analysis import robustness
from tvae.checkpoints import checkpoint_file
from tvae.page.ui import texts

pytestmark = pytest.mark.browser
HEADINGS = [title for title, _ in texts.pairs("COVERAGE_SECTIONS").values()]


def open_tab(opened: Explorer) -> Page:
    opened.page.get_by_role("tab", name="Coverage").click()
    return filled(opened, OPENING)


def filled(opened: Explorer, name: str) -> Page:
    """Wait until the tab shows this checkpoint; returns the page."""
    digest = evaluated_here(name).checkpoint.sha256[:16]
    expect(opened.page.locator("#coverage-depth .origin code")).to_have_text(digest)
    expect(opened.page.locator("#coverage-depth h2")).to_have_text(HEADINGS)
    return opened.page


def axe(page: Page, selector: str) -> list[str]:
    found: list[dict[str, Any]] = Axe().run(page, context=selector).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


def recorded_events(page: Page) -> list[str]:
    """A list that records the events sent to Python from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/queue/join" in request.url else None)
    return sent


def test_it_loads_when_opened_and_not_again(explorer: OpenExplorer) -> None:
    opened = explorer()
    assert opened.page.locator("#coverage-depth table").count() == 0
    page = open_tab(opened)
    evaluated = evaluated_here(OPENING)
    found = robustness.evaluate(checkpoint_file.build(evaluated.checkpoint), evaluated.embedding)
    expect(page.locator("#coverage-depth .confusion caption")).to_have_count(9)
    assert page.locator("#coverage-depth .confusion td.err").count() == 0
    tile = page.locator("#coverage-depth [data-tile^=prior]")
    expect(tile.locator(".value")).to_have_text(f"{found.prior.reached[-1]:,}")
    expect(page.locator("#coverage-depth").get_by_role("img", name="Coverage under noise", exact=True)).to_be_visible()
    assert "tab=coverage" in page.url
    page.get_by_role("tab", name="Explore").click()
    expect(page.locator("#plot")).to_be_visible()
    page.wait_for_timeout(300)
    sent = recorded_events(page)
    page.get_by_role("tab", name="Coverage").click()
    expect(page.locator("#coverage-depth .confusion")).to_be_visible()
    page.wait_for_timeout(300)
    assert sent == []


def test_the_tab_follows_the_checkpoint(explorer: OpenExplorer) -> None:
    opened = explorer(f"?checkpoint={RICH}&tab=coverage")
    page = filled(opened, RICH)
    expect(page.locator("#coverage-depth td.err").first).to_be_visible()
    expect(page.locator("#depth-noise ~ p")).to_contain_text(texts.SIGMA_UNKNOWN)
    opened.choose(f"{OPENING} - ")
    filled(opened, OPENING)
    opened.choose("codon_vae_all.pt")
    expect(opened.alert).to_be_visible()
    filled(opened, OPENING)
    page.get_by_role("tab", name="Explore").click()
    opened.choose(f"{HOMEOSTASIS} - ")
    opened.loaded(HOMEOSTASIS)
    expect(page.locator("#badge")).to_contain_text(evaluated_here(HOMEOSTASIS).checkpoint.sha256[:16])
    expect(page.locator("#coverage-depth .origin code")).to_have_text(evaluated_here(OPENING).checkpoint.sha256[:16])
    page.get_by_role("tab", name="Coverage").click()
    filled(opened, HOMEOSTASIS)


def test_phone_by_keyboard_only(explorer: OpenExplorer, tmp_path: Path) -> None:
    opened = explorer(width=375, dark=True)
    page = opened.page
    opened.open_tab_by_keyboard("Coverage")
    filled(opened, OPENING)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.locator("#coverage-depth [data-tile^=ece] summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(texts.table("COVERAGE_TILES")["ece"])).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('details').dataset.tile").startswith("one")
    page.locator("section[aria-labelledby=depth-noise] summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(texts.pairs("COVERAGE_SECTIONS")["noise"][1])).to_be_visible()
    page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    name = f"{OPENING}-noise-{digest(OPENING)}.csv"
    assert download.value.suggested_filename == name
    download.value.save_as(tmp_path / "noise.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "noise.csv").read_text())))
    assert [float(row["deviations"]) for row in rows] == list(robustness.DEVIATIONS)
    expect(page.locator("section[aria-labelledby=depth-noise] .status")).to_have_text(f"Saved {name}")
    grid = page.get_by_role("region", name="Confusion by position").bounding_box()
    assert grid
    assert grid["x"] + grid["width"] <= 375


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 1440), (False, 320)])
def test_no_axe_violation(explorer: OpenExplorer, dark: bool, width: int) -> None:
    opened = explorer(f"?checkpoint={RICH}&tab=coverage", dark=dark, width=width)
    page = filled(opened, RICH)
    for summary in page.locator("#coverage-depth summary").all():
        summary.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert axe(page, "#coverage-lead") + axe(page, "#coverage-depth") == []


def test_every_figure_can_be_saved(explorer: OpenExplorer, tmp_path: Path) -> None:
    page = open_tab(explorer())
    figure = page.locator(
        "#coverage-depth figure", has=page.get_by_role("img", name="Coverage under noise", exact=True)
    )
    name = f"{OPENING}-coverage_under_noise-{digest(OPENING)}"
    pixels = '<image width="1" height="1" style="image-rendering: pixelated"/>'
    figure.locator("svg").evaluate("(svg, image) => svg.insertAdjacentHTML('beforeend', image)", pixels)
    for kind, begins in (
        ("png2", b"\x89PNG\r\n"),
        ("png3", b"\x89PNG\r\n"),
        ("svg", b"<svg "),
        ("html", b"<!doctype html>"),
        ("json", b'{"data":[{"type":"scatter"'),
    ):
        file = export_figure(figure, kind)
        assert file.suggested_filename == f"{name}.{kind.strip('23')}"
        file.save_as(tmp_path / kind)
        assert (tmp_path / kind).read_bytes().startswith(begins)
    drawn = (tmp_path / "svg").read_text(encoding="utf-8")
    assert "stroke: rgb(" in drawn
    assert "var(--" not in drawn  # it looks the same without the page's style sheets
    assert "image-rendering: pixelated" in drawn  # as pictures of regions have it
    words = words_of(drawn)
    assert words[0] == OPENING
    assert words[1].startswith(f"sha256 {evaluated_here(OPENING).checkpoint.sha256[:12]}, Coverage under noise")
    box = figure.locator("svg").bounding_box()
    width, _ = size_of(drawn)
    assert box
    for kind, scale in (("png2", 2), ("png3", 3)):
        picture = Image.open(tmp_path / kind)
        assert picture.width == pytest.approx(scale * box["width"], abs=2)
        assert picture.width / picture.height == pytest.approx(width / size_of(drawn)[1], rel=0.02)
    page = (tmp_path / "html").read_text(encoding="utf-8")
    assert f"<h1>{OPENING}</h1>" in page
    assert "<script" not in page
    assert "var(--" not in page


def test_an_open_menu_stays_when_its_figure_is_replaced(explorer: OpenExplorer) -> None:
    page = open_tab(explorer())
    figure = page.locator(
        "#coverage-depth figure", has=page.get_by_role("img", name="Coverage under noise", exact=True)
    )
    curves = figure.locator("xpath=..")
    before = curves.inner_html()
    figure.locator("[data-export-menu]").press("Enter")
    entry = figure.get_by_role("button", name=WORDS["as_svg"], exact=True)
    expect(entry).to_be_visible()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(entry).to_be_focused()
    curves.evaluate("(curves, html) => { curves.innerHTML = html; }", before)
    expect(entry).to_be_focused()
    assert export_figure(figure, "svg").suggested_filename.endswith(f"-{digest(OPENING)}.svg")
    status = figure.locator(".export-status")
    expect(status).to_contain_text(".svg")
    curves.evaluate("(curves, html) => { curves.innerHTML = html; }", before)
    expect(entry).to_be_focused()
    expect(status).to_contain_text(".svg")
    page.keyboard.press("Escape")
    expect(entry).to_have_count(0)
    curves.evaluate("(curves, html) => { curves.innerHTML = html; }", before)
    expect(figure.locator("[data-export-menu]")).to_have_attribute("aria-expanded", "false")


def test_a_picture_that_cannot_be_made_is_said_to_be_so(explorer: OpenExplorer) -> None:
    page = open_tab(explorer())
    figure = page.locator("#coverage-depth figure").first
    page.evaluate("HTMLImageElement.prototype.decode = () => Promise.reject(new DOMException()), null")
    figure.locator("[data-export-menu]").press("Enter")
    figure.get_by_role("button", name=WORDS["as_png2"], exact=True).press("Enter")
    expect(figure.locator(".export-status")).to_have_text(WORDS["too_large"])
