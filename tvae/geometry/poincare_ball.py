"""The Poincare ball of curvature -c: pure functions on torch tensors of any leading shape; the last axis is the space.

The ball is {z : sqrt(c) |z| < 1}. Papers call two lengths "radius"; here the *norm* is the Euclidean |z|, and the
*radius* is the hyperbolic distance from the origin.

Numerical cap: `sqrt(c) |z|` is clamped to `max_unit_norm(dtype)` (1 - 1e-6 in float32, 1 - 1e-12 in float64), so that
every result and every gradient is finite, even for points on or outside the boundary. float32 itself is inaccurate
near the boundary: within 1e-4 of it the error of the radius is up to about 1e-3. Use float64 where that matters.

Formulas: Ganea, Becigneul, Hofmann, "Hyperbolic Neural Networks" (2018), section 2; Ungar, "A Gyrovector Space Approach
to Hyperbolic Geometry" (2008).
"""

import math
from typing import cast

import torch
from torch import Tensor

TINY = 1e-15  # smaller lengths count as 0; its square is still a normal float32


def max_unit_norm(dtype: torch.dtype) -> float:
    """The value to which a larger sqrt(c) |z| is clamped."""
    return 1.0 - (1e-12 if dtype == torch.float64 else 1e-6)


def _unit_norm(z: Tensor, c: float | Tensor) -> Tensor:
    """sqrt(c) |z|, capped, shape (..., 1)."""
    return (_sqrt(c) * norm(z).unsqueeze(-1)).clamp(max=max_unit_norm(z.dtype))


def _sqrt(c: float | Tensor) -> float | Tensor:
    return c.sqrt() if isinstance(c, Tensor) else math.sqrt(c)


def norm(z: Tensor) -> Tensor:
    """Euclidean norm |z| of (..., D) points, shape (...), in [0, 1 / sqrt(c)) for points of the ball."""
    return cast(Tensor, torch.linalg.vector_norm(z, dim=-1))


def radius(z: Tensor, c: float | Tensor = 1.0) -> Tensor:
    """Hyperbolic distance from the origin, shape (...), in [0, inf).

    d(0, z) = (2 / sqrt(c)) artanh(sqrt(c) |z|). At c = 1 the norm 0.95 is radius 3.6636, 0.99 is 5.2933.
    """
    return 2.0 / _sqrt(c) * torch.atanh(_unit_norm(z, c).squeeze(-1))


def distance(x: Tensor, y: Tensor, c: float | Tensor = 1.0) -> Tensor:
    """Hyperbolic distance between (..., D) points, broadcast, shape (...), in [0, inf).

    d(x, y) = (1 / sqrt(c)) arcosh(1 + 2 c |x - y|^2 / ((1 - c |x|^2)(1 - c |y|^2))), computed by the identity
    arcosh(1 + 2 s^2) = 2 arsinh(s), which is accurate for close points and has a finite gradient at x = y.
    """
    root = _sqrt(c)
    gap = root * norm(x - y)
    conformal = (1 - _unit_norm(x, c).square()) * (1 - _unit_norm(y, c).square())
    return 2.0 / root * torch.asinh(gap / conformal.squeeze(-1).sqrt())


def distance_of_pairs(x: Tensor, first: Tensor, second: Tensor, c: float | Tensor = 1.0) -> Tensor:
    """`distance` of the pairs (x[first], x[second]) of (n, D) points, shape (P,): the same values, faster.

    The points' own factors are computed once for each point, not for each pair in which it occurs.
    """
    root = _sqrt(c)
    conformal = (1 - _unit_norm(x, c).square()).squeeze(-1)  # (n,)
    gap = root * norm(x.index_select(0, first) - x.index_select(0, second))
    return 2.0 / root * torch.asinh(gap / (conformal[first] * conformal[second]).sqrt())


def pairwise_distance(x: Tensor, c: float | Tensor = 1.0) -> Tensor:
    """`distance` of all pairs of (n, D) points, shape (n (n - 1) / 2,), in the order of torch.pdist; much faster."""
    root = _sqrt(c)
    scale = (1 - _unit_norm(x, c).square()).squeeze(-1).rsqrt()  # (n,)
    first, second = torch.triu_indices(len(x), len(x), 1)
    return 2.0 / root * torch.asinh(root * torch.pdist(x) * scale[first] * scale[second])


def log0(z: Tensor, c: float | Tensor = 1.0) -> Tensor:
    """Logarithmic map at the origin, (..., D) -> (..., D), inverse of `exp0`.

    log0(z) = artanh(sqrt(c) |z|) z / (sqrt(c) |z|); log0(0) = 0.
    """
    unit = _unit_norm(z, c).clamp(min=TINY)
    return torch.atanh(unit) / unit * z


def exp0(v: Tensor, c: float | Tensor = 1.0) -> Tensor:
    """Exponential map at the origin, (..., D) -> (..., D), into the ball.

    exp0(v) = tanh(sqrt(c) |v|) v / (sqrt(c) |v|); exp0(0) = 0. The norm of the result is capped.
    """
    unit = (_sqrt(c) * norm(v).unsqueeze(-1)).clamp(min=TINY)
    return torch.tanh(unit).clamp(max=max_unit_norm(v.dtype)) / unit * v


def mobius_add(x: Tensor, y: Tensor, c: float | Tensor = 1.0) -> Tensor:
    """Moebius addition x (+) y, (..., D): the hyperbolic translation that maps 0 to x; (-x) (+) (x (+) y) = y.

    ((1 + 2c<x,y> + c|y|^2) x + (1 - c|x|^2) y) / (1 + 2c<x,y> + c^2 |x|^2 |y|^2)  (Ungar 2008, definition 3.40).
    """
    dot = (x * y).sum(-1, keepdim=True)
    x2, y2 = x.square().sum(-1, keepdim=True), y.square().sum(-1, keepdim=True)
    above = (1 + 2 * c * dot + c * y2) * x + (1 - c * x2) * y
    return above / (1 + 2 * c * dot + c * c * x2 * y2).clamp(min=TINY)


def geodesic(x: Tensor, y: Tensor, t: float | Tensor, c: float | Tensor = 1.0) -> Tensor:
    """The point at fraction t of the geodesic from x (t = 0) to y (t = 1), (..., D); d(x, point) = t d(x, y).

    x (+) (t (x) (-x (+) y)), with t (x) z = exp0(t log0(z)) (Ganea et al. 2018, equation 6).
    """
    return mobius_add(x, exp0(t * log0(mobius_add(-x, y, c), c), c), c)
