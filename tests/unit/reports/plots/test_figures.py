"""The radius plot for notebooks and exports: what it shows, and that it stays small."""

import dataclasses
import json

import numpy as np
import pytest
from embeddings import nested

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.linear_regions import counting
from tvae.analysis.linear_regions.counting import Regions
from tvae.checkpoints import checkpoint_file
from tvae.errors import InputError
from tvae.models.embedding import Embedding
from tvae.operations import ternary
from tvae.reports.plots.figures import (
    MAX_LABELS,
    MAX_MARKED,
    radius_by_valuation,
    regions_by_depth,
    regions_slice,
)
from tvae.reports.plots.palette import LEVEL_COLOURS, SELECTED_COLOUR, UNSELECTED_COLOUR
from tvae.reports.plots.radius_plot import axis_of, horizontal_places, levels_of

LIMIT = 300_000  # bytes of JSON


@pytest.fixture(scope="module")
def perfect() -> Embedding:
    logits = np.zeros((ternary.N, 9, 3), np.float32)
    return Embedding(nested(), nested(), logits, logits, ternary.ALL_TRITS, np.ones(ternary.N, bool), "mu")


@pytest.mark.parametrize("count", [0, 1, MAX_LABELS, MAX_LABELS + 1, MAX_MARKED, MAX_MARKED + 1, 2_000, ternary.N])
def test_the_figure_is_small_and_shows_every_operation(count: int, rich: EvaluatedCheckpoint) -> None:
    chosen = np.random.default_rng(count).choice(ternary.N, count, replace=False)
    figure = radius_by_valuation(rich.embedding, chosen.tolist())
    text = figure.to_json()
    assert len(text) < LIMIT
    assert json.loads(text)
    cloud, means, *marked = figure.data
    assert len(cloud.x) == len(cloud.y) == ternary.N
    np.testing.assert_allclose(cloud.y, rich.embedding.a.radius, rtol=1e-6)
    np.testing.assert_allclose(means.y, rich.metrics.a.level_mean_radius)
    if 0 < count <= MAX_MARKED:
        assert marked[0].customdata.tolist() == sorted(chosen.tolist())
        assert (marked[0].text is not None) == (count <= MAX_LABELS)
        assert cloud.marker.color == UNSELECTED_COLOUR
    else:
        assert marked == []
    if count > MAX_MARKED:
        assert np.flatnonzero(cloud.marker.color).tolist() == sorted(chosen.tolist())
        assert [colour for _, colour in cloud.marker.colorscale] == [UNSELECTED_COLOUR, SELECTED_COLOUR]
    if count == 0:
        assert cloud.marker.color.tolist() == ternary.VALUATIONS.tolist()
        assert [colour for _, colour in cloud.marker.colorscale] == list(LEVEL_COLOURS)


def test_repeated_operations_are_marked_once(rich: EvaluatedCheckpoint) -> None:
    marked = radius_by_valuation(rich.embedding, [7, 3, 7]).data[2]
    assert marked.customdata.tolist() == [3, 7]
    assert list(marked.text) == ["3", "7"]
    assert list(radius_by_valuation(rich.embedding, [15_633]).data[2].text) == ["min"]
    np.testing.assert_allclose(marked.x, horizontal_places()[[3, 7]], rtol=1e-6)


def test_encoder_and_measure_choose_the_heights(rich: EvaluatedCheckpoint) -> None:
    embedding = rich.embedding
    heights = {
        ("A", "radius"): (embedding.a.radius, "hyperbolic radius, encoder A"),
        ("A", "norm"): (embedding.a.norm, "Euclidean norm, encoder A"),
        ("B", "radius"): (embedding.b.radius, "hyperbolic radius, encoder B"),
        ("B", "norm"): (embedding.b.norm, "Euclidean norm, encoder B"),
    }
    for (encoder, measure), (values, words) in heights.items():
        figure = radius_by_valuation(embedding, [], encoder, measure)
        np.testing.assert_allclose(figure.data[0].y, values, rtol=1e-6)
        assert figure.layout.yaxis.title.text == words


def halving() -> Embedding:
    """Radii that halve from level to level, and 0 in level 9; the rest is that of the exact tree."""
    radius = 8 * 0.5 ** ternary.VALUATIONS.astype(np.float64)
    radius[0] = 0.0
    side = dataclasses.replace(nested(), radius=radius)
    logits = np.zeros((ternary.N, 9, 3), np.float32)
    return Embedding(side, side, logits, logits, ternary.ALL_TRITS, np.ones(ternary.N, bool), "mu")


def test_the_scale_follows_from_the_heights_unless_one_is_chosen(rich: EvaluatedCheckpoint) -> None:
    assert radius_by_valuation(rich.embedding).layout.yaxis.type == (
        "log" if axis_of(levels_of(rich.embedding.a.radius)).scale == "log" else None
    )
    assert radius_by_valuation(halving()).layout.yaxis.type == "log"
    linear = radius_by_valuation(halving(), scale="linear")
    assert linear.layout.yaxis.type is None
    np.testing.assert_allclose(linear.data[0].y, halving().a.radius, rtol=1e-6)


def test_a_logarithmic_figure_shows_zeros_below_its_axis() -> None:
    figure = radius_by_valuation(halving(), [0, 15_633], scale="log")
    cloud, means, marked = figure.data
    assert cloud.customdata[0] == 0
    assert 0 < cloud.y[0] < cloud.y[1:].min()
    assert means.y[9] == pytest.approx(cloud.y[0])
    assert means.customdata[9] == 0
    np.testing.assert_allclose(cloud.y[1:], halving().a.radius[1:], rtol=1e-6)
    (note,) = figure.layout.annotations
    assert note.text == "0"
    assert 10**note.y == pytest.approx(cloud.y[0])
    assert marked.customdata.tolist() == [[0, 0], [15_633, 0.5]]
    assert list(marked.text) == ["false", "min"]


def test_each_level_on_its_own_scale_has_its_ends_in_the_figure(rich: EvaluatedCheckpoint) -> None:
    figure = radius_by_valuation(rich.embedding, [13], scale="levels")
    cloud = figure.data[0]
    levels = levels_of(rich.embedding.a.radius)
    assert (cloud.y.min(), cloud.y.max()) == (0, 1)
    np.testing.assert_allclose(cloud.customdata, rich.embedding.a.radius, rtol=1e-6)
    ends = [f"{end:.4f}" for v in range(10) for end in (levels.low[v], levels.high[v])]
    assert [note.text for note in figure.layout.annotations] == ends
    means = (np.array(levels.mean) - levels.low) / np.maximum(np.subtract(levels.high, levels.low), 1e-30)
    assert figure.data[1].y[:9] == pytest.approx(means[:9])
    assert figure.data[1].y[9] == 0.5  # one operation


def test_a_euclidean_checkpoint_shows_the_latent_mean(euclidean: EvaluatedCheckpoint) -> None:
    figure = radius_by_valuation(euclidean.embedding, [5], "B")
    assert figure.layout.yaxis.title.text == "Euclidean norm of the latent mean, encoder B"
    with pytest.raises(InputError, match=r"Euclidean and has no norm in the ball\. Choose the measure radius"):
        radius_by_valuation(euclidean.embedding, [], "A", "norm")


def test_the_title_says_whether_levels_overlap(perfect: Embedding, rich: EvaluatedCheckpoint) -> None:
    assert radius_by_valuation(perfect).layout.title.text == "no level overlaps, hierarchy -0.8320502954"
    overlaps = rich.metrics.a.overlaps
    title = radius_by_valuation(rich.embedding).layout.title.text
    assert title.startswith(f"{overlaps} of 9 neighbouring levels overlap, hierarchy 0.0")


def test_regions_by_depth_has_a_column_a_part(rich: EvaluatedCheckpoint) -> None:
    counted = counting.count(checkpoint_file.build(rich.checkpoint), 200)
    figure = regions_by_depth(counted)
    text = figure.to_json()
    assert len(text) < LIMIT
    assert len(figure.data) == 3 * len(counted.parts)
    for place, part in enumerate(counted.parts):
        operations, points, bound = figure.data[3 * place : 3 * place + 3]
        assert list(operations.y) == [layer.occupied for layer in part.layers]
        assert list(points.y) == [layer.sampled for layer in part.layers]
        assert list(bound.y) == [float(layer.upper) for layer in part.layers]
    assert figure.layout.yaxis.type == "log"
    assert "no part" in regions_by_depth(Regions((), (), 1, 0)).layout.title.text


def test_regions_slice_is_small_and_has_its_corners(rich: EvaluatedCheckpoint) -> None:
    cut = counting.slice_regions(checkpoint_file.build(rich.checkpoint), "encoder A", (15_633, 19_569, 13))
    figure = regions_slice(cut)
    assert len(figure.to_json()) < LIMIT
    heat, corners = figure.data
    assert list(corners.text) == ["min", "max", "13"]
    half = cut.side / 2
    assert heat.x0 - heat.dx / 2 == pytest.approx(-half)
    assert heat.y0 - heat.dy / 2 == pytest.approx(half)
    column = ((np.asarray(corners.x) - heat.x0) / heat.dx).round().astype(int)
    row = ((np.asarray(corners.y) - heat.y0) / heat.dy).round().astype(int)
    assert np.allclose((np.stack([column, row], 1) + 0.5) / len(cut.region), cut.places, atol=1 / len(cut.region))
    assert f"{cut.count:,} linear regions of encoder A" in figure.layout.title.text
