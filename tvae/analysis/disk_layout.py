"""The 16-dimensional ball seen as a disk from any centre: exact radii, angles by the digit tree.

Axes: N = 19,683 operations, D = 16 latent dimensions. Operation n has the digits d_0 .. d_8, digit = trit + 1, d_0
least significant.

    rho(n)   = d(o, x_n), the hyperbolic distance from the centre o to the operation's point in the 16-dimensional ball
    angle(n) = 2 pi (sum over k of d_k 3^-(k + 1) + 3^-9 / 2)
    place(n) = tanh(sqrt(c) rho / 2) (cos angle, sin angle), in the unit disk, for a ball of curvature -c

Exact: the hyperbolic radius of every operation, seen from the centre. Exact too: the tree. The first digit chooses one
of three sectors, each further digit a third of what is left, so each 3-adic ball {n : n = a mod 3^m} is one arc of 2 pi
3^-m, balls that are disjoint have disjoint arcs, and each operation has a cell of its own, in whose middle it lies. Not
exact: everything else. The angle is counted, not measured: nothing of the point but its radius is in it. So a distance
in the disk between two operations is none in the ball, unless one of them is the centre; two dots that lie side by side
may be far apart in the ball, and two far dots near. Neighbours are computed in the ball.

Another centre is a Moebius translation of the ball, x -> (-o) (+) x, which keeps all distances and takes o to 0; any
point can be the centre. The angles stay. One could draw the tree of n - o instead, as seen from the operation o, and
its balls would be arcs too. But n - o carries digits over, so that dots would leap across the disk with each step of
the centre, and a centre between the operations has no number. With fixed angles a dot moves along its own ray alone,
the eye can follow it, sector and colour stay true, and the 3-adic balls around the centre are the nested arcs around
its own ray.
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
STEPS: Final = 32_767  # of a packed coordinate on either side of 0

Doubles = NDArray[np.float64]


def angle(index: ArrayLike) -> Doubles:
    """Angles (...,) in (0, 2 pi) of operations (...,) in 0..19,682, by the digit tree."""
    reversed_index = (ternary.ALL_TRITS[np.asarray(index)].astype(np.int64) + 1) @ ternary.POWERS[::-1]
    angles: Doubles = CELL * (reversed_index + 0.5)
    return angles


def operation_at(angles: ArrayLike) -> NDArray[np.int64]:
    """The operations (...,) in whose cells angles (...,) lie, any turn; inverse of `angle`."""
    cell = np.floor(np.asarray(angles, np.float64) % (2 * np.pi) / CELL).astype(np.int64) % ternary.N
    indices: NDArray[np.int64] = (ternary.ALL_TRITS[cell].astype(np.int64) + 1) @ ternary.POWERS[::-1]
    return indices


def translate(points: Doubles, centre: Doubles, c: float = 1.0) -> Doubles:
    """Points (..., D) of the ball after the Moebius translation that takes `centre` (D,) to 0: (-centre) (+) points."""
    moved: Doubles = poincare_ball.mobius_add(-torch.from_numpy(centre), torch.from_numpy(points), c).numpy()
    return moved


def radii_from(side: EncoderEmbedding, centre: Doubles) -> Doubles:
    """rho (N,): hyperbolic distances of all operations from `centre` (D,), the norm of which is below the ball's edge.

    The same as the radii of the translated points, by the formula that is accurate for close points, too. Raises
    InputError for a checkpoint without a ball.
    """
    points, c = _ball(side)
    distances: Doubles = poincare_ball.distance(torch.from_numpy(points), torch.from_numpy(centre), c).numpy()
    return distances


def lift(side: EncoderEmbedding, centre: Doubles, radius: float, at_angle: float) -> Doubles:
    """A point (D,) of the ball for a place of the disk: exact at the operations, and a choice between them.

    It lies at the hyperbolic distance `radius` >= 0 from `centre` (D,), on the ray to the operation in whose cell the
    angle lies; the centre's own cell, which has no such ray, takes that of the next cell. Raises InputError for a
    checkpoint without a ball.
    """
    points, c = _ball(side)
    beside = operation_at(float(at_angle) + CELL * np.arange(2))
    moved = torch.from_numpy(translate(points[beside], centre, c))  # (2, D)
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
    """A latent mean (D,) for a place of the disk seen from operation `centre`, for a decoder that reads means.

    As in `walk`, the straight line between two means goes along with the geodesic: at the share t = radius / d of the
    way to the operation in whose cell the angle lies (the next cell for the centre's own), d its distance from the
    centre. t = 1 is that operation's own mean, t > 1 goes on beyond it. The model puts this mean near the place, not at
    it. Raises InputError for a checkpoint without a ball.
    """
    points, c = _ball(side)
    cell, after = (int(index) for index in operation_at(float(at_angle) + CELL * np.arange(2)))
    target = after if cell == centre else cell
    far = float(poincare_ball.distance(torch.from_numpy(points[centre]), torch.from_numpy(points[target]), c))
    ends = side.mu[[centre, target]].astype(np.float64)
    mean: Doubles = ends[0] + radius / max(far, poincare_ball.TINY) * (ends[1] - ends[0])
    return mean


def pack(side: EncoderEmbedding) -> bytes:
    """All points of one encoder for a browser that moves the centre itself, 708,652 bytes for D = 16.

    Little-endian: N float32 radii from the origin, D float32 scales, N x D int16 coordinates; a coordinate is
    scale x integer / 32,767. Exact are the radii, to float32. A point's direction is that of its coordinates, its norm
    is tanh(sqrt(c) radius / 2) / sqrt(c) by its radius; distances between points are then off by at most 3e-4 in the
    bundled checkpoints, less than a pixel, where 16 bits alone would give 9e-4 and float32 twice the bytes. Noise does
    not compress: gzip takes off between 2 and 14 %. Raises InputError for a checkpoint without a ball.
    """
    points, _ = _ball(side)
    scales = np.abs(points).max(0).astype(np.float32)
    scales[scales == 0] = 1
    steps = np.round(points / scales.astype(np.float64) * STEPS).clip(-STEPS, STEPS).astype("<i2")
    packed: bytes = side.radius.astype("<f4").tobytes() + scales.astype("<f4").tobytes() + steps.tobytes()
    return packed


def _ball(side: EncoderEmbedding) -> tuple[Doubles, float]:
    if side.point is None or side.curvature is None:
        raise InputError("This checkpoint is Euclidean: it has no ball, and so no disk. Choose one with projections.")
    return side.point.astype(np.float64), side.curvature
