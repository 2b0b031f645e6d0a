"""Synthetic embeddings with known metrics. N = 19,683 operations, D = 16 dimensions."""

import numpy as np
import torch

from tvae.geometry import poincare_ball
from tvae.models.embedding import EncoderEmbedding
from tvae.operations import ternary

EVERY = np.arange(ternary.N)
D = 16


def ball_side(point: np.ndarray) -> EncoderEmbedding:
    """One encoder's embedding from its points (N, D) at c = 1."""
    narrow = point.astype(np.float32)
    wide = torch.from_numpy(narrow.astype(np.float64))
    norm = poincare_ball.norm(wide).numpy()
    return EncoderEmbedding(narrow, narrow, norm, 2 * np.arctanh(norm), 1.0)


def side_of(norms: np.ndarray, seed: int = 0) -> EncoderEmbedding:
    """Points in seeded random directions with exactly these norms (N,), by construction rather than by rounding."""
    direction = np.random.default_rng(seed).normal(size=(ternary.N, D))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    point = (norms[:, None] * direction).astype(np.float32)
    return EncoderEmbedding(point, point, norms.astype(np.float64), 2 * np.arctanh(norms.astype(np.float64)), 1.0)


def nested() -> EncoderEmbedding:
    """A perfect hierarchy: each level has its own interval of norms, and all norms differ."""
    low, width = 0.9 - 0.09 * ternary.VALUATIONS, 0.05
    return side_of(low + width * (EVERY * 0.6180339887498949 % 1.0))


def noisy(seed: int, tied: bool = False) -> EncoderEmbedding:
    """Norms that decrease with the valuation, with noise as large as the steps; `tied`: rounded to 0.001."""
    rng = np.random.default_rng(seed)
    norms = np.clip(0.75 - 0.05 * ternary.VALUATIONS + 0.06 * rng.normal(size=ternary.N), 0.01, 0.97)
    return side_of(norms.round(3) if tied else norms, seed)


def collapsed() -> EncoderEmbedding:
    """All operations at the same point."""
    return ball_side(np.full((ternary.N, D), 0.1))


def flat(seed: int) -> EncoderEmbedding:
    """A Euclidean embedding: no ball, and the radius is the norm of mu."""
    mu = np.random.default_rng(seed).normal(size=(ternary.N, D)).astype(np.float32)
    return EncoderEmbedding(mu, None, None, np.linalg.norm(mu.astype(np.float64), axis=1), None)


def tree(largest: float = 0.4, q: float = 0.55) -> EncoderEmbedding:
    """Digit k on a pair of coordinates, weight q^k: 0 at the origin, 1 and 2 on axes; the last on the first pair."""
    digits = ternary.ALL_TRITS + 1  # (N, 9)
    point = np.zeros((ternary.N, D))
    for k in range(ternary.T):
        pair = 2 * (k % 8)
        for digit in (1, 2):
            point[digits[:, k] == digit, pair + digit - 1] += q**k
    return ball_side(point * largest / np.linalg.norm(point, axis=1).max())
