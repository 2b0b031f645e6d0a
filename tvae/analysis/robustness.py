"""Robustness of the decoder: confusion between trits, calibration of the confidence, noise, and random points.

Axes: N = 19,683 operations, T = 9 trits, D = 16 latent dimensions. The decoder is decoder A with the input that the
checkpoint itself uses: the latent mean, or log0 of its projection. Random numbers are seeded: the same seed on the same
machine gives the same results.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.analysis.metrics.levels import LEVELS
from tvae.errors import EmbeddingError
from tvae.models.embedding import CHUNK, Embedding, EncoderEmbedding, confidence_of, decoded_trits
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations import ternary, validation

DEVIATIONS: Final = tuple(k / 4 for k in range(13))  # 0, 0.25, ..., 3
SAMPLES: Final = (100, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
EDGES: Final = (1 / 3, 0.5, 0.7, 0.9, 0.99, 0.999, 0.9999, 0.99999, 1.0)  # of confidence; three trits: never below 1/3
ECE_BINS: Final = 15
MAX_SEED: Final = 2**31 - 1

Integers = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Confusion:
    """Counts of [true trit + 1][decoded trit + 1]; errors are off the diagonal."""

    by_position: Integers  # (9, 3, 3); each row of each table sums to N / 3
    by_valuation: Integers  # (10, 3, 3) over all nine positions; each table sums to 9 x the level's size


@dataclass(frozen=True)
class Bin:
    """The trits decoded with a confidence in [low, high); the last bin includes 1."""

    low: float
    high: float
    count: int
    confidence: float | None  # mean; None in an empty bin
    accuracy: float | None  # share of right trits; None in an empty bin


@dataclass(frozen=True)
class Calibration:
    """Confidence compared with accuracy over all 9 N trits; see `calibration`."""

    bins: tuple[Bin, ...]
    confidence: float  # mean over all trits
    accuracy: float
    ece: float  # expected calibration error, 0..1; 0 is best


@dataclass(frozen=True)
class Noise:
    """Coverage when z = mu + s sigma eps is decoded instead of mu, with the same eps for every s."""

    deviations: tuple[float, ...]  # s
    coverage: tuple[float, ...]  # share of operations with nine right trits
    trit_accuracy: tuple[float, ...]
    by_valuation: tuple[tuple[float, ...], ...]  # coverage of each level, 10 for each s
    sigma: float  # mean over operations and dimensions
    spread: float  # of the means: standard deviation over operations, mean over dimensions; to compare with sigma


@dataclass(frozen=True)
class DecoderSupport:
    """How many different operations are decoded from random points, drawn independently of the operations."""

    samples: tuple[int, ...]  # M points
    reached: tuple[int, ...]  # different operations among the first M
    uniform: tuple[float, ...]  # expectation for M draws of equally likely operations: N (1 - (1 - 1 / N)^M)
    by_valuation: tuple[float, ...]  # (10,) share of each level that all points together decode to


@dataclass(frozen=True)
class Robustness:
    """Everything that `evaluate` measures."""

    confusion: Confusion
    calibration: Calibration
    noise: Noise
    prior: DecoderSupport  # latents drawn from N(0, I)
    ball: DecoderSupport | None  # points drawn in the ball; None unless the decoder reads the ball
    seed: int  # of all draws


def seed_of(given: object) -> int:
    """Validate a seed, 0 to 2^31 - 1. Raises InputError for any other value."""
    return validation.count(given, 0, MAX_SEED, "The seed", 0)


def evaluate(model: TernaryVAE, embedding: Embedding, seed: int = 0) -> Robustness:
    """All measurements of encoder A and decoder A; `embedding` must be that of `model`. Under a second on one core."""
    return Robustness(
        confusion=confusion(embedding.logits),
        calibration=calibration(embedding.logits),
        noise=noise(model, embedding, seed),
        prior=prior_reach(model, seed),
        ball=ball_reach(model, embedding.a, seed) if embedding.decoder_input == "log0" else None,
        seed=seed,
    )


def confusion(logits: Floats) -> Confusion:
    """Confusion matrices of true and decoded trits, from logits (N, 9, 3)."""
    pairs = 3 * (ternary.ALL_TRITS.astype(np.int64) + 1) + decoded_trits(logits) + 1  # (N, 9) in 0..8
    cells = 9 * np.arange(ternary.T) + pairs
    levels = 9 * ternary.VALUATIONS[:, None].astype(np.int64) + pairs
    return Confusion(
        by_position=np.bincount(cells.ravel(), minlength=9 * ternary.T).reshape(ternary.T, 3, 3),
        by_valuation=np.bincount(levels.ravel(), minlength=9 * LEVELS).reshape(LEVELS, 3, 3),
    )


def calibration(logits: Floats) -> Calibration:
    """Whether the decoder is right as often as its confidence says, from logits (N, 9, 3).

    Confidence is the softmax probability of the decoded trit. The bins get narrower towards 1, where a trained decoder
    has nearly all its trits. ECE = sum over bins of (n_b / n) |accuracy_b - confidence_b|, over 15 bins of equal width
    on [0, 1], the usual definition: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks" (2017),
    equation 3, after Naeini, Cooper, Hauskrecht (2015). If every trit is right, ECE is 1 - mean confidence.
    """
    confidence = confidence_of(logits).ravel()
    right = (decoded_trits(logits) == ternary.ALL_TRITS).ravel()
    counts, confidences, hits = _binned(confidence, right, np.asarray(EDGES))
    bins = tuple(
        Bin(low, high, int(n), float(total / n) if n else None, float(hit / n) if n else None)
        for low, high, n, total, hit in zip(EDGES[:-1], EDGES[1:], counts, confidences, hits, strict=True)
    )
    _, even_confidences, even_hits = _binned(confidence, right, np.linspace(0, 1, ECE_BINS + 1))
    return Calibration(
        bins=bins,
        confidence=float(confidence.mean()),
        accuracy=float(right.mean()),
        ece=float(np.abs(even_hits - even_confidences).sum() / len(confidence)),
    )


def _binned(confidence: Doubles, right: NDArray[np.bool_], edges: Doubles) -> tuple[Integers, Doubles, Doubles]:
    """For each bin between `edges`: number of trits, sum of their confidences, and number of right trits."""
    place = np.searchsorted(edges[1:-1], confidence, side="right")
    size = len(edges) - 1
    counts: Integers = np.bincount(place, minlength=size)
    confidences: Doubles = np.bincount(place, confidence, size).astype(np.float64)
    hits: Doubles = np.bincount(place, right, size).astype(np.float64)
    return counts, confidences, hits


def noise(model: TernaryVAE, embedding: Embedding, seed: int = 0) -> Noise:
    """Coverage of z = mu + s sigma eps, eps ~ N(0, I), for s in `DEVIATIONS`; sigma is encoder A's own.

    eps is the same for every s, so that the curve depends on s and not on the draw. At s = 0 the value is the
    checkpoint's coverage; elsewhere its standard error is below 0.4%. In a network trained without sampling, sigma is
    not trained and remains about as large as at initialisation; compare it with `spread`.

    Raises EmbeddingError if sigma is not finite.
    """
    mu = torch.from_numpy(embedding.a.mu.copy())
    with torch.inference_mode():
        _, logvar = model.encoder_A(torch.from_numpy(ternary.ALL_TRITS.astype(np.float32)))
        sigma = (logvar / 2).exp()
        step = sigma * torch.from_numpy(_normal(seed, ternary.N, mu.shape[1]))
        if not torch.isfinite(DEVIATIONS[-1] * step).all():
            raise EmbeddingError(
                "A standard deviation of encoder A is not finite. The weights overflow; use another checkpoint or "
                "train again."
            )
        right = np.stack([_decoded(model, mu + s * step) == ternary.ALL_TRITS for s in DEVIATIONS])  # (S, N, 9)
    exact = np.all(right, axis=-1)  # (S, N)
    levels = [np.bincount(ternary.VALUATIONS, row, LEVELS) / ternary.LEVEL_SIZES for row in exact]
    return Noise(
        deviations=DEVIATIONS,
        coverage=tuple(exact.mean(-1).tolist()),
        trit_accuracy=tuple(right.mean((1, 2)).tolist()),
        by_valuation=tuple(tuple(row.tolist()) for row in levels),
        sigma=float(sigma.double().mean()),
        spread=float(embedding.a.mu.std(0, dtype=np.float64).mean()),
    )


def prior_reach(model: TernaryVAE, seed: int = 0) -> DecoderSupport:
    """Operations decoded from latents drawn from the prior N(0, I), towards which a KL term pulls the posterior.

    A recipe without a KL term has no reason to place the operations there.
    """
    latent = torch.from_numpy(_normal(seed, SAMPLES[-1], model.config.latent_dim))
    with torch.inference_mode():
        return decoder_support(ternary.index_of(_decoded(model, latent)))


def ball_reach(model: TernaryVAE, side: EncoderEmbedding, seed: int = 0) -> DecoderSupport:
    """Operations decoded from points of the ball with uniform directions and radii drawn from those of all operations.

    The points are not uniform in hyperbolic volume. Volume grows as sinh(r)^15, so 99% of it is within 0.31 of the
    largest radius (c = 1), and such points would test only the outermost shell, which is level 0.
    """
    if side.norm is None:
        raise TypeError("points of the ball need a ball")
    direction = _normal(seed, SAMPLES[-1], model.config.latent_dim).astype(np.float64)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    norms = np.random.default_rng([seed, 1]).choice(side.norm, SAMPLES[-1])
    point = torch.from_numpy((norms[:, None] * direction).astype(np.float32))
    with torch.inference_mode():
        trits = _in_chunks(lambda part: model.decoder_A(model.ball_latent(part)), point)
    return decoder_support(ternary.index_of(trits))


def decoder_support(indices: Integers) -> DecoderSupport:
    """The curve for decoded operations (M,) in the order of the draws; M is the last of `SAMPLES`."""
    found, first = np.unique(indices, return_index=True)
    seen = np.bincount(ternary.VALUATIONS[found], minlength=LEVELS)
    return DecoderSupport(
        samples=SAMPLES,
        reached=tuple(int(n) for n in np.searchsorted(np.sort(first), SAMPLES)),
        uniform=tuple(ternary.N * -np.expm1(m * np.log1p(-1 / ternary.N)).item() for m in SAMPLES),
        by_valuation=tuple((seen / np.asarray(ternary.LEVEL_SIZES)).tolist()),
    )


def _decoded(model: TernaryVAE, latent: torch.Tensor) -> NDArray[np.int8]:
    """Trits (M, 9) of latent means (M, D), through the ball if the decoder reads it."""
    if model.config.decoder_input == "mu":
        return _in_chunks(model.decoder_A, latent)
    return _in_chunks(lambda part: model.decoder_A(model.ball_latent(model.project(part, part)[0])), latent)


def _in_chunks(decode: Callable[[torch.Tensor], torch.Tensor], inputs: torch.Tensor) -> NDArray[np.int8]:
    """Decoded trits (M, 9) of the decoder's inputs (M, D)."""
    return np.concatenate([decoded_trits(decode(part).numpy()) for part in torch.split(inputs, CHUNK)])


def _normal(seed: int, rows: int, columns: int) -> Floats:
    return np.random.default_rng(seed).standard_normal((rows, columns), np.float32)
