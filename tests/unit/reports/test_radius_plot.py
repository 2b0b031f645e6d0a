"""The picture that canvas, Plotly figure and model card share: columns, ranges, overlaps."""

import numpy as np
import pytest

from tvae.operations import ternary
from tvae.reports.radius_plot import WIDTH, horizontal_places, levels_of

OFFSETS = horizontal_places() - ternary.VALUATIONS


def test_points_stay_inside_their_column_and_fill_it_evenly() -> None:
    assert np.abs(OFFSETS).max() <= WIDTH
    for v, size in enumerate(ternary.LEVEL_SIZES[:9]):
        inside = np.sort(OFFSETS[v == ternary.VALUATIONS])
        assert len(np.unique(inside)) == size
        # Three gaps, of which none is much wider than the even one: the three-distance theorem for the golden ratio.
        assert np.diff(inside).max(initial=0) <= 2 * WIDTH * 2 / size


def test_the_first_operations_of_a_level_lie_where_the_formula_says() -> None:
    members = np.flatnonzero(ternary.VALUATIONS == 1)[:3]
    assert OFFSETS[members] == pytest.approx(
        [0.0, 0.37 * (2 * 0.1180339887498949 - 1), 0.37 * (2 * 0.7360679774997898 - 1)]
    )
    assert OFFSETS[0] == pytest.approx(0)  # alone in level 9


def test_ranges_means_and_overlaps_of_levels() -> None:
    heights = 10.0 - ternary.VALUATIONS + 0.01 * np.arange(ternary.N) / ternary.N
    levels = levels_of(heights)
    for v in range(10):
        own = heights[v == ternary.VALUATIONS]
        assert (levels.low[v], levels.high[v]) == (own.min(), own.max())
        assert levels.mean[v] == pytest.approx(own.mean(), rel=1e-12)
    assert levels.overlaps == ()


def test_touching_levels_overlap() -> None:
    heights = 10.0 - ternary.VALUATIONS
    heights[3] = heights[9]  # of level 1, as low as level 2
    assert levels_of(heights).overlaps == (1,)
    heights[3] = np.nextafter(heights[9], np.inf)
    assert levels_of(heights).overlaps == ()
