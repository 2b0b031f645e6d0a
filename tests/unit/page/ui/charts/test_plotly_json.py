"""Small pictures and the disk of codons as Plotly figures: Plotly takes them, and they have the picture's values."""

import json
import re
from html import unescape
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from tvae.analysis.robustness import Bin
from tvae.operations import codons, ternary
from tvae.page.tabs.codons import codon_disk
from tvae.page.tabs.learn import render
from tvae.page.ui.charts.dot_chart import dots
from tvae.page.ui.charts.plotly_json import ACCENT, Axis, Bar, Dot, Range
from tvae.page.ui.charts.small_charts import (
    bars,
    digits,
    histogram,
    ranges,
    reliability,
)
from tvae.reports.plots.palette import AMINO_COLOURS, TRIT_SIGNS


def figure_of(drawn: str) -> Any:
    """What the JSON button saves; Plotly refuses a property that it does not have."""
    (data,) = re.findall('data-figure="([^"]+)"', drawn)
    return go.Figure(json.loads(unescape(data)))


def test_bars_with_their_texts_and_limits() -> None:
    figure = figure_of(
        bars([Bar("a", 0.25, "1", "#102030"), Bar("a", 0.5, "2", "#405060", limit=0.75)], "words", "name")
    )
    drawn, limit = figure.data
    assert (drawn.x, drawn.text, drawn.marker.color) == ((0.25, 0.5), ("1", "2"), ("#102030", "#405060"))
    assert (limit.x, limit.y, limit.name) == ((0.75,), (1,), "limit")
    assert (figure.layout.yaxis.ticktext, figure.layout.title.text) == (("a", "a"), "words")
    assert figure_of(bars([Bar("a", 0.25, "1", ACCENT)], "words", "name")).data[0].marker.color is None


def test_ranges_begin_where_they_begin() -> None:
    figure = figure_of(ranges([Range("0", 1.0, 3.0, 1.5, "#102030", "!")], "words", "name", "radius"))
    drawn, mean = figure.data
    assert (drawn.base, drawn.x, drawn.text, mean.x) == ((1.0,), (2.0,), ("!",), (1.5,))
    assert figure.layout.xaxis.title.text == "radius"


def test_a_histogram_has_counts_and_not_their_roots() -> None:
    (drawn,) = figure_of(histogram([100, 0, 25], 1.5, "words", "name", "norm")).data
    assert drawn.y == (100, 0, 25)
    np.testing.assert_allclose(drawn.x, [0.25, 0.75, 1.25])
    assert drawn.width == 0.5


def test_dots_with_the_names_of_the_front_and_its_line() -> None:
    rows = [
        Dot(1.0, 0.5, "right", filled=True, front=True),
        Dot(0.5, 0.1, "up", filled=False, front=True),
        Dot(0.25, 0.75, "low", filled=True, front=False),
    ]
    figure = figure_of(dots(rows, "words", "name", Axis("across"), Axis("distortion", reversed=True)))
    drawn, line = figure.data
    assert (drawn.x, drawn.y) == ((1.0, 0.5, 0.25), (0.5, 0.1, 0.75))
    assert (drawn.text, drawn.hovertext) == (("right", "up", ""), ("right", "up", "low"))
    assert drawn.marker.symbol == ("circle", "circle-open", "circle")
    assert (line.x, line.y) == ((0.5, 0.5, 1.0), (0.1, 0.5, 0.5))
    across, up = figure.layout.xaxis, figure.layout.yaxis
    assert (across.title.text, across.autorange, across.rangemode) == ("across", True, "tozero")
    assert (up.title.text, up.autorange, up.rangemode) == ("distortion", "reversed", "tozero")


@pytest.mark.parametrize("leaves", range(9))
def test_the_way_down_the_tree(leaves: int) -> None:
    trits = ternary.ALL_TRITS[render.START].tolist()
    for other in {-1, 0, 1} - {trits[leaves]}:
        way, beside = figure_of(digits(trits, leaves, other, "the other", "words", "name")).data
        assert way.text == tuple(TRIT_SIGNS[trit] for trit in trits)
        assert len(set(zip(beside.x, beside.y, strict=True))) == 18
        assert [x for x, name in zip(beside.x, beside.text, strict=True) if name == "the other"] == [leaves + 1]


def test_reliability_leaves_empty_bins_out() -> None:
    bins = [Bin(0.3, 0.65, 10, 0.5, 0.3), Bin(0.65, 1.0, 0, None, None)]
    counted, right = figure_of(reliability(bins, "words", "name")).data
    assert (right.x, right.y) == ((0.5,), (0.3,))
    assert counted.y == (10, 0)


def test_the_disk_of_codons_is_polar() -> None:
    radii = np.linspace(0.5, 2.0, codons.C)
    styles = [codon_disk.colours(letter) for letter in codons.TABLE]
    figure = figure_of(codon_disk.drawn(radii.tolist(), styles, list(codons.CODONS), frozenset(), "told", "a name"))
    *joined, dots = figure.data
    np.testing.assert_allclose(dots.r, radii)
    np.testing.assert_allclose(np.radians(dots.theta), codon_disk.angles())
    assert ("".join(dots.text), dots.hovertext) == (codons.TABLE, codons.CODONS)
    assert dots.marker.color == tuple(AMINO_COLOURS[letter][0] for letter in codons.TABLE)
    families = [members for members in codons.families().values() if len(members) > 1]
    assert [line.r for line in joined] == [tuple(radii[list(members)]) for members in families]
