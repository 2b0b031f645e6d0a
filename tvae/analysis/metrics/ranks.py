"""The rank correlation that most metrics are made of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def _ranks(words: NDArray[np.uint64]) -> tuple[Doubles, Doubles]:
    """0-based ranks (n,) of sorted words, ties averaged, and the lengths of the runs of ties.

    Only ties are averaged; there are few or none unless an embedding has collapsed.
    """
    ranks = np.arange(len(words), dtype=np.float64)
    tied = np.flatnonzero(words[1:] == words[:-1])  # positions whose successor is equal
    if not len(tied):
        return ranks, np.empty(0)
    gaps = np.flatnonzero(np.diff(tied) > 1)
    first = tied[np.concatenate(([0], gaps + 1))]
    last = tied[np.concatenate((gaps, [-1]))] + 1
    lengths = last - first + 1
    inside = np.zeros(len(words), np.bool_)
    inside[tied] = inside[tied + 1] = True
    ranks[inside] = np.repeat((first + last) / 2, lengths)
    return ranks, lengths.astype(np.float64)


def spearman(values: NDArray[np.floating[Any]], groups: NDArray[np.int8]) -> float | None:
    """Spearman rank correlation, ties averaged, of values (n,) >= 0 with small integers (n,) in 0..15.

    The Pearson correlation of the ranks, in -1..1. The second variable has few values, so only the rank sum of each
    group is needed: one sort of 64-bit words, each a value with the group in its last 4 bits. Values that agree to 48
    bits of mantissa (a relative 4e-15) count as tied. None if either variable is constant.
    """
    n = len(values)
    words = np.ascontiguousarray(values, np.float64).view(np.uint64) & ~np.uint64(15)
    words |= groups.astype(np.uint8)
    words.sort()
    group = (words & np.uint64(15)).view(np.int64)
    words >>= np.uint64(4)
    ranks, lengths = _ranks(words)
    counts = np.bincount(group, minlength=16).astype(np.float64)  # (16,)
    rank_sums = np.bincount(group, ranks, 16)
    group_ranks = np.cumsum(counts) - (counts + 1) / 2  # mean 0-based rank of each group
    mean = (n - 1) / 2
    covariance = float(((rank_sums - mean * counts) * (group_ranks - mean)).sum())
    untied = float(n) ** 3 - n
    spread_values = (untied - float((lengths**3 - lengths).sum())) / 12
    spread_groups = (untied - float((counts**3 - counts).sum())) / 12
    if spread_values <= 0 or spread_groups <= 0:
        return None
    return covariance / float((spread_values * spread_groups) ** 0.5)
