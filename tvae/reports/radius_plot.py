"""The picture of radius against valuation: what the page's canvas, the Plotly figure and the model card share.

Not here: how each of them draws it. Start with `horizontal_places` and `levels_of`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.analysis.metrics import LEVELS, level_means, level_ranges, overlapping_levels
from tvae.operations import ternary

WIDTH: Final = 0.37  # half of a column that has points, in columns
STEP: Final = 0.6180339887498949  # golden ratio minus 1: any number of points fills the column of a level evenly


@dataclass(frozen=True)
class Levels:
    """Ranges and overlaps of the ten levels."""

    low: tuple[float, ...]  # (10,) least height of each level
    mean: tuple[float, ...]  # (10,)
    high: tuple[float, ...]  # (10,)
    overlaps: tuple[int, ...]  # the v whose lowest point is not above the highest of level v + 1


def levels_of(heights: NDArray[np.float64]) -> Levels:
    """Ranges, means and overlaps of heights (N,), one for each operation."""
    low, high = level_ranges(heights)
    return Levels(tuple(low.tolist()), level_means(heights), tuple(high.tolist()), overlapping_levels(heights))


def horizontal_places() -> NDArray[np.float64]:
    """Places (N,) on the axis of valuations: the valuation v, spread over v +- `WIDTH`.

    x = v + WIDTH (2 ((1/2 + rank STEP) mod 1) - 1), where rank counts the operations of the level in the order of their
    numbers; the one operation of level 9 is in the middle. `page/ui/scatter/points.js` has the same formula.
    """
    rank = np.empty(ternary.N)
    for v in range(LEVELS):
        members = np.flatnonzero(v == ternary.VALUATIONS)
        rank[members] = np.arange(len(members))
    return ternary.VALUATIONS + WIDTH * (2 * ((0.5 + rank * STEP) % 1) - 1)
