"""The picture that canvas, Plotly figure and model card share: columns, ranges, overlaps, scales."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.checkpoints.catalogue.entry import Entry
from tvae.models.embedding import embed
from tvae.operations import ternary
from tvae.reports.plots.radius_plot import (
    BREAK,
    WIDTH,
    axis_of,
    horizontal_places,
    levels_of,
    logarithmic,
    own_shares,
    placed,
    shares,
)

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


def shells(radii: list[float], width: float = 0.0) -> NDArray[np.float64]:
    """Heights in shells, each spread over `width` times its radius."""
    spread = 1 + width * (np.arange(ternary.N) % 7 / 6 - 0.5)
    heights: NDArray[np.float64] = np.array(radii)[ternary.VALUATIONS] * spread
    return heights


EVEN = [10.0 - v for v in range(10)]
HALVING = [8 * 0.5**v for v in range(10)]


class TestScale:
    def test_even_shells_get_a_linear_axis_and_halving_ones_a_logarithmic_axis(self) -> None:
        even, halving = axis_of(levels_of(shells(EVEN))), axis_of(levels_of(shells(HALVING)))
        assert (even.linear, even.scale) == (10, "linear")
        assert (halving.linear, halving.log, halving.scale) == (5, 10, "log")
        assert (halving.low, halving.high, halving.levels) == (HALVING[9], HALVING[0], 10)

    def test_where_both_show_as_many_levels_the_linear_axis_stays(self) -> None:
        axis = axis_of(levels_of(shells([10.0 - 0.9 * v for v in range(10)])))
        assert axis.linear == axis.log == 10
        assert axis.scale == "linear"

    def test_where_neither_shows_half_of_them_each_level_gets_its_own(self) -> None:
        radii = [5.0, *(1 - 0.001 * v for v in range(8)), 0.1]
        axis = axis_of(levels_of(shells(radii, 0.001)))
        assert max(axis.linear, axis.log) <= 5
        assert axis.scale == "levels"

    def test_a_level_is_shown_well_by_its_range_or_by_the_distance_to_both_neighbours(self) -> None:
        close = [10.0, 9.9, *(7.0 - v for v in range(8))]  # levels 0 and 1 are a hundredth of the axis apart
        assert axis_of(levels_of(shells(close))).linear == 8
        wide = shells(close)
        wide[1] += 1.0  # of level 0
        assert axis_of(levels_of(wide)).linear == 9

    def test_plots_share_an_axis(self) -> None:
        axis = axis_of(levels_of(shells(EVEN)), levels_of(shells(HALVING)))
        assert (axis.low, axis.high, axis.levels) == (HALVING[9], 10.0, 20)
        assert (axis.linear, axis.log, axis.scale) == (15, 15, "linear")

    def test_zeros_have_no_logarithm(self) -> None:
        heights = shells(HALVING)
        heights[0] = 0.0
        levels = levels_of(heights)
        assert levels.positive == HALVING[8]
        assert axis_of(levels).low == 0.0
        places = logarithmic(heights, levels.positive, HALVING[0])
        length = np.log10(HALVING[0] / HALVING[8])
        assert places[0] == pytest.approx(np.log10(HALVING[8]) - BREAK * length)
        assert places[1:] == pytest.approx(np.log10(heights[1:]))
        nothing = levels_of(np.zeros(ternary.N))
        assert (nothing.positive, axis_of(nothing).scale) == (1.0, "levels")
        assert np.isfinite(logarithmic(np.zeros(3), nothing.positive, 0.0)).all()

    def test_shares_of_a_level_reach_from_its_least_to_its_largest(self) -> None:
        heights = shells(EVEN, 0.1)
        found = own_shares(heights, levels_of(heights))
        for v in range(9):
            own = found[v == ternary.VALUATIONS]
            assert own.max() == 1
            assert own.min() == 0
        assert found[0] == 0.5

    def test_a_mean_has_its_share_of_the_range_by_the_same_formula(self) -> None:
        found = shares(np.array([1.0, 2.5, 7.0]), np.array([1.0, 2.0, 7.0]), np.array([3.0, 3.0, 7.0]))
        assert found.tolist() == [0.0, 0.5, 0.5]

    def test_heights_are_placed_on_the_scale_that_is_asked_for(self) -> None:
        heights = shells(HALVING, 0.01)
        levels = levels_of(heights)
        assert (placed(heights, levels, "linear") == heights).all()
        assert (placed(heights, levels, "log") == logarithmic(heights, levels.positive, heights.max())).all()
        assert (placed(heights, levels, "levels") == own_shares(heights, levels)).all()

    @pytest.mark.parametrize(
        "entry", [entry for entry in ENTRIES if entry.source == "bundled"], ids=lambda one: one.name
    )
    def test_the_rule_shows_most_levels_of_every_bundled_checkpoint(self, entry: Entry) -> None:
        location = loading.locate(entry.name)
        embedding = embed(checkpoint_file.build(loading.open_located(location)))
        for side in (embedding.a, embedding.b):
            for heights in (side.radius, *([] if side.norm is None else [side.norm])):
                axis = axis_of(levels_of(heights))
                assert axis.scale in ("linear", "log")
                assert max(axis.linear, axis.log) == (axis.log if axis.scale == "log" else axis.linear) >= 9
