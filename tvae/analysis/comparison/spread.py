"""How far a number of several runs varies: mean, standard deviation, and a bootstrap interval of the mean.

Start with `spread_of`. With few runs the interval is too narrow: a resampled mean lies within the range of the values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

LEVEL: Final = 0.95
METHOD: Final = "percentile"  # of `scipy.stats.bootstrap`; the others are undefined for equal values
RESAMPLES: Final = 2_000
SEED: Final = 0
LEAST: Final = 2  # values for an interval


@dataclass(frozen=True)
class Spread:
    """Of the values of one measure."""

    count: int
    mean: float
    deviation: float | None  # of a sample, divided by count - 1; None for one value, like the interval
    low: float | None
    high: float | None


def spread_of(values: Sequence[Sequence[float]]) -> list[Spread]:
    """The spread of each column of values (runs, measures), all of them with the same resamples of the runs."""
    table = np.asarray(values, dtype=np.float64)
    means = [float(mean) for mean in table.mean(0)]
    if len(table) < LEAST:
        return [Spread(len(table), mean, None, None, None) for mean in means]
    from scipy import stats  # imported here, since it takes a while

    interval = stats.bootstrap(
        (table,),
        np.mean,
        axis=0,
        vectorized=True,
        n_resamples=RESAMPLES,
        confidence_level=LEVEL,
        method=METHOD,
        rng=SEED,
    ).confidence_interval
    deviations = table.std(0, ddof=1)
    return [
        Spread(len(table), mean, float(deviation), float(low), float(high))
        for mean, deviation, low, high in zip(means, deviations, interval.low, interval.high, strict=True)
    ]
