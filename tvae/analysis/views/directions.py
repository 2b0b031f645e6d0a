"""Measured directions: principal components of all operations as seen from a centre, and how faithful they are.

Axes: N = 19,683 operations, D = 16 latent dimensions, P = 2 or 3 components in a picture. From the centre o, the
origin or the point of an operation, operation n has

    t(n) = 2 log0((-o) (+) x_n)                   its tangent vector, |t(n)| = d(o, x_n)
    t(n) - mean = sum over k of s_k u_nk e_k      the singular value decomposition, s_1 >= s_2 >= ...
    place(n) = (<t(n), e_1>, ..., <t(n), e_P>)    where it is drawn; the centre is at 0
    share_k = s_k^2 / sum over j of s_j^2         of the variance, the sum of all is 1

The Moebius translation maps the centre to 0 and preserves distances. The 2 is from the metric of the ball, 4 |dx|^2 at
0 for every curvature, so lengths are hyperbolic distances from the centre, and no dot is farther from the centre than
its operation. Without a ball, t(n) is mu_n - mu_o.

The components are those of the centred vectors: they show how operations differ. Without centring, the first component
of a centre at the edge would only point to the mean of all others. Places are not centred: the centre stays at 0,
where the axes cross. This is principal geodesic analysis in its linear form (Fletcher, Lu, Pizer, Joshi 2004), with a
chosen centre instead of the intrinsic mean. If two singular values are nearly equal, their components could be rotated
into each other, and only the plane that they span means something.

How faithful a picture is, by the k = 10 nearest of an operation; r(i, j) is the rank, from 1, of j by distance from i
in the ball, and V(i) has the k nearest in the picture:

    trustworthiness = 1 - 2 / (k (2 N - 3 k - 1)) mean over i of sum over j in V(i) of max(0, r(i, j) - k)
    overlap         = mean over i of |{j in V(i): r(i, j) <= k}| / k

Both are in 0..1, high is good. Trustworthiness (Venna and Kaski 2001) is 1 if all neighbours in the picture
are neighbours in the ball, 0 if they are the farthest, and close to 0.5 for a random picture; overlap (Q_NX of Lee and
Verleysen 2009) is k / (N - 1) for a random one. The mean is over a fixed sample of operations, ranks are over all N.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.analysis import neighbours
from tvae.analysis.tree_measures import tree_measures
from tvae.geometry import poincare_ball
from tvae.models.embedding import EncoderEmbedding

ORIGIN: Final = -1
K: Final = 10  # neighbours
QUERIES: Final = 500  # operations in the sample: the first of those of `tree_measures`
SHOWN: Final = (2, 3)  # components in a picture

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Faithfulness:
    """How many neighbours survive in a picture; the module has the definitions."""

    trustworthiness: float  # 0..1, high is good
    overlap: float  # 0..1, high is good


@dataclass(frozen=True)
class Directions:
    """The principal components of one encoder as seen from one centre."""

    components: Doubles  # (3, D) orthonormal rows, the first with the largest share
    shares: tuple[float, ...]  # of the variance, of all D components, in descending order
    faithfulness: tuple[Faithfulness, Faithfulness]  # of the pictures with 2 and with 3 components


def measure(side: EncoderEmbedding, centre: int = ORIGIN) -> Directions | None:
    """The directions as seen from `centre`, an index or `ORIGIN`; None if all operations coincide."""
    points = side.mu if side.point is None else side.point
    if (points == points[0]).all():
        return None
    vectors = tangents(side, centre)
    components, shares = principal_components(vectors)
    shown = components[: max(SHOWN)]
    places = vectors @ shown.T  # (N, 3)
    queries = tree_measures.sampled_queries()[:QUERIES]
    flat, deep = faithfulness(side, [places[:, :count] for count in SHOWN], queries)
    return Directions(shown, tuple(shares.tolist()), (flat, deep))


def tangents(side: EncoderEmbedding, centre: int = ORIGIN) -> Doubles:
    """Tangent vectors t (N, D) at the centre; lengths are distances from it."""
    if side.point is None or side.curvature is None:
        means = side.mu.astype(np.float64)
        return means if centre == ORIGIN else means - means[centre]
    points = torch.from_numpy(side.point.astype(np.float64))
    if centre != ORIGIN:
        points = poincare_ball.mobius_add(-points[centre], points, side.curvature)
    vectors: Doubles = 2 * poincare_ball.log0(points, side.curvature).numpy()
    return vectors


def principal_components(vectors: Doubles) -> tuple[Doubles, Doubles]:
    """Components (D, D), orthonormal rows, and their shares (D,) of the variance of `vectors` (N, D), N >= D.

    The sign is fixed: the entry of a component that has the largest absolute value is positive.
    """
    _, lengths, components = np.linalg.svd(vectors - vectors.mean(0), full_matrices=False)
    largest = np.abs(components).argmax(1)
    components *= np.sign(components[np.arange(len(components)), largest])[:, None]
    squares = lengths**2
    return components, squares / squares.sum()


def faithfulness(side: EncoderEmbedding, pictures: list[Doubles], queries: Integers) -> tuple[Faithfulness, ...]:
    """The faithfulness of each of `pictures` (N, P), for the queries (Q,). Operations that tie count as nearer."""
    parts = [queries[start : start + neighbours.CHUNK] for start in range(0, len(queries), neighbours.CHUNK)]
    ranks = np.concatenate([_ranks(side, pictures, part) for part in parts], axis=1)  # (pictures, Q, K)
    worst = K * (2 * len(side.mu) - 3 * K - 1) / 2
    lost = np.maximum(ranks - K, 0).sum(2) / worst  # (pictures, Q)
    kept = (ranks <= K).mean(2)
    return tuple(Faithfulness(1 - float(a.mean()), float(b.mean())) for a, b in zip(lost, kept, strict=True))


def _ranks(side: EncoderEmbedding, pictures: list[Doubles], queries: Integers) -> Integers:
    """Ranks (pictures, Q, K) in the ball, from 1, of the K nearest to the queries (Q,) in each picture."""
    rows = np.arange(len(queries))
    keys = neighbours.ranking_keys(side, queries)  # (Q, N)
    keys[rows, queries] = np.inf
    ordered = np.sort(keys, axis=1)
    found = np.empty((len(pictures), len(queries), K), np.int64)
    for ranks, places in zip(found, pictures, strict=True):
        squares = np.einsum("np,np->n", places, places)
        gaps = squares - 2 * places[queries] @ places.T  # (Q, N) in the order of the distances
        gaps[rows, queries] = np.inf
        near = np.argpartition(gaps, K, axis=1)[:, :K]
        for row, own, others, out in zip(ordered, keys, near, ranks, strict=True):
            out[:] = np.searchsorted(row, own[others]) + 1
    return found
