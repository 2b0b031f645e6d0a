"""The disk of the codons: radii in proportion, the order of the ball's disk, every family joined."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from tvae.analysis.views import disk_layout
from tvae.operations import codons
from tvae.page.tabs.codons import codon_disk
from tvae.page.tabs.codons.codon_disk import EDGE, SIZE

RADII = np.linspace(0.5, 2.0, codons.C)


def picture(radii: np.ndarray = RADII, chosen: frozenset[int] = frozenset()) -> ElementTree.Element:
    styles = [codon_disk.colours(letter) for letter in codons.TABLE]
    figure = codon_disk.drawn(radii.tolist(), styles, list(codons.CODONS), chosen, "<told>", "a name")
    drawn = ElementTree.fromstring(figure).find("svg")
    assert drawn is not None
    return drawn


def of_class(root: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if element.get("class") == kind]


def test_codons_stand_in_the_order_of_the_ball_and_evenly() -> None:
    assert (np.diff(disk_layout.angle(codons.OPERATIONS)) > 0).all()
    np.testing.assert_allclose(np.diff(codon_disk.angles()), 2 * np.pi / codons.C)
    assert 0 < codon_disk.angles().min() < codon_disk.angles().max() < 2 * np.pi


def test_radii_are_in_proportion_and_the_largest_is_at_the_edge() -> None:
    far = np.hypot(*(codon_disk.places(RADII) - SIZE / 2).T)
    np.testing.assert_allclose(far, EDGE * RADII / RADII.max())
    np.testing.assert_allclose(codon_disk.places(np.zeros(codons.C)), SIZE / 2)


def test_every_codon_has_its_dot_and_every_family_its_line() -> None:
    drawn = picture()
    dots = of_class(drawn, "dot")
    assert [int(dot.get("data-operation") or -1) for dot in dots] == codons.OPERATIONS.tolist()
    assert "".join(dot.findtext("text") or "" for dot in dots) == codons.TABLE
    at = codon_disk.places(RADII)
    families = {letter: members for letter, members in codons.families().items() if len(members) > 1}
    joined = {path.get("data-family"): path.get("d") or "" for path in of_class(drawn, "joined")}
    assert set(joined) == set(families)
    for letter, members in families.items():
        way = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", joined[letter])]
        np.testing.assert_allclose(way, at[list(members)], atol=0.051)


def test_chosen_operations_are_ringed_and_words_are_escaped() -> None:
    some = int(codons.OPERATIONS[7])
    drawn = picture(chosen=frozenset({some, 19_682}))
    ringed = [dot.get("data-operation") for dot in of_class(drawn, "dot") if of_class(dot, "chosen")]
    assert ringed == [str(some)]
    assert drawn.get("aria-label") == "<told>"


@pytest.mark.parametrize("most", [0.0, 0.48, 4.58])
def test_rings_have_round_values_inside(most: float) -> None:
    drawn = picture(np.full(codons.C, most))
    far = [float(ring.get("r") or 0) for ring in of_class(drawn, "ring")]
    values = [float(text.text or 0) for text in of_class(drawn, "value")]
    assert far
    assert all(0 < radius <= EDGE for radius in far)
    np.testing.assert_allclose(far, [EDGE * value / (most or 1.0) for value in values], atol=0.06)
