"""The Codons tab in the browser: answer, code table, disk, sequences, links, downloads; phone and keyboard."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from app_fixtures import EUCLIDEAN, OPENING, OpenExplorer, digest, evaluated_here
from axe_playwright_python.sync_playwright import Axe
from explorer import LOOKS, Explorer, put_on
from export_menu import export_figure
from playwright.sync_api import Locator, Page, expect

from tvae.analysis import genetic_code
from tvae.operations import codons
from tvae.page.tabs.codons import render, sequence_form
from tvae.page.ui import texts
from tvae.reports import genetic_code as genetic_reports

pytestmark = pytest.mark.browser
LEUCINE = [int(codons.OPERATIONS[index]) for index in codons.families()["L"]]


def document_of(name: str, stops: bool = False) -> dict[str, Any]:
    evaluated = evaluated_here(name)
    return genetic_reports.genetic_code(evaluated, genetic_code.examine(evaluated.embedding, stops))


class Codons:
    """The Codons tab of an open page, with its plots drawn."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answer = page.locator("#codons-answer")
        self.cells = page.locator(".code-table button.codon")
        self.disk = page.locator("svg.codon-disk")
        self.letters = page.locator(".families button")
        self.message = page.locator(".code-said")
        self.form = page.locator("#codons-sequences")
        self.results = self.form.locator(".sequence-results")
        self.problem = self.form.locator("[role=alert]")
        expect(self.disk).to_be_visible()

    def cell(self, codon: str) -> Locator:
        return self.page.locator(f'.code-table button[data-index="{codons.OPERATIONS[codons.CODONS.index(codon)]}"]')

    def dot(self, codon: str) -> Locator:
        return self.disk.locator(f'g[data-operation="{codons.OPERATIONS[codons.CODONS.index(codon)]}"]')

    def chosen(self, *names: str) -> None:
        """Expect exactly these codons to be marked, in the table and in the disk."""
        expected = sorted(names, key=codons.CODONS.index)
        expect(self.page.locator('.code-table button[aria-pressed="true"]')).to_have_count(len(expected))
        for name in expected:
            expect(self.cell(name)).to_have_attribute("aria-pressed", "true")
        expect(self.disk.locator("circle.chosen")).to_have_count(len(expected))

    def encode(self, text: str) -> None:
        self.form.locator("textarea").fill(text)
        self.form.get_by_role("button", name=texts.SEQUENCES_ENCODE, exact=True).click()

    def saved(self, button: Locator, into: Path) -> Path:
        with self.page.expect_download() as download:
            button.click()
        path = into / download.value.suggested_filename
        download.value.save_as(path)
        return path


OpenCodons = Callable[..., Codons]


@pytest.fixture
def codons_tab(explorer: OpenExplorer) -> OpenCodons:
    def open_codons(query: str = "", **options: Any) -> Codons:
        page = explorer(query, **options).page
        page.get_by_role("tab", name="Codons").click()
        return Codons(page)

    return open_codons


def test_the_answer_matches_the_endpoint_with_and_without_stops(codons_tab: OpenCodons) -> None:
    opened = codons_tab()
    document = document_of(OPENING)
    expect(opened.answer.locator(".answer")).to_have_text(document["sentence"])
    expect(opened.answer.locator(".answer strong")).to_have_text("No")
    expect(opened.answer.locator("tbody td").nth(2)).to_have_text(f"{document['a']['p_mapping']:.4f}")
    opened.page.get_by_label(texts.CODON_STOPS).check()
    expect(opened.answer.locator(".answer")).to_have_text(document_of(OPENING, stops=True)["sentence"])
    expect(opened.page).to_have_url(re.compile("stops=true"))


def test_codons_are_selected_in_the_table_and_in_the_disk(codons_tab: OpenCodons) -> None:
    opened = codons_tab("?operations=27")
    expect(opened.cells).to_have_count(64)
    opened.chosen("TCT")
    opened.cell("ATG").click()
    opened.chosen("ATG")
    opened.dot("GGC").click(modifiers=["Control"])
    opened.chosen("ATG", "GGC")
    opened.page.locator("#codons-acids").get_by_label("L: select").click()
    opened.chosen(*(codons.CODONS[index] for index in codons.families()["L"]))
    opened.page.get_by_role("tab", name="Explore").click()
    Explorer(opened.page).chosen(*LEUCINE)


def test_one_amino_acid_is_highlighted_in_both_plots(codons_tab: OpenCodons) -> None:
    opened = codons_tab()
    expect(opened.message).to_have_text(texts.CODON_FAMILIES_HINT)
    opened.dot("AGT").hover()
    expect(opened.page.locator(".code-table button.lit")).to_have_count(6)
    expect(opened.disk.locator(".dot.lit")).to_have_count(6)
    expect(opened.message).to_contain_text("S, serine: TCT, TCC, TCA, TCG, AGT, AGC. Mean distance within the family")
    opened.answer.hover()
    expect(opened.page.locator(".lit")).to_have_count(0)
    letter = opened.letters.get_by_text("W", exact=True)
    letter.click()
    opened.answer.hover()
    opened.cell("TTT").focus()
    expect(opened.message).to_contain_text("F, phenylalanine")
    opened.page.locator("#sequence-text").focus()
    expect(opened.message).to_contain_text("W, tryptophan: only TGG")
    expect(opened.page.locator('.families [aria-pressed="true"]')).to_have_text("W")
    opened.page.get_by_label("B", exact=True).locator("visible=true").check()
    expect(opened.page.locator("#codons-pictures h2").first).to_contain_text("encoder B")
    expect(opened.disk.locator(".dot.lit")).to_have_count(1)


def test_a_link_restores_the_view(explorer: OpenExplorer) -> None:
    query = f"?tab=codons&codon_encoder=B&codon_colour=radius&stops=true&operations=0&checkpoint={EUCLIDEAN}"
    query += "&sequence_model=aa_vae_all.pt"
    opened = Codons(explorer(query).page)
    expect(opened.answer.locator(".answer")).to_have_text(document_of(EUCLIDEAN, stops=True)["sentence"])
    expect(opened.page.locator("#codons-pictures h2").first).to_contain_text("encoder B")
    expect(opened.page.locator(".code-legend")).to_contain_text(texts.table("CODON_RADIUS")["euclidean"])
    expect(opened.page.get_by_text(texts.CODON_DISK_FLAT)).to_be_visible()
    opened.chosen("TTT")
    model = opened.form.locator("#sequence-model")
    expect(model).to_have_value("aa_vae_all.pt")
    expect(opened.form.locator("#sequence-note")).to_have_text("Amino acids, all sequences.")
    model.select_option(sequence_form.DEFAULT)
    expect(opened.page).not_to_have_url(re.compile("sequence_model"))
    model.select_option("aa_vae_all.pt")
    parameters = {name: value[0] for name, value in parse_qs(urlsplit(opened.page.url).query).items()}
    assert parameters == {name: value[0] for name, value in parse_qs(query[1:]).items()}
    opened.page.evaluate("history.pushState(null, '', '?tab=codons&sequence_model=constructor')")
    opened.page.evaluate("document.dispatchEvent(new Event('tvae-address'))")
    expect(model).to_have_value(sequence_form.DEFAULT)
    expect(opened.form.locator("#sequence-note")).not_to_have_text("Amino acids, all sequences.")


def test_the_tab_follows_the_checkpoint(explorer: OpenExplorer) -> None:
    opened = explorer()
    opened.page.get_by_role("tab", name="Codons").click()
    shown = Codons(opened.page)
    before = document_of(OPENING)["sentence"]
    expect(shown.answer.locator(".answer")).to_have_text(before)
    opened.choose(f"{EUCLIDEAN} - ")
    expect(shown.answer.locator(".answer")).to_have_text(document_of(EUCLIDEAN)["sentence"])


def test_the_tab_is_built_when_it_is_opened(explorer: OpenExplorer) -> None:
    page = explorer().page
    assert page.locator("#codons, .code-table, #codons-sequences").count() == 0


def test_tables_and_disk_are_saved(codons_tab: OpenCodons, tmp_path: Path) -> None:
    opened = codons_tab("?operations=0")
    path = opened.saved(opened.page.get_by_role("button", name="64 codons as JSON"), tmp_path)
    assert [row["codon"] for row in json.loads(path.read_text())["codons"]] == list(codons.CODONS)
    path = opened.saved(opened.page.get_by_role("button", name="Amino acids as CSV"), tmp_path)
    assert len(path.read_text().splitlines()) == 22
    for kind, start in (("png2", b"\x89PNG"), ("svg", b"<svg")):
        file = export_figure(opened.page.locator(".codon-figure"), kind)
        data = file.path().read_bytes()
        assert file.suggested_filename == f"{OPENING}-codons_a-{digest(OPENING)}.{kind.strip('23')}"
        assert data.startswith(start)
    text = data.decode()
    assert len(re.findall(r'class="dot[ "]', text)) == 64  # the pointer may light some of them
    assert "var(" not in re.sub(r"--\w+:[^;\"]*", "", text)


def test_sequences_are_encoded_and_saved(codons_tab: OpenCodons, tmp_path: Path) -> None:
    opened = codons_tab()
    opened.form.get_by_role("button", name="Example").click()
    text = opened.form.locator("textarea").input_value()
    assert text == sequence_form._example("codons", aligned=True)
    opened.form.get_by_role("button", name=texts.SEQUENCES_ENCODE, exact=True).click()
    expect(opened.form.locator(".said")).to_contain_text("of 97 codons are reconstructed")
    expect(opened.results.locator("tbody tr")).to_have_count(1)
    opened.form.locator("input[type=file]").set_input_files(
        {"name": "genes.fasta", "mimeType": "text/plain", "buffer": b">mine\nATGAAA\n>other\nAUGCCC\n"}
    )
    expect(opened.form.locator(".said")).to_have_text("genes.fasta")
    opened.form.locator("textarea").press("Control+Enter")
    expect(opened.results.locator("tbody th")).to_have_text(["mine", "other"])
    expect(opened.results.locator("tbody td").first).to_have_text("2")
    path = opened.saved(opened.results.get_by_role("button", name="as JSON"), tmp_path)
    assert [row["id"] for row in json.loads(path.read_text())["sequences"]] == ["mine", "other"]


def test_an_error_is_a_sentence_without_a_table_below_it(codons_tab: OpenCodons) -> None:
    opened = codons_tab()
    opened.encode(">good\nATGAAA\n")
    expect(opened.results.locator("tbody tr")).to_have_count(1)
    for text, sentence in (
        (">one\nATGAAA\n>two\nATGJJJ\n", "Sequence 2 ('two') has 'J' at position 4: not a base"),
        (">one\nATGAA\n", "Its last codon is not complete"),
        ("", "There is no sequence"),
        (">x\n" + "ATG" * 600_000, "The text has 1.8 MB; at most 1.5 MB"),
    ):
        opened.encode(text)
        expect(opened.problem).to_contain_text(sentence)
        expect(opened.form.locator(".said")).to_be_hidden()
        expect(opened.results.locator("tbody tr")).to_have_count(0)
    for data, sentence in ((">a\nATG".encode("utf-16"), "is in UTF-16"), (b">g\xe8ne\nATG", "is not in UTF-8")):
        file = {"name": "genes.fasta", "mimeType": "text/plain", "buffer": data}
        opened.form.locator("input[type=file]").set_input_files(file)
        expect(opened.problem).to_contain_text(f"The file {sentence}")
    opened.form.locator("#sequence-model").select_option("aa_vae_all.pt")
    expect(opened.form.locator("#sequence-note")).to_have_text("Amino acids, all sequences.")
    opened.encode(">p\nMKV\n")
    expect(opened.problem).to_contain_text("aa_vae_all.pt")
    opened.form.locator("#sequence-model").select_option(sequence_form.DEFAULT)
    opened.encode(">p\nMKV\n")
    expect(opened.problem).to_contain_text(
        "Sequence 1 ('p') has a gap or an ambiguous letter in each token. Leave it out; if it is a protein"
    )
    opened.encode(">again\nATG\n")
    expect(opened.results.locator("tbody th")).to_have_text("again")
    expect(opened.problem).to_be_hidden()


def test_phone_by_keyboard_only(explorer: OpenExplorer) -> None:
    opened = explorer(width=375, dark=True)
    page = opened.page
    opened.open_tab_by_keyboard("Codons")
    shown = Codons(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    keys = page.keyboard
    shown.cell("TTT").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        keys.press(key)
    shown.chosen("TCA")
    expect(shown.cell("TCA")).to_be_focused()
    for key in ("End", "ArrowRight", "ArrowUp", "Home", "Space"):
        keys.press(key)
    shown.chosen("TTC")
    keys.press("Tab")
    keys.press("ArrowRight")
    expect(shown.letters.nth(1)).to_be_focused()
    keys.press("Enter")
    expect(shown.letters.nth(1)).to_have_attribute("aria-pressed", "true")
    keys.press("Shift+Tab")
    expect(shown.cell("TTC")).to_be_focused()
    shown.form.locator("textarea").focus()
    keys.type(">k\nATGAAA\n")
    keys.press("Control+Enter")
    expect(shown.results.locator("tbody th")).to_have_text("k")
    page.set_viewport_size({"width": 320, "height": 700})
    page.wait_for_function("document.documentElement.scrollWidth === 320")
    for part in ("#codons-answer table", ".code-table", "svg.codon-disk", "#sequence-text"):
        box = page.locator(part).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320, part


@pytest.mark.parametrize("colour", render.COLOURS)
def test_no_axe_violation(codons_tab: OpenCodons, colour: str) -> None:
    opened = codons_tab(f"?operations=0,1&codon_colour={colour}")
    opened.encode(">good\nATGAAA\n")
    expect(opened.results.locator("tbody tr")).to_have_count(1)
    opened.encode("ATGN")
    expect(opened.problem).to_be_visible()
    for look in LOOKS:
        put_on(opened.page, look)
        for part in ("#codons-lead", "#codons-answer", "#codons-pictures", "#codons-acids", "#codons-sequences"):
            found: list[dict[str, Any]] = Axe().run(opened.page, context=part).response["violations"]
            assert [f"{look}, {rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]] == []
