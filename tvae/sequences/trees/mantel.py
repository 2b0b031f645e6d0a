"""Mantel's test: whether two distances between the same things go together.

The statistic is Spearman's correlation of the distances of all pairs, so that neither distance needs to be proportional
to the other. Pairs of one thing are not independent, so the p-value permutes the things themselves: rows and columns of
one of the two matrices together. p = (k + 1) / (P + 1), where k of P permutations have a correlation of at least the
real one (Mantel, "The detection of disease clustering and a generalized regression approach", Cancer Research 27, 1967;
with ranks, Dietz, "Permutation tests for association between two distance matrices", Systematic Zoology 32, 1983).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.analysis.genetic_code import MAX_PERMUTATIONS, MAX_SEED
from tvae.errors import SequenceError
from tvae.operations.validation import count

PERMUTATIONS: Final = 9_999
LEAST: Final = 4  # things; fewer have no more than 6 permutations

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Mantel:
    """The result; both are None if one of the distances is the same for all pairs."""

    r: float | None  # Spearman's correlation, -1..1
    p: float | None  # one-sided: by chance as high


def check(permutations: object, seed: object) -> tuple[int, int]:
    """Validated number of permutations and seed; raises InputError."""
    many = count(permutations, 1, MAX_PERMUTATIONS, "permutations", PERMUTATIONS)
    return many, count(seed, 0, MAX_SEED, "The seed", 0)


def mantel(one: Doubles, other: Doubles, permutations: int = PERMUTATIONS, seed: int = 0) -> Mantel:
    """The test of two symmetric matrices of distances (S, S). Raises SequenceError for fewer than four things."""
    size = len(one)
    if size < LEAST:
        raise SequenceError(f"{size} sequences are compared with the tree; at least {LEAST} are needed. Give more.")
    fixed, moved = _standardised(one), _standardised(other)
    if fixed is None or moved is None:
        return Mantel(None, None)
    pairs = size * (size - 1)
    real = float((fixed * moved).sum() / pairs)
    random = np.random.default_rng(seed)
    as_high = 0
    for _ in range(permutations):
        order = random.permutation(size)
        as_high += float((fixed * moved[np.ix_(order, order)]).sum() / pairs) >= real - 1e-9
    return Mantel(real, (as_high + 1) / (permutations + 1))


def _standardised(distances: Doubles) -> Doubles | None:
    """Ranks of the distances of all pairs, mean 0 and variance 1, 0 on the diagonal (S, S); None if all are equal."""
    upper = np.triu_indices(len(distances), 1)
    ranks = _ranks(distances[upper].round(12))  # equal distances may have different rounding errors
    spread = float(ranks.std())
    if spread == 0:
        return None
    found = np.zeros(distances.shape)
    found[upper] = (ranks - ranks.mean()) / spread
    return found + found.T


def _ranks(values: Doubles) -> Doubles:
    """Ranks (n,) of values, the mean rank for equal ones."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Doubles = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return ranks
