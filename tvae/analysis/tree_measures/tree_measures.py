"""The measures of an encoder.

Every value is of one fixed sample: the first operations of one permutation, drawn with `SEED`. Standard errors of means
over queries are those of a mean; those of pairs come from 20 batches of 100 operations. An extreme of the sample
(`worst_distortion`, `relative_hyperbolicity`) has no error: it belongs to this sample and its size.

Both encoders take 0.6 s of one core, and scipy's import 0.4 s, so none of this belongs to `metrics.evaluate` or to the
first page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.analysis import neighbours
from tvae.analysis.tree_measures.formulas import (
    SIZES,
    Doubles,
    Integers,
    average_distortion,
    average_precision,
    correlation,
    dendrogram_distances,
    path_lengths,
    relative_hyperbolicity,
    worst_distortion,
)
from tvae.geometry import poincare_ball
from tvae.models.embedding import Embedding, EncoderEmbedding
from tvae.operations import ternary

SEED: Final = 0
OPERATIONS: Final = 2_000  # in the sample: 1,999,000 pairs
BATCHES: Final = 20  # of that sample, for standard errors
QUERIES: Final = 1_000  # operations whose neighbourhoods are ranked against all others; the first of the sample
FOUR_POINTS: Final = 500  # operations in the four-point constant, which takes cubic time; the first of the sample


@dataclass(frozen=True)
class TreeMeasures:
    """Measures of one encoder; all None for a Euclidean encoder, or if all its distances are equal (collapsed)."""

    average_distortion: float | None = None  # 0..1, low is good
    average_distortion_error: float | None = None
    worst_distortion: float | None = None  # at least 1, low is good; an extreme of the sample: no error
    map_3: float | None = None  # 0..1, high is good: the 2 siblings
    map_3_error: float | None = None  # 0 if every operation was a query
    map_9: float | None = None  # the 8 other leaves of the subtree two levels up
    map_9_error: float | None = None
    map_27: float | None = None  # the 26 of the subtree three levels up
    map_27_error: float | None = None
    cophenetic: float | None = None  # -1..1, high is good
    cophenetic_error: float | None = None
    relative_hyperbolicity: float | None = None  # 0..1, low is good; an extreme of the sample: no error
    dendrogram_correlation: float | None = None  # -1..1, high is good
    dendrogram_correlation_error: float | None = None


@dataclass(frozen=True)
class BothEncoders:
    """The measures of encoders A and B."""

    a: TreeMeasures
    b: TreeMeasures
    queries: int  # operations whose neighbourhoods were ranked: `QUERIES`, or all 19,683


def evaluate(embedding: Embedding, exact: bool = False) -> BothEncoders:
    """The measures of both encoders. `exact` ranks the neighbourhoods of all 19,683 operations, in about 5 s."""
    queries = np.arange(ternary.N) if exact else sampled_queries()
    return BothEncoders(measure(embedding.a, queries), measure(embedding.b, queries), len(queries))


def measure(side: EncoderEmbedding, queries: Integers | None = None) -> TreeMeasures:
    """The measures of one encoder; the neighbourhoods of the operations `queries` (Q,) are ranked (None: sampled)."""
    distances = _distances(side, OPERATIONS)
    if distances is None or distances.min() == distances.max():
        return TreeMeasures()
    sample = _sample()
    merged = dendrogram_distances(distances)
    four_points = _distances(side, FOUR_POINTS)
    assert four_points is not None  # noqa: S101 (for the type checker)
    return TreeMeasures(
        average_distortion=average_distortion(distances, sample.lengths),
        average_distortion_error=_error(average_distortion, distances),
        worst_distortion=worst_distortion(distances, sample.lengths),
        **neighbourhoods(side, sampled_queries() if queries is None else queries),
        cophenetic=correlation(distances, sample.lengths),
        cophenetic_error=_error(correlation, distances),
        relative_hyperbolicity=relative_hyperbolicity(_square(four_points, FOUR_POINTS)),
        dendrogram_correlation=correlation(merged, sample.lengths),
        dendrogram_correlation_error=_error(correlation, merged),
    )


def distortion(side: EncoderEmbedding) -> float | None:
    """The average distortion of one encoder alone, in 0.2 s; None as in `TreeMeasures`."""
    distances = _distances(side, OPERATIONS)
    if distances is None or distances.min() == distances.max():
        return None
    return average_distortion(distances, _sample().lengths)


def _distances(side: EncoderEmbedding, count: int) -> Doubles | None:
    """Hyperbolic distances (P,) of the sample's first operations; None for a Euclidean encoder."""
    if side.point is None or side.curvature is None:
        return None
    points = torch.from_numpy(side.point[_sample().operations[:count]].astype(np.float64))
    distances: Doubles = poincare_ball.pairwise_distance(points, side.curvature).numpy()
    return distances


@dataclass(frozen=True)
class _Sample:
    operations: Integers  # (n,) in the order drawn
    lengths: NDArray[np.int8]  # (P,) path lengths of their pairs
    batches: Integers  # (20, 4950) which of the pairs lie within each batch


@lru_cache(1)
def _sample() -> _Sample:
    operations = np.random.default_rng(SEED).permutation(ternary.N)[:OPERATIONS]
    first, second = np.triu_indices(OPERATIONS, 1)
    size = OPERATIONS // BATCHES
    within = np.flatnonzero(first // size == second // size)  # batch after batch
    return _Sample(operations, path_lengths(operations, ternary.T), within.reshape(BATCHES, -1))


def sampled_queries() -> Integers:
    """The operations (Q,) whose neighbourhoods `measure` ranks."""
    return _sample().operations[:QUERIES]


def neighbourhoods(side: EncoderEmbedding, queries: Integers) -> dict[str, float]:
    """map_3, map_9 and map_27 with their standard errors, for queries (Q,): the part of `measure` without pairs."""
    parts = [queries[start : start + neighbours.CHUNK] for start in range(0, len(queries), neighbours.CHUNK)]
    precision = np.concatenate([average_precision(neighbours.ranking_keys(side, part), part) for part in parts])
    whole = len(queries) == ternary.N
    errors = np.zeros(len(SIZES)) if whole else precision.std(0, ddof=1) / len(queries) ** 0.5
    found: dict[str, float] = {}
    for size, mean, error in zip(SIZES, precision.mean(0), errors, strict=True):
        found |= {f"map_{size}": float(mean), f"map_{size}_error": float(error)}
    return found


def _error(of: Callable[[Doubles, NDArray[np.int8]], float | None], distances: Doubles) -> float | None:
    """Standard error of a statistic of the sample's distances (P,), from its value in each batch of operations."""
    sample = _sample()
    values = [value for batch in sample.batches if (value := of(distances[batch], sample.lengths[batch])) is not None]
    return float(np.std(values, ddof=1) / BATCHES**0.5) if len(values) == BATCHES else None


def _square(distances: Doubles, n: int) -> Doubles:
    """Distances (P,) of n points as a symmetric matrix (n, n)."""
    square = np.zeros((n, n))
    square[np.triu_indices(n, 1)] = distances
    square += square.T
    return square
