"""The 3-adic tree with edges of one length as points of the Poincare ball, curvature -1: a construction, not training.

Operation n has the digits d_0 .. d_8 in {0, 1, 2}, d_0 least significant. It is a leaf of the complete ternary tree of
depth 9, and digit k says which child is taken at level k. The root is at the origin, and every edge is a geodesic of
length e. The children of a node x lie at

    x (+) tanh(e / 2) w_d        w_d = -u / 3 + (sqrt 8 / 3) (cos(2 pi d / 3) p + sin(2 pi d / 3) q)       d = 0, 1, 2

where (+) is Moebius addition, u the unit vector from x towards its parent, seen from the origin after x has been moved
there, and p, q an orthonormal basis of the level's plane made orthogonal to u. So u and w_d point to the corners of a
regular tetrahedron: the children are at 109.47 degrees to the parent and to each other. The root, which has no parent,
has its children at 120 degrees in its plane.

Nodes in different branches part at a wide angle, so the distance of two leaves nearly follows the path between them,
the better the longer the edges: Sarkar, "Low Distortion Delaunay Embedding of Trees in Hyperbolic Plane" (2011), whose
construction has one plane for the whole tree. Here each level has a plane of its own, as far as the 16 dimensions go:
digit 8 has the plane of digit 4. Of the eight that it could share, those of digits 3 to 5 give the lowest average
distortion (0.0114 to 0.0118 with leaves at norm 0.99), and that of digit 7 the highest (0.033).

All leaves are about equally far from the centre, so radii say nothing about valuation. Moving operation 0 to the centre
by a Moebius translation keeps the distances and orders the radii, but nearly doubles the largest. `exact_tree` orders
radii within a smaller ball, at a higher distortion.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.geometry import poincare_ball
from tvae.operations import ternary

DIMENSIONS: Final = 16
PLANES: Final = (0, 1, 2, 3, 4, 5, 6, 7, 4)  # of each digit; plane k has the axes 2 k and 2 k + 1
MAX_RADIUS: Final = 20.0  # float64 gives the radius to 1e-7 up to here; float32 ends at 17.3
_CLOSE: Final = 1e-7  # relative difference in radius at which the length of the edges is found

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class SarkarTree:
    """This tree as the targets of a training run, as `exact_tree.Tree` is; every target is its own centre."""

    radius: float  # as of `points`
    tolerance: float  # unit of an error, a tangent vector at the target, half as long as the geodesic

    def points(self) -> Doubles:
        """The point of every operation, (N, 16)."""
        return _points(self.radius).copy()

    def centres(self) -> Doubles:
        """The same, (N, 16)."""
        return self.points()

    def offsets(self) -> Doubles:
        """Zeros, (N, 16)."""
        return np.zeros((ternary.N, DIMENSIONS))

    def tolerances(self) -> Doubles:
        """The unit of the error of each coordinate, (16,)."""
        return np.full(DIMENSIONS, self.tolerance)

    def scales(self) -> Doubles:
        """Ones, (16,): each coordinate shows several digits, so none has a size of its own."""
        return np.ones(DIMENSIONS)

    def digit_sizes(self) -> Doubles:
        """The same for all digits, (9,), since all edges have one length."""
        return np.full(ternary.T, self.tolerance)

    def shells(self) -> Doubles:
        """The whole ball for each level, (10, 2): radii have no order here."""
        return np.tile([0.0, 1.0], (len(ternary.LEVEL_SIZES), 1))


@lru_cache(4)
def _points(radius: float) -> Doubles:
    return points(radius)


def points(radius: float) -> Doubles:
    """The point of every operation, (N, 16), row n of operation n; the farthest has this hyperbolic radius.

    0 < radius <= 20, in the ball of curvature -1; ValueError otherwise. The relative error of the radius is at most
    1e-7. The other leaves are nearly as far out: from 5.27 if the farthest has the radius 5.293 (norm 0.99).
    """
    if not 0 < radius <= MAX_RADIUS:
        raise ValueError(f"The radius is {radius}; it must be above 0 and at most {MAX_RADIUS:g}.")
    edge, slope = radius / ternary.T, float(ternary.T)  # nine edges in one line, which the paths are not: too short
    found = with_edges(edge)
    reached = _farthest(found)
    while abs(reached - radius) > _CLOSE * radius:  # secant method; seven steps are enough
        longer = edge + (radius - reached) / slope
        found = with_edges(longer)
        farther = _farthest(found)
        slope = (farther - reached) / (longer - edge)
        edge, reached = longer, farther
    return found


def _farthest(found: Doubles) -> float:
    """The largest hyperbolic radius of points (n, D)."""
    return 2 * float(np.arctanh(np.linalg.norm(found, axis=1).max()))


def with_edges(edge: float) -> Doubles:
    """The point of every operation, (N, 16), for edges of the hyperbolic length `edge`, up to 2.5; see the module."""
    step = float(np.tanh(edge / 2))
    axes = torch.eye(DIMENSIONS, dtype=torch.float64)
    nodes = torch.zeros(1, DIMENSIONS, dtype=torch.float64)  # (3^k, D) of the level; row m has the first k digits of m
    up = nodes  # (3^k, D) unit vectors towards the parents; the root has none
    for level, plane in enumerate(PLANES):
        p = _orthonormal(axes[2 * plane], up)
        q = _orthonormal(axes[2 * plane + 1], up, p)
        lean = 1 / 3 if level else 0.0
        angles = 2 * np.pi / 3 * np.arange(3)
        children = [-lean * up + (1 - lean**2) ** 0.5 * (np.cos(a) * p + np.sin(a) * q) for a in angles]
        below = torch.cat([poincare_ball.mobius_add(nodes, step * child) for child in children])  # (3^(k + 1), D)
        back = poincare_ball.mobius_add(-below, nodes.repeat(3, 1))
        nodes, up = below, back / poincare_ball.norm(back)[:, None]
    found: Doubles = nodes.numpy()
    return found


def _orthonormal(axis: torch.Tensor, *others: torch.Tensor) -> torch.Tensor:
    """The unit vectors (n, D) of an axis (D,) without its parts along `others`, (n, D) each, unit or zero."""
    rest = axis - sum((other @ axis)[:, None] * other for other in others)
    return rest / poincare_ball.norm(rest)[:, None]
