"""Align two embeddings of the ball by a rotation, and say what still differs.

Nothing distinguishes an embedding from a rotated copy: all distances and radii are the same. Before points of two
checkpoints are compared, the second is therefore rotated, or reflected, onto the first. It is not translated, because
the centre has a meaning: radii are measured from it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.geometry import poincare_ball
from tvae.models.embedding import EncoderEmbedding

MOVED: Final = 20  # operations listed, with the largest distances

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Alignment:
    """The points of two encoders after the second was aligned to the first; N operations."""

    residual: float  # 0..1, low means alike; see `align`
    distances: Doubles  # (N,) hyperbolic, from each point of the first to its point in the second, curvature -1
    moved_most: Integers  # (20,) operations by distance, largest first, ties by index


def align(first: EncoderEmbedding, second: EncoderEmbedding) -> Alignment | None:
    """Align the points Y of `second` to the points X of `first`, both (N, 16); None unless both have a ball.

    Q = argmin |Y Q - X| over orthogonal matrices, with Frobenius norms: the orthogonal Procrustes problem (Schönemann,
    "A generalized solution of the orthogonal Procrustes problem", 1966). The curvatures may differ: points are
    multiplied by sqrt(c), so that both balls have radius 1 and distances are those of curvature -1.

    residual = |Y Q - X| / sqrt(|X|^2 + |Y|^2), the relative root-mean-square difference. In 0..1, low means alike: 0 if
    the embeddings are the same up to rotation, 1 if their coordinates are uncorrelated (Y^T X = 0). Both orders give
    the same number.
    """
    if first.point is None or second.point is None or first.curvature is None or second.curvature is None:
        return None
    from scipy.linalg import orthogonal_procrustes  # 0.2 s

    x = first.point.astype(np.float64) * first.curvature**0.5
    y = second.point.astype(np.float64) * second.curvature**0.5
    rotated = y @ orthogonal_procrustes(y, x)[0]
    size = float((x**2).sum() + (y**2).sum())
    residual = float(((rotated - x) ** 2).sum() / size) ** 0.5 if size else 0.0
    distances: Doubles = poincare_ball.distance(torch.from_numpy(x), torch.from_numpy(rotated)).numpy()
    return Alignment(residual, distances, np.argsort(-distances, kind="stable")[:MOVED])
