"""The field's measures of a tree embedding: distortion, neighbourhoods, dendrogram and hyperbolicity.

Tree fidelity and triplet agreement (`metrics`) rank random pairs, of which two thirds differ in the first digit: they
hardly see the lower third of the tree. These measures see it.

d(i, j) is the hyperbolic distance, and t(i, j) = 2 (9 - v(i - j)) the length of the path between two leaves of the
complete ternary tree of depth 9, whose 19,683 leaves are the operations and whose edges have length 1; v is the 3-adic
valuation. The functions take distances, so that they also measure smaller trees. Pairs (P,) are in the order of
torch.pdist and scipy's pdist: (0, 1), (0, 2), ..., (n - 2, n - 1).

Every value is of one fixed sample: the first operations of one permutation, drawn with `SEED`. Standard errors of means
over queries are those of a mean; those of pairs come from 20 batches of 100 operations. An extreme of the sample
(`worst_distortion`, `relative_hyperbolicity`) has no error: it belongs to this sample and its size.

Both encoders take 0.6 s of one core, and scipy's import 0.4 s, so none of this belongs to `metrics.evaluate` or to the
first page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.analysis import neighbours
from tvae.geometry import poincare_ball
from tvae.models.embedding import Embedding, EncoderEmbedding
from tvae.operations import ternary

SEED: Final = 0
OPERATIONS: Final = 2_000  # in the sample: 1,999,000 pairs
BATCHES: Final = 20  # of that sample, for standard errors
QUERIES: Final = 1_000  # operations whose neighbourhoods are ranked against all others; the first of the sample
FOUR_POINTS: Final = 500  # operations in the four-point constant, which takes cubic time; the first of the sample
SIZES: Final = (3, 9, 27)  # leaves of the subtrees whose members should be the nearest

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]


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


@dataclass(frozen=True)
class Bounds:
    """The best value of each measure. Only MAP is known to reach it; `CONSTRUCTIONS` shows how near the others come."""

    average_distortion: float = 0.0
    worst_distortion: float = 1.0
    map_3: float = 1.0
    map_9: float = 1.0
    map_27: float = 1.0
    cophenetic: float = 1.0
    relative_hyperbolicity: float = 0.0
    dendrogram_correlation: float = 1.0


BOUNDS = Bounds()


@dataclass(frozen=True)
class Construction:
    """The measures of `geometry.sarkar_tree`, as an example of low distortion. It is not proven optimal."""

    name: str
    radius: float  # hyperbolic, of the farthest leaf; the root is at the centre
    average_distortion: float
    worst_distortion: float
    map_3: float
    map_9: float
    map_27: float
    cophenetic: float
    relative_hyperbolicity: float
    dendrogram_correlation: float
    source: str


_SARKAR: Final = (
    "after Sarkar 2011, Low distortion Delaunay embedding of trees in hyperbolic plane, and De Sa et al. 2018: edges "
    "of one length, three children at 120 degrees, 109.47 degrees to the parent, a plane for each level but the last, "
    "which shares one; float64"
)
# Of the same sample as everything else, and computed again by the tests.
CONSTRUCTIONS: Final = (
    Construction("leaves at norm 0.99", 5.293, 0.0116, 1.43, 1.0, 1.0, 1.0, 0.9908, 0.0802, 0.9997, _SARKAR),
    Construction("leaves at the limit of float32", 17.3, 0.0008, 1.09, 1.0, 1.0, 1.0, 0.9999, 0.0014, 1.0, _SARKAR),
)


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


def path_lengths(leaves: Integers, depth: int) -> NDArray[np.int8]:
    """t (P,) in 2..2 depth of all pairs of `leaves` (n,) of the complete ternary tree with 3^depth leaves, depth <= 9.

    t(i, j) = 2 (depth - v(i - j)): up to the first common ancestor and down again. The least significant digit of a
    leaf is the branch at the root, as in the 3-adic metric.
    """
    first, second = np.triu_indices(len(leaves), 1)
    lengths: NDArray[np.int8] = 2 * (np.int8(depth) - ternary.valuation_of(leaves[first] - leaves[second]))
    return lengths


def average_distortion(distances: Doubles, lengths: NDArray[np.integer[Any]]) -> float | None:
    """Davg = min over s > 0 of the mean over pairs of |s d / t - 1|, for distances and path lengths (P,).

    In 0..1, low is good; 0 if all distances are proportional to path lengths, and at most 1, which s = 0 gives. None if
    all leaves coincide. De Sa, Gu, Re, Sala, "Representation Tradeoffs for Hyperbolic Embeddings" (2018, arXiv
    1804.03329), section 4; the free scale s is usual where the metric has no unit.

    Exact: with r = d / t the sum is that of r |s - 1 / r|, which is least at the median of the numbers 1 / r weighted
    by r. The ratios are their own weights, so one sort and one running sum find it: the first ratio up to which the
    sum is half of the total.
    """
    ratios = np.sort(distances / lengths)
    sums = np.cumsum(ratios)
    if sums[-1] == 0:
        return None
    scale = 1 / ratios[np.searchsorted(sums, sums[-1] / 2)]
    return float(np.abs(scale * ratios - 1).mean())


def worst_distortion(distances: Doubles, lengths: NDArray[np.integer[Any]]) -> float | None:
    """Dwc = max(d / t) / min(d / t) over pairs, for distances and path lengths (P,).

    At least 1, low is good; 1 if all distances are proportional to path lengths. An extreme of the sample, so without a
    standard error, and larger in a larger sample. None if two leaves coincide, since it is infinite then. De Sa et al.
    2018 (see `average_distortion`), section 4.
    """
    ratios = distances / lengths
    smallest = float(ratios.min())
    return float(ratios.max()) / smallest if smallest > 0 else None


def correlation(distances: Doubles, lengths: NDArray[np.integer[Any]]) -> float | None:
    """Pearson correlation of distances and path lengths (P,), in -1..1, high is good. None if either is constant.

    Of the embedding's distances it is the cophenetic correlation with the 3-adic tree: Sokal and Rohlf, "The comparison
    of dendrograms by objective methods" (1962).
    """
    if distances.min() == distances.max() or lengths.min() == lengths.max():
        return None
    x, y = distances - distances.mean(), lengths - lengths.mean()
    return float(x @ y / np.sqrt((x @ x) * (y @ y)))


def dendrogram_distances(distances: Doubles) -> Doubles:
    """Cophenetic distances (P,) of the dendrogram that distances (P,) form: the height at which two leaves are merged.

    Average linkage (UPGMA: Sokal and Michener 1958) by scipy.cluster.hierarchy. Its `correlation` with path lengths
    says whether clustering the embedding finds the 3-adic tree. Its standard error takes the dendrogram as given: over
    30 samples of `max_hierarchy` the spread was 1.6 times that error, and of other checkpoints within it.
    """
    from scipy.cluster import hierarchy  # 0.4 s

    merged: Doubles = hierarchy.cophenet(hierarchy.linkage(distances, "average"))
    return merged


def relative_hyperbolicity(distances: Doubles) -> float | None:
    """2 delta / diameter of distances (n, n), in 0..1, low is good; 0 for the path lengths of a tree.

    None if all leaves coincide. delta = max over i, j of (max over k of min(A_ik, A_kj)) - A_ij, where
    A_ij = (d(i, 0) + d(0, j) - d(i, j)) / 2 is the Gromov product at the first point: the four-point constant at that
    base point (Gromov, "Hyperbolic groups", 1987), which is at least half of the largest over all base points. The
    max-min product in cubic time: Fournier, Ismail, Vigneron, "Computing the Gromov hyperbolicity of a discrete metric
    space" (2015). An extreme of the sample, so without a standard error.
    """
    diameter = float(distances.max())
    if diameter == 0:
        return None
    products = (distances[0][:, None] + distances[0] - distances) / 2
    best, smaller = np.full_like(products, -np.inf), np.empty_like(products)
    for row in products:
        np.maximum(best, np.minimum(row[:, None], row, out=smaller), out=best)
    return float(2 * (best - products).max() / diameter)


def average_precision(keys: Doubles, queries: Integers, sizes: tuple[int, ...] = SIZES) -> Doubles:
    """Average precision (Q, S) of the ranking of all other leaves by `keys` (Q, N), for `queries` (Q,), in 0..1.

    Keys increase with the distance. For size K the relevant leaves are the K - 1 others of the query's subtree with K
    leaves; sizes are powers of 3 up to N. AP = mean over relevant j of (relevant leaves not farther than j) / (all
    leaves not farther than j), the query left out: leaves that tie with j count as nearer. 1 if the relevant leaves are
    the nearest; high is good. Its mean over queries is MAP: De Sa et al. 2018 (see `average_distortion`), section 4.

    Only leaves up to the farthest relevant one decide, so only these are sorted: few for a good embedding.
    """
    leaves, largest = keys.shape[1], max(sizes)
    step = leaves // largest
    family = queries[:, None] % step + step * np.arange(largest)  # (Q, F) the largest subtree, with the query
    near = np.take_along_axis(keys, family, 1)  # (Q, F)
    ranks = np.empty(near.shape, np.int64)  # leaves not farther than each of the family, the query left out
    for row, own, members, out in zip(keys, keys[np.arange(len(queries)), queries], near, ranks, strict=True):
        within = np.sort(row[row <= members.max()])
        out[:] = np.searchsorted(within, members, "right") - (own <= members)
    not_farther = near[:, :, None] >= near[:, None, :]  # (Q, F, F)
    precisions = []
    for size in sizes:
        relevant = ((family - queries[:, None]) % (leaves // size) == 0) & (family != queries[:, None])  # (Q, F)
        found = (not_farther & relevant[:, None]).sum(-1)
        precisions.append((relevant * found / np.maximum(ranks, 1)).sum(-1) / (size - 1))
    return np.stack(precisions, 1)


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
