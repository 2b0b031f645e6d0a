"""The measures of distances, each defined here and nowhere else. They also measure smaller trees."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tvae.operations import ternary

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]
SIZES: Final = (3, 9, 27)  # leaves of the subtrees whose members should be the nearest


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
