"""Places of sequences in two dimensions, and which sequences are near each other in all 16.

Axes: S training sequences, P points (training sequences, then those of the caller), D = 16. With the latent means m of
the training sequences and their centred singular value decomposition,

    m - mean = sum over k of s_k u_k e_k       place(m) = (<m - mean, e_1>, <m - mean, e_2>)

and share_k = s_k^2 / sum over j of s_j^2. Other sequences are projected with the same components, so they do not change
the picture; distances are Euclidean in all D dimensions, and never those of the picture. Without two different training
sequences the components are those of all points.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.analysis.views.directions import principal_components

NEAREST: Final = 5
AXES: Final = 2

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Projection:
    """P points."""

    places: Doubles  # (P, 2)
    shares: tuple[float, float]  # of the variance of the points that determine the components; 0 without any
    nearest: tuple[tuple[int, ...], ...]  # (P, at most NEAREST) the nearest of the training points, else of all others
    distances: tuple[tuple[float, ...], ...]  # of these, Euclidean


def project(training: Doubles, own: Doubles) -> Projection:
    """The places of latent means (S, D) and (P - S, D), at least one in all."""
    points = np.concatenate([training, own])
    basis = training if _differ(training) else points
    components, shares = np.zeros((AXES, points.shape[1])), np.zeros(AXES)
    if _differ(basis):
        found, of_all = principal_components(basis)
        count = min(AXES, len(found))
        components[:count], shares[:count] = found[:count], of_all[:count]
    candidates = len(training) or len(points)
    near = [_nearest(points, point, candidates) for point in range(len(points))]
    return Projection(
        (points - basis.mean(0)) @ components.T,
        (float(shares[0]), float(shares[1])),
        tuple(tuple(places) for places, _ in near),
        tuple(tuple(lengths) for _, lengths in near),
    )


def _differ(means: Doubles) -> bool:
    return len(means) > 1 and bool((means != means[0]).any())


def _nearest(points: Doubles, point: int, candidates: int) -> tuple[list[int], list[float]]:
    """The nearest other points among the first `candidates`; of equally near ones, the first."""
    lengths = np.linalg.norm(points[:candidates] - points[point], axis=1)
    if point < candidates:
        lengths[point] = np.inf
    order = np.argsort(lengths, kind="stable")[: min(NEAREST, candidates - (point < candidates))]
    return order.tolist(), lengths[order].tolist()
