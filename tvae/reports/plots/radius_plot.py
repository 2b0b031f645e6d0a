"""The picture of radius against valuation: what the page's canvas, the Plotly figure and the model card share.

Columns, levels, and the scales of the axis of heights. Not here: how each of them draws it. Start with
`horizontal_places`, `levels_of` and `axis_of`.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from tvae.analysis.metrics.levels import LEVELS, level_means, level_ranges, overlapping_levels
from tvae.operations import ternary

# Linear, logarithmic, or each level from its least to its largest height.
Scale = Literal["linear", "log", "levels"]
ScaleChoice = Literal["auto", "linear", "log", "levels"]
SCALE_CHOICES: Final[tuple[ScaleChoice, ...]] = ("auto", "linear", "log", "levels")

WIDTH: Final = 0.37  # half of a column that has points, in columns
STEP: Final = 0.6180339887498949  # golden ratio minus 1: any number of points fills the column of a level evenly
ZERO: Final = 0.00005  # a height below it is 0.0000 to the four decimals that are shown: it has no logarithm here
BREAK: Final = 0.08  # the distance of those heights to the logarithmic axis, as a share of its length
WELL: Final = 1 / 40  # the share of the axis from which a range or a distance is seen well: 10 of 400 pixels

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Levels:
    """Ranges and overlaps of the ten levels."""

    low: tuple[float, ...]  # (10,) least height of each level
    mean: tuple[float, ...]  # (10,)
    high: tuple[float, ...]  # (10,)
    overlaps: tuple[int, ...]  # the v whose lowest point is not above the highest of level v + 1
    positive: float  # least height of all that is not `ZERO` or less; 1 if there is none


@dataclass(frozen=True)
class Axis:
    """The axis of heights of one plot, or of plots that share it."""

    low: float  # least height
    positive: float  # least height on the logarithmic scale
    high: float  # largest height
    linear: int  # levels that the linear scale shows well
    log: int  # levels that the logarithmic scale shows well
    levels: int  # all of them: 10 for one plot
    scale: Scale  # the scale that follows from these numbers


def levels_of(heights: Doubles) -> Levels:
    """Ranges, means and overlaps of heights (N,), one for each operation."""
    low, high = level_ranges(heights)
    above = heights[heights > ZERO]
    return Levels(
        tuple(low.tolist()),
        level_means(heights),
        tuple(high.tolist()),
        overlapping_levels(heights),
        float(above.min()) if len(above) else 1.0,
    )


def axis_of(*plots: Levels) -> Axis:
    """The common axis of plots, with the scale that shows most levels well.

    A level is shown well if its range, or the distance of its mean to each neighbouring mean, takes at least `WELL` of
    the axis. The scale is linear unless the logarithmic one shows more levels well. If neither shows more than half of
    them, each level gets its own scale, which shows all, but not their order.
    """
    low, high = min(min(one.low) for one in plots), max(max(one.high) for one in plots)
    positive = min(one.positive for one in plots)
    count = LEVELS * len(plots)
    linear, log = (sum(_well_shown(one, low, positive, high, scale) for one in plots) for scale in ("linear", "log"))
    scale: Scale = "levels" if 2 * max(linear, log) <= count else "log" if log > linear else "linear"
    return Axis(low, positive, high, linear, log, count, scale)


def _well_shown(levels: Levels, low: float, positive: float, high: float, scale: str) -> int:
    """How many levels one of the common scales shows well."""

    def share(heights: tuple[float, ...]) -> Doubles:
        placed = [np.asarray(part) for part in ((low, high), heights)]
        ends, places = (logarithmic(part, positive, high) for part in placed) if scale == "log" else placed
        found: Doubles = (places - ends[0]) / ((ends[1] - ends[0]) or 1.0)
        return found

    ranges = share(levels.high) - share(levels.low)
    gaps = np.abs(np.diff(share(levels.mean)))
    nearest = np.minimum(np.append(gaps, np.inf), np.insert(gaps, 0, np.inf))
    return int(np.count_nonzero((ranges >= WELL) | (nearest >= WELL)))


def logarithmic(heights: Doubles, positive: float, high: float) -> Doubles:
    """Places on a logarithmic axis that reaches from `positive` to `high`, in decades: log10(height).

    Heights up to `ZERO` lie below a break, `BREAK` of the axis under its least height. The formula is also in
    `page/ui/scatter/picture/scale.js`.
    """
    end = np.log10(positive)
    floor = end - BREAK * ((np.log10(max(high, positive)) - end) or 1.0)
    found: Doubles = np.where(heights > ZERO, np.log10(np.maximum(heights, ZERO)), floor)
    return found


def own_shares(heights: Doubles, levels: Levels) -> Doubles:
    """Heights (N,) as `shares` of their level's range, in [0, 1]."""
    low, high = (np.asarray(ends)[ternary.VALUATIONS] for ends in (levels.low, levels.high))
    return shares(heights, low, high)


def shares(heights: Doubles, low: Doubles, high: Doubles) -> Doubles:
    """Heights as shares of ranges from `low` to `high`; the middle of a range without extent."""
    found: Doubles = np.where(high > low, (heights - low) / np.where(high > low, high - low, 1.0), 0.5)
    return found


def placed(heights: Doubles, levels: Levels, scale: Scale) -> Doubles:
    """Where heights (N,) of all operations lie on a scale: the heights, `logarithmic` places, or `own_shares`."""
    if scale == "log":
        return logarithmic(heights, levels.positive, max(levels.high))
    return own_shares(heights, levels) if scale == "levels" else heights


def horizontal_places() -> Doubles:
    """Places (N,) on the axis of valuations: the valuation v, spread over v +- `WIDTH`.

    x = v + WIDTH (2 ((1/2 + rank STEP) mod 1) - 1), where rank counts the operations of the level in the order of their
    numbers; the one operation of level 9 is in the middle. `page/ui/scatter/points.js` has the same formula.
    """
    rank = np.empty(ternary.N)
    for v in range(LEVELS):
        members = np.flatnonzero(v == ternary.VALUATIONS)
        rank[members] = np.arange(len(members))
    return ternary.VALUATIONS + WIDTH * (2 * ((0.5 + rank * STEP) % 1) - 1)
