"""Layout of the 16-dimensional ball as a disk around any centre: exact radii, and angles from the digit tree.

Axes: N = 19,683 operations, D = 16 latent dimensions. Operation n has the digits d_0 .. d_8, digit = trit + 1, d_0
least significant.

    rho(n)   = d(o, x_n), the hyperbolic distance from the centre o to the operation's point in the 16-dimensional ball
    angle(n) = 2 pi (sum over k of d_k 3^-(k + 1) + 3^-9 / 2)
    place(n) = tanh(sqrt(c) rho / 2) (cos angle, sin angle), in the unit disk, for a ball of curvature -c

The hyperbolic distance of every operation from the centre is exact, and so is the tree: the first digit determines one
of three sectors, and each further digit a third of the remaining arc. Each 3-adic ball {n : n = a mod 3^m} is an arc of
2 pi 3^-m, disjoint balls have disjoint arcs, and each operation is in the middle of its own cell. Nothing else is
exact. The angle encodes the digits; it is not a measured direction. So the distance between two dots in the disk is not
their distance in the ball, unless one of them is the centre: adjacent dots can be far apart in the ball, and distant
dots close. Neighbours are computed in the ball.

Changing the centre is a Moebius translation of the ball, x -> (-o) (+) x, which preserves all distances and maps o to
0; any point can be the centre. The angles stay the same. The alternative, the tree of n - o as seen from operation o,
also has arcs as balls, but subtraction carries between digits: dots would jump across the disk whenever the centre
moves, and a centre between the operations has no number. With fixed angles each dot moves along its own ray, its sector
and colour stay valid, and the 3-adic balls around the centre are nested arcs around its ray.
"""

from typing import Final

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from tvae.errors import InputError
from tvae.geometry import poincare_ball
from tvae.models.embedding import EncoderEmbedding
from tvae.operations import ternary

CELL: Final = 2 * np.pi / ternary.N  # width of one operation's arc
STEPS: Final = 32_767  # largest absolute value of a packed coordinate

Doubles = NDArray[np.float64]


def angle(index: ArrayLike) -> Doubles:
    """Angles (...,) in (0, 2 pi) of operations (...,) in 0..19,682, from the digit tree."""
    reversed_index = (ternary.ALL_TRITS[np.asarray(index)].astype(np.int64) + 1) @ ternary.POWERS[::-1]
    angles: Doubles = CELL * (reversed_index + 0.5)
    return angles


def operation_at(angles: ArrayLike) -> NDArray[np.int64]:
    """The operations (...,) whose cells contain the angles (...,), modulo 2 pi; the inverse of `angle`."""
    cell = np.floor(np.asarray(angles, np.float64) % (2 * np.pi) / CELL).astype(np.int64) % ternary.N
    indices: NDArray[np.int64] = (ternary.ALL_TRITS[cell].astype(np.int64) + 1) @ ternary.POWERS[::-1]
    return indices


def translate(points: Doubles, centre: Doubles, c: float = 1.0) -> Doubles:
    """Points (..., D) of the ball after the Moebius translation that maps `centre` (D,) to 0: (-centre) (+) points."""
    moved: Doubles = poincare_ball.mobius_add(-torch.from_numpy(centre), torch.from_numpy(points), c).numpy()
    return moved


def radii_from(side: EncoderEmbedding, centre: Doubles) -> Doubles:
    """rho (N,): hyperbolic distances of all operations from `centre` (D,), a point inside the ball.

    Equal to the radii of the translated points, by a formula that is also accurate for close points. Raises InputError
    for a checkpoint without a ball.
    """
    points, c = _ball(side)
    distances: Doubles = poincare_ball.distance(torch.from_numpy(points), torch.from_numpy(centre), c).numpy()
    return distances


def lift(side: EncoderEmbedding, centre: Doubles, radius: float, at_angle: float) -> Doubles:
    """A point (D,) of the ball for a place in the disk: exact at the operations, and a convention between them.

    Its hyperbolic distance from `centre` (D,) is `radius` >= 0, on the ray to the operation whose cell contains the
    angle. If that operation is the centre, which defines no ray, the next cell is used. Raises InputError for a
    checkpoint without a ball.
    """
    points, c = _ball(side)
    cells = operation_at(float(at_angle) + CELL * np.arange(2))
    moved = torch.from_numpy(translate(points[cells], centre, c))  # (2, D)
    lengths = poincare_ball.norm(moved)
    ray = (
        moved[0] / lengths[0]
        if lengths[0] > poincare_ball.TINY
        else moved[1] / lengths[1].clamp(min=poincare_ball.TINY)
    )
    point: Doubles = poincare_ball.mobius_add(
        torch.from_numpy(centre), poincare_ball.exp0(ray * radius / 2, c), c
    ).numpy()
    return point


def lift_mean(side: EncoderEmbedding, centre: int, radius: float, at_angle: float) -> Doubles:
    """A latent mean (D,) for a place in the disk around operation `centre`, for a decoder that reads means.

    As in `geodesics`, the straight line between two means accompanies the geodesic. The mean is at t = radius / d on
    the line to the operation whose cell contains the angle (the next cell if that is the centre), where d is the
    distance of this operation from the centre. t = 1 is the operation's own mean, t > 1 is beyond it. The model's
    projection of this mean is near the place, not exactly at it. Raises InputError for a checkpoint without a ball.
    """
    points, c = _ball(side)
    cell, after = (int(index) for index in operation_at(float(at_angle) + CELL * np.arange(2)))
    target = after if cell == centre else cell
    distance = float(poincare_ball.distance(torch.from_numpy(points[centre]), torch.from_numpy(points[target]), c))
    ends = side.mu[[centre, target]].astype(np.float64)
    mean: Doubles = ends[0] + radius / max(distance, poincare_ball.TINY) * (ends[1] - ends[0])
    return mean


def pack(side: EncoderEmbedding) -> bytes:
    """All points of one encoder for a browser that moves the centre itself, 708,652 bytes for D = 16.

    Little-endian: N float32 radii from the origin, D float32 scales, N x D int16 coordinates; a coordinate is
    scale x integer / 32,767. The radii have float32 precision. A point has the direction of its coordinates and the
    norm tanh(sqrt(c) radius / 2) / sqrt(c) of its radius. Distances between points are then exact to 3e-4 in the
    bundled checkpoints, which is less than a pixel; coordinates of 16 bits alone would give 9e-4, and float32 would
    double the size. Compression saves little: 2 to 14% with gzip. Without a ball, the points are the latent means, and
    a point has the norm of its radius; there is no disk then, but there are directions.
    """
    points = (side.mu if side.point is None else side.point).astype(np.float64)
    scales = np.abs(points).max(0).astype(np.float32)
    scales[scales == 0] = 1
    steps = np.round(points / scales.astype(np.float64) * STEPS).clip(-STEPS, STEPS).astype("<i2")
    packed: bytes = side.radius.astype("<f4").tobytes() + scales.astype("<f4").tobytes() + steps.tobytes()
    return packed


def _ball(side: EncoderEmbedding) -> tuple[Doubles, float]:
    if side.point is None or side.curvature is None:
        raise InputError("This checkpoint is Euclidean: it has no ball, and so no disk. Choose one with projections.")
    return side.point.astype(np.float64), side.curvature
