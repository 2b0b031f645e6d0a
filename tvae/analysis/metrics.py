"""Metrics of an embedding, each defined here and nowhere else.

All are deterministic, and exact over all N = 19,683 operations unless a docstring says "seeded sample". An undefined
metric (constant radius, no ball) is None, never 0. Valuation levels are v = 0..9.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.errors import InputError
from tvae.geometry import poincare_ball
from tvae.models.embedding import Embedding, EncoderEmbedding, decoded_trits
from tvae.models.ternary_vae import DecoderInput
from tvae.operations import ternary

LEVELS = len(ternary.LEVEL_SIZES)
SAMPLE = 1_000  # operations in the seeded sample of the distance correlation, 499,500 pairs
TREE_PAIRS = 400_000  # pairs (and triplets) in the seeded sample of the tree metrics
TREE_BATCHES = 20  # of that sample, for the standard error
CHUNK = 50_000  # pairs whose distances are computed at a time, to limit memory
SEED = 0

Doubles = NDArray[np.float64]


def spearman_ceiling(sizes: tuple[int, ...]) -> float:
    """Largest |Spearman| between untied values and a variable with tie groups of these sizes.

    sqrt(1 - sum(t^3 - t) / (N^3 - N)). For the level sizes 13122, 4374, ..., 1 it is 0.8320502954, and it tends to
    sqrt(9 / 13) for infinitely many levels.
    """
    total = sum(sizes)
    return float((1 - sum(t**3 - t for t in sizes) / (total**3 - total)) ** 0.5)


def tree_ceiling(p: int, depth: int | None) -> float:
    """Largest Spearman correlation of untied distances and the p-adic distance, over all pairs of p^depth leaves.

    `p` >= 2 is the number of branches at each node, prime or not; `depth` >= 2, or None for the limit of infinitely
    many levels. A leaf shares exactly its first k digits with (p - 1) p^(n-1-k) of the p^n - 1 others, k = 0..n-1. The
    p-adic distance is tied within each of these n groups of pairs, shares f_k = (p - 1) p^(n-1-k) / (p^n - 1) of all M
    pairs, so `spearman_ceiling` applies: sqrt((1 - sum f_k^3) / (1 - 1/M^2)), which is sqrt(1 - sum f_k^3) for all but
    the smallest trees. For n to infinity f_k is (p - 1) / p^(k+1), and the limit sqrt(1 - (p - 1)^3 / (p^3 - 1)). A
    value beyond it is noise of sampled pairs, or comes from tied distances. Raises InputError for another p or depth.
    """
    if p < 2 or (depth is not None and depth < 2):
        raise InputError(f"Found {p} branches and the depth {depth}; both are at least 2, for example 3 and 9.")
    if depth is None:
        return float((1 - (p - 1) ** 3 / (p**3 - 1)) ** 0.5)
    return spearman_ceiling(tuple(p**depth * (p - 1) * p ** (depth - 1 - k) // 2 for k in range(depth)))


HIERARCHY_CEILING = spearman_ceiling(ternary.LEVEL_SIZES)


@dataclass(frozen=True)
class Ceilings:
    """The mathematical limit of each metric, where there is one."""

    hierarchy: float = -HIERARCHY_CEILING  # a larger magnitude needs tied radii: collapsed shells
    overlaps: int = 0
    richness: float = 0.99**2 / 40  # for norms in [0, 0.99] without overlap; approached, not reached
    distance_correlation: float = 0.9146  # with untied distances, over the whole population
    q: float = 0.9146 + 1.5 * HIERARCHY_CEILING  # 2.1627
    tree_fidelity: float = tree_ceiling(3, ternary.T)  # by ties of the 3-adic distance
    triplet_agreement: float = 1.0


CEILINGS = Ceilings()


@dataclass(frozen=True)
class EncoderMetrics:
    """Metrics of one encoder; those that need a ball are None for a Euclidean checkpoint."""

    hierarchy: float | None  # Spearman of valuation and radius; the best is -0.8320502954
    overlaps: int  # neighbouring level pairs that overlap, 0..9; 0 is best
    overlapping: tuple[int, ...]  # the v of each overlapping pair (v, v + 1)
    ordering_accuracy: float | None  # share of pairs in the right order, 0..1; chance 0.5
    richness: float | None  # mean over levels of the variance of the norm; high is good if no levels overlap
    hyperbolic_richness: float | None  # the same of the hyperbolic radius; not comparable with richness
    distance_correlation: float | None  # seeded sample, -1..1, high is good
    q: float | None  # distance correlation + 1.5 |hierarchy|
    tree_fidelity: float | None  # seeded sample, -1..1; the best is +0.8320
    tree_fidelity_error: float | None  # its standard error
    triplet_agreement: float | None  # seeded sample, 0..1; chance 0.5
    level_mean_norm: tuple[float, ...] | None  # (10,)
    level_mean_radius: tuple[float, ...]  # (10,) hyperbolic, or Euclidean |mu| without a ball


@dataclass(frozen=True)
class Coverage:
    """How many operations the decoder reconstructs exactly, from one of its two possible inputs."""

    coverage: float  # reconstructed / total
    reconstructed: int
    total: int
    trit_accuracy: float  # share of the 9 N trits that are right
    by_position: tuple[float, ...]  # (9,) share of right trits at each position
    by_valuation: tuple[float, ...]  # (10,) share of reconstructed operations in each level
    failing: tuple[int, ...]  # indices of the operations with a wrong trit


@dataclass(frozen=True)
class Metrics:
    """Everything that `evaluate` measures."""

    at_mu: Coverage  # decoder input mu_A; this is what "coverage" means everywhere
    at_ball: Coverage | None  # decoder input log0(point_A); only for checkpoints whose decoder reads the ball
    decoder_input: DecoderInput  # the input that the checkpoint itself uses
    a: EncoderMetrics
    b: EncoderMetrics
    at_mu_b: Coverage | None = None  # decoder_B with input mu_B; only for checkpoints with a second decoder (v5_5)


def evaluate(embedding: Embedding, tree: bool = True) -> Metrics:
    """All metrics. `tree=False` omits tree fidelity and triplet agreement (None), which take most of the time.

    Raises TypeError for anything but an embedding.
    """
    if not isinstance(embedding, Embedding):
        raise TypeError(f"evaluate takes an Embedding, not {type(embedding).__name__}. Make one: tvae.embed(model).")
    return Metrics(
        at_mu=coverage(embedding.mu_logits),
        at_ball=coverage(embedding.logits) if embedding.decoder_input == "log0" else None,
        decoder_input=embedding.decoder_input,
        a=encoder_metrics(embedding.a, tree),
        b=encoder_metrics(embedding.b, tree),
        at_mu_b=None if embedding.logits_b is None else coverage(embedding.logits_b),
    )


def coverage(logits: NDArray[np.float32]) -> Coverage:
    """Exact reconstruction of all operations from logits (N, 9, 3): argmax at each position, all nine right."""
    right = decoded_trits(logits) == ternary.ALL_TRITS  # (N, 9)
    exact = right.all(1)
    sizes = np.asarray(ternary.LEVEL_SIZES)
    by_position = right.mean(0)
    return Coverage(
        coverage=float(exact.mean()),
        reconstructed=int(exact.sum()),
        total=ternary.N,
        trit_accuracy=float(by_position.mean()),
        by_position=tuple(by_position.tolist()),
        by_valuation=tuple((np.bincount(ternary.VALUATIONS, exact, LEVELS) / sizes).tolist()),
        failing=tuple(np.flatnonzero(~exact).tolist()),
    )


def encoder_metrics(side: EncoderEmbedding, tree: bool = True) -> EncoderMetrics:
    """All metrics of one encoder."""
    hierarchy = spearman(side.radius, ternary.VALUATIONS)
    correlation = None if side.point is None else distance_correlation(side.point)
    q = None if correlation is None or hierarchy is None else correlation + 1.5 * abs(hierarchy)
    overlapping = overlapping_levels(side.radius)
    fidelity = tree_metrics(side) if tree and side.point is not None else TreeMetrics(None, None, None)
    return EncoderMetrics(
        hierarchy=hierarchy,
        overlaps=len(overlapping),
        overlapping=overlapping,
        ordering_accuracy=concordance(side.radius),
        richness=None if side.norm is None else richness(side.norm),
        hyperbolic_richness=None if side.point is None else richness(side.radius),
        distance_correlation=correlation,
        q=q,
        tree_fidelity=fidelity.fidelity,
        tree_fidelity_error=fidelity.error,
        triplet_agreement=fidelity.triplets,
        level_mean_norm=None if side.norm is None else level_means(side.norm),
        level_mean_radius=level_means(side.radius),
    )


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
        poincare_ball.distance(wide[left[k : k + CHUNK]], wide[right[k : k + CHUNK]], side.curvature)
        for k in range(0, len(first), CHUNK)
    ]
    distances: Doubles = torch.cat(parts).numpy()
    return distances
