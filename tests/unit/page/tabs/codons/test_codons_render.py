"""The HTML of the Codons tab: the answer, the code table in its usual order, colours that are read, the amino acids."""

import re
from typing import Any

import numpy as np
import pytest
from app_fixtures import BUNDLED, EUCLIDEAN, evaluated_here

from tvae.analysis import genetic_code
from tvae.operations import codons
from tvae.page.tabs.codons import render
from tvae.page.ui import texts
from tvae.reports import genetic_code as genetic_reports
from tvae.reports.plots.palette import AMINO_COLOURS, LEVEL_COLOURS

Document = dict[str, Any]


def document_of(name: str, stops: bool = False) -> Document:
    evaluated = evaluated_here(name)
    return genetic_reports.genetic_code(evaluated, genetic_code.examine(evaluated.embedding, stops, 200), True)


@pytest.fixture(scope="module")
def document() -> Document:
    return document_of(BUNDLED)


def test_the_answer_is_the_sentence_with_both_p_values(document: Document) -> None:
    found = render.answer(document)
    assert re.sub("<.*?>", "", found).count(document["sentence"].replace("&", "&amp;")) == 1
    assert '<strong class="no">No</strong>' in found
    for side in "ab":
        for key in texts.pairs("CODON_NULLS"):
            assert f"<td>{document[side][key]:.4f}</td>" in found
    shares = re.findall(r">([\d.]+)%</text>", found)
    wanted = [document["a"], document["b"], *document["controls"].values()]
    assert shares == [f"{100 * one['nearer']:.1f}" for one in wanted]
    assert found.count('class="limit"') == 4


def test_a_yes_is_said_as_plainly(document: Document) -> None:
    told = render.answer(document | {"answer": "yes", "sentence": "Yes, encoder A <more>."})
    assert '<strong class="yes">Yes</strong>, encoder A &lt;more&gt;.' in told


def test_the_table_is_in_the_usual_order(document: Document) -> None:
    found = render.pictures(document, "A", "amino", frozenset())
    cells = re.findall(r'data-index="(\d+)" data-family="(.)" data-cell="(\d+)".*?>(\w{3}) <b>(.)</b>', found)
    assert [int(cell[2]) for cell in cells] == list(range(64))
    for place, (operation, family, _, codon, letter) in enumerate(cells):
        one, three, two = place // 16, place // 4 % 4, place % 4
        assert codon == "".join(codons.BASES[base] for base in (one, two, three))
        assert family == letter == codons.TABLE[codons.CODONS.index(codon)]
        assert codons.OPERATIONS[codons.CODONS.index(codon)] == int(operation)
    assert len(re.findall(r'class="codon" data-index[^>]*tabindex="0"', found)) == 1


def test_chosen_codons_are_marked_in_table_and_disk(document: Document) -> None:
    some = codons.OPERATIONS[[5, 40]].tolist()
    found = render.pictures(document, "B", "amino", frozenset([*some, 19_682]))
    pressed = re.findall(r'data-index="(\d+)"[^>]*aria-pressed="true"', found)
    assert sorted(map(int, pressed)) == sorted(some)
    assert found.count('class="chosen"') == 2
    enters = re.findall(r'data-index="(\d+)"[^>]*tabindex="0"', found)
    assert enters == [str(some[0])]


def test_every_colour_is_read() -> None:
    for letter in codons.AMINO_ACIDS:
        pale, deep = AMINO_COLOURS[letter]
        assert render.contrast(pale, "#111827") >= 7
        assert render.contrast(deep, "#ffffff") >= 4.5
    for share in np.linspace(0, 1, 101):
        back = render.ramp(float(share))
        assert render.contrast(back, render.ink(back)) >= 4.5


def test_the_ramp_goes_from_the_deepest_level_outwards() -> None:
    assert [render.ramp(k / 9) for k in range(10)] == list(reversed(LEVEL_COLOURS))
    assert render.contrast("#000000", "#ffffff") == pytest.approx(21)


def test_by_radius_there_is_a_legend_with_its_ends(document: Document) -> None:
    found = render.pictures(document, "B", "radius", frozenset())
    radii = [row["radius_b"] for row in document["codons"]]
    legend = re.search(r'<p class="code-legend">.*?</p>', found)
    assert legend
    assert f">{min(radii):.3f}<" in legend[0]
    assert f">{max(radii):.3f}<" in legend[0]
    inner = codons.CODONS[int(np.argmin(radii))]
    assert re.search(rf'style="--pale:{LEVEL_COLOURS[-1]}[^"]*"[^>]*>{inner} ', found)
    assert "code-legend" not in render.pictures(document, "B", "amino", frozenset())


def test_equal_radii_have_one_colour(document: Document) -> None:
    rows = [{**row, "radius_a": 1.0} for row in document["codons"]]
    found = render.pictures(document | {"codons": rows}, "A", "radius", frozenset())
    assert len(set(re.findall(r'data-cell[^>]*style="([^"]*)"', found))) == 1


def test_the_disk_is_told_in_numbers(document: Document) -> None:
    for stops, families in ((False, 18), (True, 19)):
        told = render.codon_disk.describe(document | {"stops": stops}, "a")
        assert f"{families} families" in told
        assert f"{document['a']['within']:.3f} apart" in told
        assert f"{document['a']['between']:.3f}" in told


def test_without_a_ball_it_says_what_is_drawn(document: Document) -> None:
    assert texts.CODON_DISK_HINT in render.pictures(document, "A", "amino", frozenset())
    flat = render.pictures(document_of(EUCLIDEAN), "A", "amino", frozenset())
    assert texts.CODON_DISK_FLAT in flat
    assert texts.table("CODON_RADIUS")["euclidean"] in flat


def test_the_amino_acids_have_their_mean_distances(document: Document) -> None:
    distances = {side: np.array(document[f"distances_{side}"]) for side in "ab"}
    families = codons.families()
    for row in render.acids(document):
        members = list(families[row["amino_acid"]])
        rest = [index for index in range(codons.C) if index not in members]
        for side in "ab":
            assert row[f"others_{side}"] == pytest.approx(distances[side][np.ix_(members, rest)].mean(), abs=2e-6)
            among = distances[side][np.ix_(members, members)][np.triu_indices(len(members), 1)]
            assert row[f"within_{side}"] == (pytest.approx(among.mean(), abs=2e-6) if len(among) else None)
    table = render.acids_table(document)
    chosen = re.findall(r'data-text="([\d, ]+)"', table)
    assert sorted(int(n) for text in chosen for n in text.split(",")) == sorted(codons.OPERATIONS.tolist())
    assert table.count("<td>\u2013</td>") == 4  # methionine and tryptophan have no synonym
