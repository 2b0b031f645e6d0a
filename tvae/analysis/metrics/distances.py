"""Metrics of distances between operations, of seeded samples: distance correlation, tree fidelity, triplets."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.analysis.metrics.ranks import Doubles, spearman
from tvae.geometry import poincare_ball
from tvae.models.embedding import EncoderEmbedding
from tvae.operations import ternary

SAMPLE = 1_000  # operations in the seeded sample of the distance correlation, 499,500 pairs
TREE_PAIRS = 400_000  # pairs (and triplets) in the seeded sample of the tree metrics
TREE_BATCHES = 20  # of that sample, for the standard error
CHUNK = 20_000  # pairs whose distances are computed at a time: what a processor core keeps near it
SEED = 0


@lru_cache(1)
def _sampled_operations() -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """The seeded sample of operations (1000,), and |v_i - v_j| (499500,) of its pairs in torch.pdist's order."""
    chosen = np.sort(np.random.default_rng(SEED).choice(ternary.N, SAMPLE, replace=False))
    first, second = np.triu_indices(SAMPLE, 1)
    levels = ternary.VALUATIONS[chosen]
    return chosen, np.abs(levels[first] - levels[second])


def distance_correlation(point: NDArray[np.float32]) -> float | None:
    """Spearman of the Euclidean distance |z_i - z_j| and |v_i - v_j| over all pairs of 1,000 seeded operations.

    Points (N, D). In -1..1, high is good; 0.9146 is the limit over the whole population with untied distances. The
    distances are float32, like the points: this is sixteen times as fast and changes the result by about 1e-9.
    """
    chosen, gaps = _sampled_operations()
    distances = torch.pdist(torch.from_numpy(point[chosen])).numpy()
    return spearman(distances, gaps)


class TreeMetrics(NamedTuple):
    """How well hyperbolic distances follow the 3-adic tree; None if undefined."""

    fidelity: float | None
    error: float | None
    triplets: float | None


@lru_cache(1)
def _sampled_tree() -> tuple[NDArray[np.int64], NDArray[np.int8], NDArray[np.int64]]:
    """Seeded pairs i != j (2, P), 9 - v(i - j) (P,), and triplets (3, M) with v(i - j) > v(i - k)."""
    rng = np.random.default_rng(SEED)
    first = rng.integers(ternary.N, size=TREE_PAIRS)
    second = (first + rng.integers(1, ternary.N, size=TREE_PAIRS)) % ternary.N
    third = (first + rng.integers(1, ternary.N, size=TREE_PAIRS)) % ternary.N
    near = ternary.valuation_of(first - second)
    far = ternary.valuation_of(first - third)
    pairs = np.stack([first, second])
    kept = near != far
    closer, other = np.where(near > far, second, third), np.where(near > far, third, second)
    return pairs, (9 - near).astype(np.int8), np.stack([first, closer, other])[:, kept]


def tree_metrics(side: EncoderEmbedding) -> TreeMetrics:
    """Tree fidelity with its standard error, and triplet agreement, on hyperbolic distances.

    Fidelity is the Spearman correlation of d(i, j) and the 3-adic distance 3^(-v(i - j)) over 400,000 seeded pairs
    i != j, in -1..1; ties of the 3-adic distance limit it to +0.8320. Its standard error comes from 20 batches. Triplet
    agreement is the share of seeded triplets with v(i - j) > v(i - k) for which d(i, j) < d(i, k); chance is 0.5.
    """
    pairs, rank, triplets = _sampled_tree()
    distances = _distances(side, pairs[0], pairs[1])
    fidelity = spearman(distances, rank)
    if fidelity is None:
        return TreeMetrics(None, None, None)
    parts = zip(np.split(distances, TREE_BATCHES), np.split(rank, TREE_BATCHES), strict=True)
    batches = [value for part in parts if (value := spearman(*part)) is not None]
    error = float(np.std(batches, ddof=1) / TREE_BATCHES**0.5) if len(batches) == TREE_BATCHES else None
    closer = _distances(side, triplets[0], triplets[1]) < _distances(side, triplets[0], triplets[2])
    return TreeMetrics(fidelity, error, float(closer.mean()))


def _distances(side: EncoderEmbedding, first: NDArray[np.int64], second: NDArray[np.int64]) -> Doubles:
    """Hyperbolic distances (P,) between operations first (P,) and second (P,)."""
    if side.point is None or side.curvature is None:
        raise TypeError("distances need a ball")
    wide = torch.from_numpy(side.point.astype(np.float64))
    left, right = torch.from_numpy(first), torch.from_numpy(second)
    parts = [
        poincare_ball.distance_of_pairs(wide, left[k : k + CHUNK], right[k : k + CHUNK], side.curvature)
        for k in range(0, len(first), CHUNK)
    ]
    distances: Doubles = torch.cat(parts).numpy()
    return distances
