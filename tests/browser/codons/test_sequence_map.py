"""The map of sequences in the browser: a held-out species among the others, selection, files, links, keys."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from app_fixtures import OpenExplorer
from axe_playwright_python.sync_playwright import Axe
from explorer import LOOKS, put_on
from export_menu import export, words_of
from playwright.sync_api import Page, expect

from tvae.page.ui import texts
from tvae.sequences import loading
from tvae.sequences.fasta import read_file
from tvae.sequences.map.documents import map_sequences

pytestmark = pytest.mark.browser
WORDS = texts.table("SEQUENCE_MAP")


class SequenceMap:
    """The map of an open Codons tab, with the training sequences of the bundled model."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.section = page.locator(".sequence-map")
        self.area = self.section.locator(".scatter-plot")
        self.rows = self.section.locator("tbody tr")
        page.locator("#codons-sequences").scroll_into_view_if_needed()
        expect(self.section).to_be_visible()
        self.has(44)

    def has(self, count: int) -> None:
        self.page.wait_for_function("count => document.querySelector('.sequence-map').tvae.count === count", arg=count)

    def selected(self) -> Any:
        return self.section.evaluate("section => section.tvae.selected")

    def click(self, name: str) -> None:
        self.area.scroll_into_view_if_needed()
        x, y = self.section.evaluate("(section, name) => section.tvae.screen(name)", name)
        self.page.mouse.click(x, y)

    def near(self) -> list[str]:
        """The names in the first row of the table."""
        return self.rows.first.locator("button").all_inner_texts()


OpenMap = Callable[..., SequenceMap]


@pytest.fixture
def open_map(explorer: OpenExplorer) -> OpenMap:
    def open_tab(query: str = "?tab=codons", **options: Any) -> SequenceMap:
        page = explorer(query, **options).page
        expect(page.locator("svg.codon-disk")).to_be_visible()
        return SequenceMap(page)

    return open_tab


def encode_human(shown: SequenceMap) -> None:
    """Paste a species that the model was not trained on."""
    (human,) = (record for record in read_file(loading.FASTA) if record.id == "Human")
    shown.page.locator("#sequence-text").fill(f">Human\n{human.letters}\n")
    shown.page.get_by_role("button", name=texts.SEQUENCES_ENCODE, exact=True).click()
    shown.has(45)


def test_a_held_out_species_lies_among_its_relatives(open_map: OpenMap) -> None:
    shown = open_map()
    expect(shown.section.locator(".map-legend span")).to_have_text(
        ["Laurasiatheria", "Euarchontoglires", "Afrotheria", "Marsupialia", "Xenarthra"]
    )
    expect(shown.area).to_have_attribute("aria-label", re.compile("67.5% and 11.5% of the variance; 0 selected"))
    encode_human(shown)
    expect(shown.section.locator(".map-legend span").last).to_have_text(WORDS["legend_own"])
    expect(shown.rows).to_have_count(1)
    expect(shown.rows.locator("th")).to_have_text("Human")
    (human,) = (record for record in read_file(loading.FASTA) if record.id == "Human")
    point = map_sequences(loading.DEFAULT, f">Human\n{human.letters}")["points"][-1]
    assert shown.near() == [near["id"] for near in point["nearest"]]
    assert shown.near()[0] == "Chimpanzee"

    file = export(shown.section, "svg")
    words = words_of(file.path().read_bytes())
    assert {"Human", "Chimpanzee", "Afrotheria", "principal component 1: 67.5% of the variance"} <= set(words)
    assert file.suggested_filename.startswith("codons_brca1-map-")
    assert export(shown.section, "png2").path().read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in export(shown.section, "html").path().read_bytes()
    figure = json.loads(export(shown.section, "json").path().read_text())
    assert figure["data"][-1]["text"] == ["Human"]
    with shown.page.expect_download() as download:
        shown.section.get_by_role("button", name="Map as CSV").click()
    assert len(download.value.path().read_text().strip().splitlines()) >= 46


def test_points_are_selected_and_a_link_restores_them(open_map: OpenMap) -> None:
    shown = open_map()
    expect(shown.section.get_by_text(WORDS["listed_none"])).to_be_visible()
    shown.click("Mouse")
    expect(shown.page).to_have_url(re.compile("sequence_selected=Mouse"))
    expect(shown.rows.locator("th")).to_have_text(["Mouse"])
    shown.section.locator("#sequence-colour").select_option(label=WORDS["no_colour"])
    expect(shown.section.locator(".map-legend span")).to_have_text([WORDS["legend_training"]])
    nearest = shown.near()[0]
    shown.section.get_by_role("button", name=WORDS["pick"].format(name=nearest), exact=True).click()
    expect(shown.rows.locator("th")).to_have_text([nearest])
    query = shown.page.evaluate("location.search")
    again = open_map(query)
    expect(again.rows.locator("th")).to_have_text([nearest])
    expect(again.section.locator("#sequence-colour")).to_have_value("-")
    again.page.evaluate("history.pushState(null, '', '?tab=codons&sequence_selected=Cat,Dog,Pig')")
    again.page.evaluate("document.dispatchEvent(new Event('tvae-address'))")
    expect(again.rows.locator("th")).to_have_text(["Cat", "Pig"])
    expect(again.section.locator("#sequence-colour")).to_have_value("clade")


def test_lasso_zoom_and_keys(open_map: OpenMap) -> None:
    shown = open_map()
    shown.area.scroll_into_view_if_needed()
    box = shown.area.bounding_box()
    assert box is not None
    shown.page.keyboard.down("Shift")
    shown.page.mouse.move(box["x"] + 50, box["y"] + 46)
    shown.page.mouse.down()
    shown.page.mouse.move(box["x"] + box["width"] - 12, box["y"] + box["height"] - 48, steps=4)
    shown.page.mouse.up()
    shown.page.keyboard.up("Shift")
    expect(shown.rows).to_have_count(44)
    shown.area.focus()
    shown.page.keyboard.press("Escape")
    expect(shown.rows).to_have_count(0)
    shown.page.keyboard.press("ArrowLeft")
    shown.page.keyboard.press("ArrowLeft")
    tip = shown.section.locator(".point-tip")
    expect(tip).to_contain_text(WORDS["trained"])
    shown.page.keyboard.press("Enter")
    assert shown.selected() == [tip.locator("b").inner_text()]
    shown.page.keyboard.press("+")
    assert shown.section.evaluate("section => section.tvae.zoom") > 1
    shown.page.keyboard.press("0")
    assert shown.section.evaluate("section => section.tvae.zoom") == 1


def test_a_model_without_training_sequences_has_no_map_until_something_is_encoded(open_map: OpenMap) -> None:
    shown = open_map()
    shown.page.locator("#sequence-model").select_option("aa_vae_all.pt")
    expect(shown.section).to_be_hidden()
    shown.page.locator("#sequence-model").select_option(loading.DEFAULT)
    expect(shown.section).to_be_visible()
    shown.has(44)


@pytest.mark.parametrize("look", LOOKS)
def test_it_is_accessible_and_fits_a_phone(look: str, open_map: OpenMap) -> None:
    shown = open_map(width=375)
    put_on(shown.page, look)
    encode_human(shown)
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 375
    violations = Axe().run(shown.page, {"include": [[".sequence-map"]]}).response["violations"]
    assert violations == []
