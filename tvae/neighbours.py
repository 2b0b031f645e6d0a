"""The nearest operations of an operation, exact over all 19,683."""

import numpy as np
import torch
from numpy.typing import NDArray

from tvae import ball, ternary
from tvae.embedding import Side

CHUNK = 64  # operations at a time: 64 x 19,683 distances are 10 MB


def nearest(side: Side, indices: NDArray[np.int64], k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The k nearest other operations (K, k) of each of `indices` (K,), and their distances (K, k), nearest first.

    Hyperbolic distance of the points; Euclidean distance of the latent means for a checkpoint without a ball. Of equal
    distances the lower index comes first. 1 <= k <= 19,682.
    """
    found = [_nearest(side, indices[start : start + CHUNK], k) for start in range(0, len(indices), CHUNK)]
    if not found:
        return np.empty((0, k), np.int64), np.empty((0, k))
    return np.concatenate([who for who, _ in found]), np.concatenate([how_far for _, how_far in found])


def _nearest(side: Side, chosen: NDArray[np.int64], k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    vectors = (side.mu if side.point is None else side.point).astype(np.float64)  # (N, D)
    order = _monotone(vectors, chosen, None if side.point is None else side.curvature)  # (K, N)
    order[np.arange(len(chosen)), chosen] = np.inf
    # A few more than k, so that rounding in the product cannot cost the last place; then sorted by exact distances.
    some = min(k + 8, ternary.N - 1)
    candidates = np.sort(np.argpartition(order, some - 1, axis=1)[:, :some], axis=1)  # (K, some)
    left, right = torch.from_numpy(vectors[chosen])[:, None], torch.from_numpy(vectors[candidates])
    if side.point is None or side.curvature is None:
        distances = ball.norm(left - right).numpy()
    else:
        distances = ball.distance(left, right, side.curvature).numpy()
    ranked = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(candidates, ranked, 1), np.take_along_axis(distances, ranked, 1)


def _monotone(vectors: NDArray[np.float64], chosen: NDArray[np.int64], c: float | None) -> NDArray[np.float64]:
    """Numbers (K, N) in the order of the distances: |x - y|^2, over (1 - c |y|^2) in the ball, by one product."""
    squares = np.einsum("nd,nd->n", vectors, vectors)
    gaps = squares[chosen, None] + squares[None] - 2 * vectors[chosen] @ vectors.T
    result: NDArray[np.float64] = gaps if c is None else gaps / (1 - c * squares)
    return result
