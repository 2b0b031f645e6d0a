"""The nearest operations of an operation, exact over all 19,683: by the model, by 3-adic and by Hamming distance.

The model's distance has no ties to speak of. The other two have few values and many ties: 3^m - 1 operations lie within
the m-th smallest 3-adic distance 3^(m - 9) of any operation, and 18, 162, 834, 2,850, ... within Hamming distance 1, 2,
3, 4, .... So "the k nearest" by these is not one set of operations. What is always one set is the ball B that reaches
out to the k-th nearest, ties included: |B| >= k. Agreement is the share of the model's k nearest that lie in B. It is 1
if the model keeps to B, and |B| / 19,682 on average for k operations drawn at random, which is given beside it.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.geometry import poincare_ball
from tvae.models.embedding import EncoderEmbedding
from tvae.operations import ternary

CHUNK = 64  # operations at a time: 64 x 19,683 distances are 10 MB

Integers = NDArray[np.int64]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """How far the model's k nearest are near by a distance with ties; see the module for the definition."""

    share: float  # of the k that lie in the ball B, 0..1
    chance: float  # the mean share of k operations drawn at random, |B| / 19,682
    within: float  # the distance of the k-th nearest, the radius of B
    size: int  # |B|, the operation itself left out


@dataclass(frozen=True)
class Neighbourhood:
    """The k nearest other operations of one operation by three distances, nearest first; `distances` is the model's."""

    operation: int
    nearest: Integers  # (k,) by the model's distance
    distances: Doubles  # (k,)
    nearest_3adic: Integers  # (k,) of equal 3-adic distances the one that is nearer in the model
    distances_3adic: Doubles  # (k,)
    nearest_hamming: Integers  # (k,) likewise
    distances_hamming: Doubles  # (k,)
    agreement_3adic: Agreement
    agreement_hamming: Agreement


def nearest(side: EncoderEmbedding, indices: Integers, k: int) -> tuple[Integers, Doubles]:
    """The k nearest other operations (K, k) of each of `indices` (K,), and their distances (K, k), nearest first.

    Hyperbolic distance of the points; Euclidean distance of the latent means for a checkpoint without a ball. Of equal
    distances the lower index comes first. 1 <= k <= 19,682.
    """
    found = [_nearest(side, indices[start : start + CHUNK], k) for start in range(0, len(indices), CHUNK)]
    if not found:
        return np.empty((0, k), np.int64), np.empty((0, k))
    return np.concatenate([who for who, _ in found]), np.concatenate([how_far for _, how_far in found])


def neighbourhood(side: EncoderEmbedding, indices: Integers, k: int) -> list[Neighbourhood]:
    """The neighbours of each of `indices` (K,) by the three distances, and how these agree. 1 <= k <= 19,682."""
    who, how_far = nearest(side, indices, k)
    everyone = np.arange(ternary.N)
    found = []
    for index, near, far in zip(indices.tolist(), who, how_far, strict=True):
        adic = ternary.distance_3adic(index, everyone)  # (N,)
        hamming = ternary.distance_hamming(index, everyone)
        found.append(
            Neighbourhood(
                index,
                near,
                far,
                *_tied(side, index, adic, k),
                *_tied(side, index, hamming, k),
                _agreement(index, adic, near),
                _agreement(index, hamming, near),
            )
        )
    return found


def _agreement(index: int, distances: NDArray[np.float64] | Integers, near: Integers) -> Agreement:
    """Of the model's k nearest `near` (k,), judged by `distances` (N,) from `index`."""
    others = np.delete(distances, index)
    within = np.partition(others, len(near) - 1)[len(near) - 1]
    size = int((others <= within).sum())
    share = float((distances[near] <= within).mean())
    return Agreement(share, size / (ternary.N - 1), float(within), size)


def _tied(
    side: EncoderEmbedding, index: int, distances: NDArray[np.float64] | Integers, k: int
) -> tuple[Integers, Doubles]:
    """The k nearest (k,) by `distances` (N,), ties by the model's distance, then by index; the latter (k,) too."""
    others = np.delete(np.arange(ternary.N), index)
    within = np.partition(distances[others], k - 1)[k - 1]
    candidates = others[distances[others] <= within]
    far = model_distances(side, np.array([index]), candidates[None])[0]
    ranked = np.lexsort((candidates, far, distances[candidates]))[:k]
    return candidates[ranked], far[ranked]


def _nearest(side: EncoderEmbedding, chosen: Integers, k: int) -> tuple[Integers, Doubles]:
    order = _monotone(side, chosen)  # (K, N)
    order[np.arange(len(chosen)), chosen] = np.inf
    # A few more than k, so that rounding in the product cannot cost the last place; then sorted by exact distances.
    some = min(k + 8, ternary.N - 1)
    candidates = np.sort(np.argpartition(order, some - 1, axis=1)[:, :some], axis=1)  # (K, some)
    far = model_distances(side, chosen, candidates)
    ranked = np.argsort(far, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(candidates, ranked, 1), np.take_along_axis(far, ranked, 1)


def model_distances(side: EncoderEmbedding, chosen: Integers, candidates: Integers) -> Doubles:
    """The model's distances (K, S) from `chosen` (K,) to `candidates` (K, S)."""
    vectors = side.mu if side.point is None else side.point  # (N, D)
    left, right = (torch.from_numpy(vectors[which].astype(np.float64)) for which in (chosen[:, None], candidates))
    curved = side.point is not None and side.curvature is not None
    far: Doubles = (
        poincare_ball.distance(left, right, side.curvature or 1.0) if curved else poincare_ball.norm(left - right)
    ).numpy()
    return far


def _monotone(side: EncoderEmbedding, chosen: Integers) -> Doubles:
    """Numbers (K, N) in the order of the distances: |x - y|^2, over (1 - c |y|^2) in the ball, by one product."""
    vectors = (side.mu if side.point is None else side.point).astype(np.float64)  # (N, D)
    squares = np.einsum("nd,nd->n", vectors, vectors)
    gaps = squares[chosen, None] + squares[None] - 2 * vectors[chosen] @ vectors.T
    result: Doubles = gaps if side.point is None or side.curvature is None else gaps / (1 - side.curvature * squares)
    return result
