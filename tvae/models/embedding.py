"""Output of one model for all 19,683 operations: computed once, deterministically, as immutable arrays.

Axes: N = 19,683 operations (row n is operation n), D = 16 latent dimensions, T = 9 trits. The latent is the posterior
mean, never a sample, and chunks have a fixed size: two embeddings of one model on one machine are identical.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.errors import EmbeddingError
from tvae.geometry import poincare_ball
from tvae.models.config import DecoderInput
from tvae.models.ternary_vae import ModelOutput, TernaryVAE
from tvae.operations import ternary
from tvae.operations.named import name_of
from tvae.operations.parsing import Typed, parse_operations

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Scalar = TypeVar("Scalar", bound=np.generic)

CURVATURES = (1e-7, 1e7)  # of a ball; recorded ones are well within, a learned one may have left them
CHUNK = 6_561  # a third of N: large enough for two cores, small enough for their caches
DECIMALS = 6  # of vectors in JSON: float32 has seven digits, and every digit makes the answer longer


@dataclass(frozen=True)
class EncoderEmbedding:
    """One encoder's half of an embedding; every array is read-only."""

    mu: Floats  # (N, D) posterior mean
    point: Floats | None  # (N, D) in the ball, c |point|^2 < 1; None for a Euclidean checkpoint
    norm: Doubles | None  # (N,) Euclidean norm of point; None for a Euclidean checkpoint
    radius: Doubles  # (N,) hyperbolic distance from the origin; the Euclidean norm of mu without a ball
    curvature: float | None  # c of the ball; None for a Euclidean checkpoint


@dataclass(frozen=True)
class Embedding:
    """Output of one model for every operation; arrays are read-only."""

    a: EncoderEmbedding
    b: EncoderEmbedding
    logits: Floats  # (N, 9, 3) decoder at the input that the checkpoint itself uses
    mu_logits: Floats  # (N, 9, 3) decoder at mu_A; the same array if the checkpoint reads mu itself
    reconstruction: NDArray[np.int8]  # (N, 9) trits, argmax of logits
    exact: NDArray[np.bool_]  # (N,) whether all nine trits are right
    decoder_input: DecoderInput
    logits_b: Floats | None = None  # (N, 9, 3) decoder_B at mu_B; None without a second decoder (all but v5_5)

    @property
    def has_ball(self) -> bool:
        """False for a Euclidean checkpoint, which has no point and no norm; its radius is |mu|."""
        return self.a.point is not None

    def side(self, encoder: str) -> EncoderEmbedding:
        """The half of encoder "A" or "B"."""
        return self.b if encoder == "B" else self.a


def embed(model: TernaryVAE) -> Embedding:
    """Encode, project and decode all operations with `model`, on the model's device.

    Deterministic; the model's training mode is restored. Raises EmbeddingError if a value is not finite, a learned
    curvature is extreme, or a point lies outside the ball (possible if a file's curvature and max_radius do not match),
    and TypeError for anything but a model.
    """
    if not isinstance(model, TernaryVAE):
        raise TypeError(f'embed takes a TernaryVAE, not {type(model).__name__}. Load one: tvae.load("tree").')
    training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            passes = list(_chunks(model))
            curvatures = [float(c) for c in model.curvatures()] if passes[0][0].point_a is not None else [None, None]
    finally:
        model.train(training)
    logits = _checked(_joined([out.logits for out, _ in passes]), "logit")
    at_mu = _checked(_joined([at_mu for _, at_mu in passes]), "logit") if model.config.decoder_input != "mu" else logits
    second = [out.logits_b for out, _ in passes if out.logits_b is not None]
    reconstruction = decoded_trits(logits)
    return Embedding(
        a=_side([out.mu_a for out, _ in passes], [out.point_a for out, _ in passes], curvatures[0], "A"),
        b=_side([out.mu_b for out, _ in passes], [out.point_b for out, _ in passes], curvatures[1], "B"),
        logits=logits,
        mu_logits=at_mu,
        logits_b=_checked(_joined(second), "logit of decoder B") if second else None,
        reconstruction=_frozen(reconstruction),
        exact=_frozen((reconstruction == ternary.ALL_TRITS).all(-1)),
        decoder_input=model.config.decoder_input,
    )


def _chunks(model: TernaryVAE) -> Iterator[tuple[ModelOutput, torch.Tensor]]:
    """Output of the forward pass chunk by chunk, each with the decoder's logits at mu_A."""
    device = next(model.parameters()).device
    trits = torch.from_numpy(ternary.ALL_TRITS.astype(np.float32)).to(device)  # (N, 9)
    for start in range(0, ternary.N, CHUNK):
        out: ModelOutput = model(trits[start : start + CHUNK])
        yield out, out.logits if model.config.decoder_input == "mu" else model.decoder_A(out.mu_a)


def _joined(parts: list[torch.Tensor]) -> Floats:
    """Chunks of rows as one numpy array on the CPU."""
    rows: Floats = torch.cat(parts).float().cpu().numpy()
    return rows


def _side(
    mus: list[torch.Tensor], points: list[torch.Tensor | None], curvature: float | None, encoder: str
) -> EncoderEmbedding:
    mu = _checked(_joined(mus), f"latent mean of encoder {encoder}")
    inside = [part for part in points if part is not None]
    if not inside or curvature is None:
        return EncoderEmbedding(mu, None, None, _frozen(_norm(mu)), None)
    point = _checked(_joined(inside), f"point of encoder {encoder}")
    norm = _norm(point)
    least, most = CURVATURES
    if not least <= curvature <= most:
        raise EmbeddingError(
            f"The ball of encoder {encoder} has curvature {curvature:g}, and not one from {least:g} to {most:g}. Use "
            "another checkpoint or train again."
        )
    if (largest := norm.max()) * curvature**0.5 >= 1:
        raise EmbeddingError(
            f"Encoder {encoder} puts a point at norm {largest:.6f}, outside the ball of radius {curvature**-0.5:.6f} "
            f"(curvature {curvature:.6f}). The file's curvature and max_radius do not match; give the right "
            "max_radius in its config, or use another checkpoint."
        )
    return EncoderEmbedding(mu, point, _frozen(norm), _frozen(_radius(norm, curvature)), curvature)


def side_of_points(points: Doubles, curvature: float) -> EncoderEmbedding:
    """The half of an embedding with the given points (N, D), c |point|^2 < 1; its means are log0 of the points."""
    point = _frozen(points.astype(np.float32))
    mu = poincare_ball.log0(torch.from_numpy(point.astype(np.float64)), curvature).float().numpy()
    norm = _norm(point)
    return EncoderEmbedding(_frozen(mu), point, _frozen(norm), _frozen(_radius(norm, curvature)), curvature)


def _norm(vectors: Floats) -> Doubles:
    """Euclidean norms (N,) of points or means (N, D), in float64."""
    norm: Doubles = poincare_ball.norm(torch.from_numpy(vectors.astype(np.float64))).numpy()
    return norm


def _radius(norm: Doubles, curvature: float) -> Doubles:
    """Radii (N,) of norms (N,), equal for equal norms: torch's vectorised artanh may differ in the last bit."""
    lengths, place = np.unique(norm, return_inverse=True)
    radii: Doubles = poincare_ball.radius(torch.from_numpy(lengths)[:, None], curvature).numpy()[place]
    return radii


def _checked(array: Floats, what: str) -> Floats:
    """The array, made read-only, after a check that it is finite: its sum is finite only if every entry is."""
    if not np.isfinite(array.sum(dtype=np.float64)):
        row = int(np.flatnonzero(~np.isfinite(array).reshape(ternary.N, -1).all(1))[0])
        raise EmbeddingError(
            f"The {what} of operation {row} is not finite. The weights overflow; use another checkpoint or train again."
        )
    return _frozen(array)


def _frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    array.flags.writeable = False
    return array


def decoded_trits(logits: Floats) -> NDArray[np.int8]:
    """Argmax of logits (..., 9, 3) as trits (..., 9); a tie goes to the lower trit, as in numpy's argmax."""
    low, middle, high = logits[..., 0], logits[..., 1], logits[..., 2]
    best = np.maximum(low, middle)
    trits: NDArray[np.int8] = np.where(high > best, np.int8(1), np.where(middle > low, np.int8(0), np.int8(-1)))
    return trits


def confidence_of(logits: Floats) -> Doubles:
    """Softmax probability of the decoded trit at each position, logits (..., 9, 3) -> (..., 9) in [1/3, 1]."""
    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    probability: Doubles = 1.0 / np.exp(shifted).sum(-1)
    return probability


class EncodedOperation(TypedDict, total=False):
    """One row of `encode`; norms and radii as in `EncoderEmbedding`. Vectors are absent with `vectors=False`."""

    index: int
    trits: list[int]
    name: str | None
    valuation: int
    norm_a: float | None
    norm_b: float | None
    radius_a: float
    radius_b: float
    reconstruction: list[int]
    exact: bool
    confidence: float  # the smallest of the nine positions, in [1/3, 1]
    mu_a: list[float]
    mu_b: list[float]
    point_a: list[float] | None
    point_b: list[float] | None
    logits: list[list[float]]  # 9 x 3


def encode(model: TernaryVAE | Embedding, operations: Typed, vectors: bool = True) -> list[EncodedOperation]:
    """Output of `model` for the chosen operations, one row each, in the order given.

    `operations` is anything that `parse_operations` accepts. Vectors (mu, point, logits) are rounded to 6 decimals, and
    left out with `vectors=False`. Raises OperationsError, or EmbeddingError as `embed` does.
    """
    indices = parse_operations(operations)
    embedding = model if isinstance(model, Embedding) else embed(model)
    return encoded_rows(embedding, indices, vectors)


def encoded_rows(embedding: Embedding, indices: tuple[int, ...], vectors: bool) -> list[EncodedOperation]:
    """Rows of `encode` for indices in 0..19,682."""
    chosen = np.asarray(indices, np.int64)  # (K,)
    columns: dict[str, list[Any]] = {
        "index": chosen.tolist(),
        "trits": ternary.ALL_TRITS[chosen].tolist(),
        "name": [name_of(index) for index in indices],
        "valuation": ternary.VALUATIONS[chosen].tolist(),
        "norm_a": _column(embedding.a.norm, chosen),
        "norm_b": _column(embedding.b.norm, chosen),
        "radius_a": _column(embedding.a.radius, chosen),
        "radius_b": _column(embedding.b.radius, chosen),
        "reconstruction": embedding.reconstruction[chosen].tolist(),
        "exact": embedding.exact[chosen].tolist(),
        "confidence": confidence_of(embedding.logits[chosen]).min(-1).tolist(),
    }
    if vectors:
        columns |= {
            "mu_a": _column(embedding.a.mu, chosen),
            "mu_b": _column(embedding.b.mu, chosen),
            "point_a": _column(embedding.a.point, chosen),
            "point_b": _column(embedding.b.point, chosen),
            "logits": _column(embedding.logits, chosen),
        }
    names = tuple(columns)
    return [EncodedOperation(**dict(zip(names, row, strict=True))) for row in zip(*columns.values(), strict=True)]  # type: ignore[typeddict-item]


def _column(array: NDArray[np.floating[Any]] | None, chosen: NDArray[np.int64]) -> list[Any]:
    if array is None:
        return [None] * len(chosen)
    rows = array[chosen]
    rounded: list[Any] = (rows if rows.dtype == np.float64 else rows.astype(np.float64).round(DECIMALS)).tolist()
    return rounded
