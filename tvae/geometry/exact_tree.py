"""The whole 3-adic tree as points of the Poincare ball: exact targets, computed without training.

Operation n has the digits d_0 .. d_8 in {0, 1, 2}, digit = trit + 1, d_0 least significant. Each of the digits 0 to 6
has a plane, in which its values are the corners of an equilateral triangle with one corner at the origin. These planes
take 14 of the 16 dimensions, so digits 7 and 8 have a line each:

    u_0 = (0, 0), u_1 = (1, 0), u_2 = (1/2, sqrt(3)/2)         all gaps 1
    l_0 = 0, l_1 = 1, l_2 = 2                                  gaps 1, 1, 2
    x(n) = (w_0 u(d_0), .., w_6 u(d_6), w_7 l(d_7), w_8 l(d_8))
    w_k = q^k for k <= 6, w_7 = share w_6, w_8 = share w_7

and the point of n is S x(n) / max |x|. With v = v(i - j), the first digit in which i and j differ,

    w_v^2  <=  |x(i) - x(j)|^2  <=  sum over k >= v of g_k^2 w_k^2        g_k = 1 for k <= 6, 2 for k = 7 and 8

and |x(i)|^2 lies between the same bounds for v = v(i), since x(0) = 0. So the distances, and the norms, of different v
are disjoint if q^2 / (1 - q^2) < 1, that is q < 1 / sqrt 2, and `share` is small enough. (Triangles with a right angle
have the gaps 1, 1, sqrt 2, and would need q < 1 / sqrt 3.) Hyperbolic distances keep this order as S tends to 0. A
larger S stretches the outer part of the ball: at S = 0.5 the ranges of neighbouring v overlap slightly (v = 6 begins at
0.045, v = 7 ends at 0.051), but none of 400,000 sampled triplets is in the wrong order. Each digit can be read from its
own coordinates by an affine classifier, and so by a small decoder; two digits nested in one plane could not.

`RichTree` has the same tree and a large spread of norms in level 0. Richness is the variance of the norm within a
level, and nearly all of it can come from level 0; but in a tree, a branch is smaller than its distance from the others.
In hyperbolic space a branch can lie far out without being wide: the tree of the digits 1 to 8 is made once, small,
around the origin, and a Moebius translation, which keeps all its distances, moves it to the centre of each branch:

    y(n)   x(n) without its first two coordinates, scaled to the largest norm S
    c(n)   (0, 0), first (1, 0) or second (1/2, sqrt(3)/2) in the first two coordinates, for the digit d_0 = 0, 1, 2
    point  c(n) (+) y(n)
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.geometry import poincare_ball
from tvae.operations import ternary

PLANES = 7  # digits 0 to 6
COORDINATES = 2 * PLANES + 2
_SLACK = 0.33  # share of the logarithmic gap to the next level by which a shell exceeds its own norms

_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])
_FIRST_STEP, _FIRST_TOLERANCE = 0.3, 0.05  # of a `RichTree`

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Tree:
    """The tree for given parameters; the module has the formulas."""

    ratio: float  # q
    share: float
    norm: float  # S, the largest norm of a point

    def points(self) -> Doubles:
        """The point of every operation, (N, 16): its centre (+) its offset. Operation 0 is at the origin."""
        moved = poincare_ball.mobius_add(torch.from_numpy(self.centres()), torch.from_numpy(self.offsets()))
        points: Doubles = moved.numpy()
        return points

    def centres(self) -> Doubles:
        """Where the tree around the origin is moved to for each operation, (N, 16)."""
        return np.zeros((ternary.N, COORDINATES))

    def offsets(self) -> Doubles:
        """The tree around the origin, (N, 16), norm at most `norm`."""
        return _raw(self) * self._unit()

    def digit_sizes(self) -> Doubles:
        """The size of each digit in `offsets`, (9,)."""
        return _weights(self) * self._unit()

    def scales(self) -> Doubles:
        """The size of the digit that each coordinate encodes, (16,): the unit of training steps."""
        scales: Doubles = self.digit_sizes()[[*np.repeat(np.arange(PLANES), 2), *range(PLANES, ternary.T)]]
        return scales

    def tolerances(self) -> Doubles:
        """The unit of the error of each coordinate of `offsets`, (16,)."""
        return self.scales()

    def shells(self) -> Doubles:
        """Smallest and largest norm allowed for each level v, (10, 2); the ranges are disjoint, level 0 outermost.

        With m_v and M_v the smallest and largest norm of level v: high_v = M_v (m_{v-1} / M_v)^0.33 and
        low_v = m_v (M_{v+1} / m_v)^0.33. The ends are high_0 = 1, low_8 = 0.67 m_8, high_9 = 0.33 m_8 and low_9 = 0;
        level 9 is one point, the origin.
        """
        norm = np.linalg.norm(self.points(), axis=1)  # (N,)
        levels = [norm[v == ternary.VALUATIONS] for v in range(ternary.T)]  # level 9 has the norm 0
        least, most = (np.array([end(level) for level in levels]) for end in (np.min, np.max))  # (9,)
        high = np.append(1.0, most[1:] * (least[:-1] / most[1:]) ** _SLACK)
        low = np.append(least[:-1] * (most[1:] / least[:-1]) ** _SLACK, (1 - _SLACK) * least[-1])
        return np.stack([np.append(low, 0.0), np.append(high, _SLACK * least[-1])], axis=1)

    def _unit(self) -> float:
        return self.norm / float(np.linalg.norm(_raw(self), axis=1).max())


@dataclass(frozen=True)
class RichTree(Tree):
    """The tree whose branches by the first digit lie at three norms; `norm` is that of a branch around the origin."""

    first: float  # norm of the centre of the branch with first digit 1
    second: float  # of the branch with first digit 2

    def centres(self) -> Doubles:
        """The centre of the branch of each operation, (N, 16)."""
        digit = ternary.ALL_TRITS[:, 0].astype(np.int64) + 1
        corners = np.zeros((3, COORDINATES))
        corners[:, :2] = _CORNERS * np.array([[0.0], [self.first], [self.second]])
        return corners[digit]

    def offsets(self) -> Doubles:
        """The tree of the digits 1 to 8 around the origin, (N, 16), norm at most `norm`."""
        return self._branch() * self._unit()

    def scales(self) -> Doubles:
        """As in `Tree`; of the first digit, which has no size in `offsets`, a constant."""
        return self._with_first(_FIRST_STEP)

    def tolerances(self) -> Doubles:
        """As in `Tree`; of the first digit, how far a branch may lie from its centre."""
        return self._with_first(_FIRST_TOLERANCE)

    def _with_first(self, value: float) -> Doubles:
        scales = Tree.scales(self)
        scales[:2] = value
        return scales

    def _branch(self) -> Doubles:
        raw = _raw(self)
        raw[:, :2] = 0.0
        return raw

    def _unit(self) -> float:
        return self.norm / float(np.linalg.norm(self._branch(), axis=1).max())


def _weights(tree: Tree) -> Doubles:
    """w_0 .. w_8, (9,)."""
    weights = tree.ratio ** np.arange(ternary.T, dtype=np.float64)
    weights[7] = tree.share * weights[6]
    weights[8] = tree.share * weights[7]
    return weights


def _raw(tree: Tree) -> Doubles:
    """x(n), (N, 16)."""
    digits = ternary.ALL_TRITS.astype(np.int64) + 1  # (N, 9)
    weights = _weights(tree)
    planes = weights[:PLANES, None] * _CORNERS[digits[:, :PLANES]]  # (N, 7, 2)
    lines = weights[PLANES:] * digits[:, PLANES:]  # (N, 2)
    return np.concatenate([planes.reshape(ternary.N, -1), lines], axis=1)
