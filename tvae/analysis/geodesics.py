"""Decode points between the operations: single points, and the path from one operation to another.

Axes: P points (of a path, both ends included), D = 16 latent dimensions.

What a decoder reads depends on the checkpoint (`decoder_input`). If it reads the ball, each point of the geodesic is
decoded itself. If it reads the latent mean mu, the ball shows only the projection of mu, and a point of the ball
determines no mean. Then there are two paths with the same ends, at the same t: the geodesic in the ball, whose points
and radii are returned, and the straight line between the two means, which is decoded. `projection_gap` is the
hyperbolic distance from the geodesic's point to the projection of the decoded mean. It is 0 at both ends, and 0
everywhere if the decoder reads the ball. A checkpoint without a ball has the straight line only.

Decoder A reads encoder A's means, or any point of the ball. Encoder B's means need a decoder B, which only v5_5 has;
otherwise a path by encoder B is decoded only if decoder A reads the ball.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.errors import InputError
from tvae.geometry import poincare_ball
from tvae.models.embedding import Embedding, confidence_of, decoded_trits
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations import ternary
from tvae.operations.validation import Encoder

ROUNDING: Final = 1e-5  # accepted excess over max_radius: rounding 16 numbers to 6 decimals can add as much

Integers = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Decoded:
    """The decoder's output for P points."""

    logits: Floats  # (P, 9, 3)
    trits: NDArray[np.int8]  # (P, 9), argmax
    index: Integers  # (P,) the operation with these trits
    confidence: Doubles  # (P,) the smallest of the nine positions, in [1/3, 1]
    valuation: NDArray[np.int8]  # (P,) of that operation


@dataclass(frozen=True)
class DecodedPoints:
    """P decoded points, and their positions in the ball."""

    decoded: Decoded
    point: Doubles | None  # (P, D) in A's ball; None without a ball
    radius: Doubles  # (P,) hyperbolic; the Euclidean norm of the mean without a ball


@dataclass(frozen=True)
class GeodesicPath:
    """A path from one operation to another in equal steps; the module says what is decoded."""

    start: int
    end: int
    t: Doubles  # (P,) 0..1, the fraction of the path
    length: float  # d(start, end), hyperbolic; the Euclidean distance of the means without a ball
    point: Doubles | None  # (P, D) on the geodesic; None without a ball
    radius: Doubles  # (P,) of the point; the Euclidean norm of the mean without a ball
    decoded_from: Literal["ball", "mu"] | None  # None: no decoder reads this encoder
    mu: Doubles | None  # (P, D) the decoded means; None if the decoder reads the ball or nothing is decoded
    decoded: Decoded | None  # None if no decoder reads this encoder
    projection_gap: Doubles | None  # (P,) from `point` to the projection of the decoded mean; None without both


def decode(model: TernaryVAE, points: Doubles) -> DecodedPoints:
    """Decode points (P, D) with decoder A: points of the ball if it reads the ball, else latent means.

    Raises InputError for a point of the ball with a norm above `largest_norm`, and for logits that overflow.
    """
    wide = torch.from_numpy(points)
    with torch.inference_mode():
        if model.config.decoder_input == "log0":
            _check_inside(model, points)
            logits = model.decoder_A(model.ball_latent(wide).float())
            return DecodedPoints(_decoded(logits), points, poincare_ball.radius(wide, _curvature(model)).numpy())
        logits = model.decoder_A(wide.float())
        if model.config.projection == "none":
            return DecodedPoints(_decoded(logits), None, poincare_ball.norm(wide).numpy())
        point = model.project(wide.float(), wide.float())[0].double()
        return DecodedPoints(_decoded(logits), point.numpy(), poincare_ball.radius(point, _curvature(model)).numpy())


def largest_norm(model: TernaryVAE) -> float:
    """The Euclidean norm up to which `decode` accepts points of the ball: max_radius, or the ball's radius if smaller.

    `decode` tolerates `ROUNDING` more, but never a point on or outside the boundary of the ball.
    """
    return min(model.config.max_radius, _edge(model))


def _edge(model: TernaryVAE) -> float:
    """Euclidean radius of the ball, 1 / sqrt(c)."""
    return 1 / math.sqrt(_curvature(model))


def _check_inside(model: TernaryVAE, points: Doubles) -> None:
    """Raise InputError for the first of the points (P, D) that is outside the part of the ball that the model uses."""
    norms = np.linalg.norm(points, axis=1)
    largest, edge = largest_norm(model), _edge(model)
    outside = np.flatnonzero((norms > largest + ROUNDING) | (norms >= edge))
    if len(outside):
        first = int(outside[0])
        where = "outside the ball" if norms[first] >= edge else "larger than any that this model produces"
        raise InputError(
            f"Point {first + 1} has the Euclidean norm {norms[first]:.6f}, {where}. Norms up to {largest:.6g} are "
            f"accepted; scale it down, for example by {largest / norms[first] * 0.99:.3g}."
        )


def geodesic(
    model: TernaryVAE, embedding: Embedding, start: int, end: int, steps: int, encoder: Encoder = "A"
) -> GeodesicPath:
    """The path from operation `start` to `end` in `steps` equal steps: `steps` + 1 points, both ends included.

    `embedding` must be that of `model`. steps >= 1; start = end is allowed.
    """
    side = embedding.side(encoder)
    ends = [start, end]
    t = np.arange(steps + 1) / steps
    means = _line(side.mu[ends].astype(np.float64), t)  # (P, D)
    with torch.inference_mode():
        if side.point is None or side.curvature is None:
            decoder = model.decoder_A if encoder == "A" else getattr(model, "decoder_B", None)
            decoded = None if decoder is None else _decoded(decoder(torch.from_numpy(means).float()))
            length = float(np.linalg.norm(means[-1] - means[0]))
            source: Literal["mu"] | None = None if decoded is None else "mu"
            return GeodesicPath(
                start, end, t, length, None, np.linalg.norm(means, axis=1), source, means, decoded, None
            )
        first, last = torch.from_numpy(side.point[ends].astype(np.float64))
        path = poincare_ball.geodesic(first, last, torch.from_numpy(t)[:, None], side.curvature)  # (P, D)
        length = float(poincare_ball.distance(first, last, side.curvature))
        point, radius = path.numpy(), poincare_ball.radius(path, side.curvature).numpy()
        if embedding.decoder_input == "log0":
            decoded = _decoded(model.decoder_A(model.ball_latent(path).float()))
            return GeodesicPath(start, end, t, length, point, radius, "ball", None, decoded, np.zeros(steps + 1))
        if encoder == "B":
            return GeodesicPath(start, end, t, length, point, radius, None, None, None, None)
        mu = torch.from_numpy(means).float()
        projected = model.project(mu, mu)[0].double()
        gap = poincare_ball.distance(path, projected, side.curvature).numpy()
        return GeodesicPath(start, end, t, length, point, radius, "mu", means, _decoded(model.decoder_A(mu)), gap)


def _line(ends: Doubles, t: Doubles) -> Doubles:
    """(1 - t) x + t y for ends (2, D) and t (P,), (P, D)."""
    line: Doubles = (1 - t[:, None]) * ends[0] + t[:, None] * ends[1]
    return line


def _curvature(model: TernaryVAE) -> float:
    return float(model.curvatures()[0].detach())


def _decoded(logits: torch.Tensor) -> Decoded:
    values: Floats = logits.float().cpu().numpy()
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values).all((1, 2)))[0])
        raise InputError(
            f"The decoder overflows at point {row + 1}. Use smaller coordinates; trained means stay below 100."
        )
    trits = decoded_trits(values)
    index = ternary.index_of(trits)
    return Decoded(values, trits, index, confidence_of(values).min(-1), ternary.VALUATIONS[index])
