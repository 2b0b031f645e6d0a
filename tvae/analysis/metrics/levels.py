"""Metrics of the radii of the valuation levels: ranges, overlaps, order, richness."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tvae.analysis.metrics.ranks import Doubles
from tvae.operations import ternary

LEVELS = len(ternary.LEVEL_SIZES)


@lru_cache(1)
def _by_level() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Operations sorted by level, and where each level starts."""
    return np.argsort(ternary.VALUATIONS, kind="stable"), np.concatenate(([0], np.cumsum(ternary.LEVEL_SIZES)[:-1]))


def level_ranges(values: Doubles) -> tuple[Doubles, Doubles]:
    """Smallest and largest value (10,) of each level, values (N,)."""
    order, starts = _by_level()
    sorted_values = values[order]
    return np.minimum.reduceat(sorted_values, starts), np.maximum.reduceat(sorted_values, starts)


def level_means(values: Doubles) -> tuple[float, ...]:
    """Mean (10,) of each level, values (N,)."""
    return tuple((np.bincount(ternary.VALUATIONS, values, LEVELS) / ternary.LEVEL_SIZES).tolist())


def overlapping_levels(radius: Doubles) -> tuple[int, ...]:
    """The v = 0..8 with min radius of level v <= max radius of level v + 1; empty for a perfect hierarchy."""
    low, high = level_ranges(radius)
    return tuple(np.flatnonzero(low[:-1] <= high[1:]).tolist())


def concordance(radius: Doubles) -> float | None:
    """Share of the 96,855,122 pairs of different valuation whose radii are strictly in the right order, in 0..1.

    The order is right if the smaller valuation has the larger radius; chance is 0.5. Without ties this is (D + 1) / 2
    of Somers' D. Exact: each level is sorted once, and the radii of higher levels are found in it by binary search.
    None for a constant radius.
    """
    if radius.min() == radius.max():
        return None
    order, starts = _by_level()
    levels = np.split(radius[order], starts[1:])
    right = pairs = 0
    for v in range(LEVELS - 1):
        lower, higher = np.sort(levels[v]), np.sort(np.concatenate(levels[v + 1 :]))
        not_above = int(np.searchsorted(lower, higher, "right").sum())  # pairs with lower's radius <= higher's
        right += len(lower) * len(higher) - not_above
        pairs += len(lower) * len(higher)
    return right / pairs


def richness(values: Doubles) -> float:
    """(1 / 10) sum over v of the population variance of values (N,) inside level v; level 9 has one point, so 0.

    For the norm this is "richness", which is below R^2 / 40 for norms in [0, R] without overlap; for the hyperbolic
    radius it is "hyperbolic richness". The two are not comparable.
    """
    deviations = values - np.asarray(level_means(values))[ternary.VALUATIONS]
    return float(np.mean(level_means(deviations**2)))
