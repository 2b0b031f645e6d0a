"""The nearest neighbours of an operation, exact over all 19,683: by the model, 3-adic and Hamming distance.

The model's distance has practically no ties. The other two have few values and many ties: 3^m - 1 operations lie within
the m-th smallest 3-adic distance 3^(m - 9) of any operation, and 18, 162, 834, 2,850, ... within Hamming distance 1, 2,
3, 4, .... So "the k nearest" by these distances is not a unique set. The ball B whose radius is the distance of the
k-th nearest is unique: it includes all ties, so |B| >= k. Agreement is the share of the model's k nearest that lie in
B. It is 1 if all of them do, and |B| / 19,682 on average for k random operations; this chance value is returned too.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.geometry import poincare_ball
from tvae.models.embedding import EncoderEmbedding
from tvae.operations import ternary

CHUNK = 64  # operations at a time: 64 x 19,683 distances are 10 MB
# Candidates besides the k, in case the product's rounding errors change their order; exact distances then sort them.
SPARE = 8

Integers = NDArray[np.int64]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """Agreement of the model's k nearest with a distance that has ties; the module has the definition."""

    share: float  # of the k nearest that lie in the ball B, 0..1
    chance: float  # the mean share for k random operations, |B| / 19,682
    within: float  # the distance of the k-th nearest, the radius of B
    size: int  # |B|, without the operation itself


@dataclass(frozen=True)
class Neighbourhood:
    """The k nearest other operations of one operation by three distances, nearest first.

    The model's distance from the operation is given for each of them, whichever distance chose them.
    """

    operation: int
    nearest: Integers  # (k,) by the model's distance
    distances: Doubles  # (k,)
    nearest_3adic: Integers  # (k,) by 3-adic distance, ties in the order of the model's
    distances_3adic: Doubles  # (k,) the model's
    nearest_hamming: Integers  # (k,) likewise by Hamming distance
    distances_hamming: Doubles  # (k,) the model's
    agreement_3adic: Agreement
    agreement_hamming: Agreement


def nearest(side: EncoderEmbedding, indices: Integers, k: int) -> tuple[Integers, Doubles]:
    """The k nearest other operations (K, k) of each of `indices` (K,), and their distances (K, k), nearest first.

    Hyperbolic distance of the points; Euclidean distance of the latent means for a checkpoint without a ball. Ties are
    in the order of the index. 1 <= k <= 19,682.
    """
    if not len(indices):
        return np.empty((0, k), np.int64), np.empty((0, k))
    left, right = _factors(side, indices)
    found = []
    for start in range(0, len(indices), CHUNK):
        chosen = indices[start : start + CHUNK]
        keys = left[start : start + CHUNK] @ right  # (K, N)
        keys[torch.arange(len(chosen)), chosen] = torch.inf
        candidates = keys.topk(min(k + SPARE, ternary.N - 1), largest=False, sorted=False).indices  # (K, k + SPARE)
        others = candidates.sort(dim=1).values.numpy()
        distances = model_distances(side, chosen, others)
        ranked = np.argsort(distances, axis=1, kind="stable")[:, :k]
        found.append([np.take_along_axis(values, ranked, 1) for values in (others, distances)])
    others, distances = map(np.concatenate, zip(*found, strict=True))
    return others, distances


def graph(side: EncoderEmbedding, k: int) -> Integers:
    """The k nearest other operations (N, k) of every operation."""
    return nearest_of_all(side, k)[0]


def nearest_of_all(side: EncoderEmbedding, k: int) -> tuple[Integers, Doubles]:
    """What `nearest` finds for every operation."""
    return nearest(side, np.arange(ternary.N), k)


def neighbourhood(side: EncoderEmbedding, indices: Integers, k: int) -> list[Neighbourhood]:
    """The neighbours of each of `indices` (K,) by the three distances, and their agreement. 1 <= k <= 19,682."""
    operations = np.arange(ternary.N)
    found = []
    for index, near, distances in zip(indices.tolist(), *nearest(side, indices, k), strict=True):
        adic = ternary.distance_3adic(index, operations)  # (N,)
        hamming = ternary.distance_hamming(index, operations)
        found.append(
            Neighbourhood(
                index,
                near,
                distances,
                *_tied(side, index, adic, k),
                *_tied(side, index, hamming, k),
                _agreement(index, adic, near),
                _agreement(index, hamming, near),
            )
        )
    return found


def _agreement(index: int, distances: NDArray[np.float64] | Integers, near: Integers) -> Agreement:
    """Agreement of the model's k nearest `near` (k,) with the `distances` (N,) from `index`."""
    others = np.delete(distances, index)
    within = np.partition(others, len(near) - 1)[len(near) - 1]
    size = int((others <= within).sum())
    share = float((distances[near] <= within).mean())
    return Agreement(share, size / (ternary.N - 1), float(within), size)


def _tied(
    side: EncoderEmbedding, index: int, distances: NDArray[np.float64] | Integers, k: int
) -> tuple[Integers, Doubles]:
    """The nearest (k,) by `distances` (N,), ties by the model's distance, then by index, and their model distances."""
    others = np.delete(np.arange(ternary.N), index)
    within = np.partition(distances[others], k - 1)[k - 1]
    candidates = others[distances[others] <= within]
    by_model = model_distances(side, np.array([index]), candidates[None])[0]
    ranked = np.lexsort((candidates, by_model, distances[candidates]))[:k]
    return candidates[ranked], by_model[ranked]


def model_distances(side: EncoderEmbedding, chosen: Integers, candidates: Integers) -> Doubles:
    """The model's distances (K, S) from `chosen` (K,) to `candidates` (K, S)."""
    vectors = side.mu if side.point is None else side.point  # (N, D)
    left, right = (torch.from_numpy(vectors[which].astype(np.float64)) for which in (chosen[:, None], candidates))
    if side.curvature is None:
        distances = poincare_ball.norm(left - right)
    else:
        distances = poincare_ball.distance(left, right, side.curvature)
    numbers: Doubles = distances.numpy()
    return numbers


def _factors(side: EncoderEmbedding, chosen: Integers) -> tuple[torch.Tensor, torch.Tensor]:
    """(K, D + 2) and (D + 2, N), whose product is `ranking_keys`: three times as fast for many operations.

    They are (x, 1, |x|^2) and (-2 y w, |y|^2 w, w), with w = 1 / (1 - c |y|^2), or 1 without a ball.
    """
    vectors = (side.mu if side.point is None else side.point).astype(np.float64)  # (N, D)
    squares = np.einsum("nd,nd->n", vectors, vectors)
    weights = np.ones(ternary.N) if side.curvature is None else 1 / (1 - side.curvature * squares)
    left = np.column_stack([vectors[chosen], np.ones(len(chosen)), squares[chosen]])
    right = np.vstack([-2 * vectors.T * weights, squares * weights, weights])
    return torch.from_numpy(left), torch.from_numpy(right)


def ranking_keys(side: EncoderEmbedding, chosen: Integers) -> Doubles:
    """Numbers (K, N) in the order of the distances from `chosen` (K,) to all: |x - y|^2, over 1 - c |y|^2 in the ball.

    Faster than distances. Rounding (1e-16) may change the order of leaves that are almost equally far.
    """
    vectors = (side.mu if side.point is None else side.point).astype(np.float64)  # (N, D)
    squares = np.einsum("nd,nd->n", vectors, vectors)
    gaps = squares[chosen, None] + squares[None] - 2 * vectors[chosen] @ vectors.T
    result: Doubles = gaps if side.curvature is None else gaps / (1 - side.curvature * squares)
    return result
