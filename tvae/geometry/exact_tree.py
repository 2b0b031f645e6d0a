"""The whole 3-adic tree as points of the Poincare ball: exact targets, no training. Pure numpy.

Operation n has the digits d_0 .. d_8 in {0, 1, 2}, digit = trit + 1, d_0 least significant. Digits 0 to 6 have a plane
each, with the corners of an equilateral triangle, one of them the origin; 7 x 2 = 14 leaves a line each for digits 7
and 8:

    u_0 = (0, 0), u_1 = (1, 0), u_2 = (1/2, sqrt(3)/2)         all gaps 1
    l_0 = 0, l_1 = 1, l_2 = 2                                  gaps 1, 1, 2
    x(n) = (w_0 u(d_0), .., w_6 u(d_6), w_7 l(d_7), w_8 l(d_8))
    w_k = q^k for k <= 6, w_7 = share w_6, w_8 = share w_7

and the point of n is S x(n) / max |x|. With v = v(i - j), the first digit in which i and j differ,

    w_v^2  <=  |x(i) - x(j)|^2  <=  sum over k >= v of g_k^2 w_k^2        g_k = 1 for k <= 6, 2 for k = 7 and 8

and |x(i)|^2 lies between the same bounds for v = v(i), since x(0) = 0. So distances and norms of different v are
disjoint when q^2 / (1 - q^2) < 1, that is q < 1 / sqrt 2, with `share` small enough. (Right angles have the gaps 1, 1,
sqrt 2, and need q < 1 / sqrt 3.) Hyperbolic distances keep that order as S goes to 0; a larger S stretches what is
further out, and at S = 0.5 the ranges of neighbouring v overlap a little (v = 6 begins at 0.045, v = 7 ends at 0.051),
though of 400,000 sampled triplets none is turned. Every digit is an
affine classification of coordinates of its own, which is what a small decoder can read; two digits nested in one plane
are not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tvae.operations import ternary

PLANES = 7  # digits 0 to 6
DIMENSIONS = 2 * PLANES + ternary.T - PLANES  # 16
_SLACK = 0.33  # how much of the gap to its neighbour, in logarithm, a shell has beyond its own norms

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Tree:
    """The tree by its three numbers; see the module for the formulas."""

    ratio: float  # q
    share: float
    norm: float  # S, the largest

    def points(self) -> Doubles:
        """The point of every operation, (N, 16), norm at most `norm`, operation 0 at the origin."""
        return _raw(self) * self._unit()

    def scales(self) -> Doubles:
        """The weight of the digit that each coordinate shows, (16,), on the scale of `points`."""
        digit = [*np.repeat(np.arange(PLANES), 2), *range(PLANES, ternary.T)]
        scales: Doubles = _weights(self)[digit] * self._unit()
        return scales

    def shells(self) -> Doubles:
        """Least and largest norm that level v may have, (10, 2); disjoint, level 0 outermost.

        With m_v and M_v the extreme norms of level v: high_v = M_v (m_{v-1} / M_v)^0.33 and
        low_v = m_v (M_{v+1} / m_v)^0.33. Level 0 may reach 1, and level 9, one point at 0, a third of m_8; low_8 is two
        thirds of m_8.
        """
        norm = np.linalg.norm(self.points(), axis=1)  # (N,)
        levels = [norm[v == ternary.VALUATIONS] for v in range(ternary.T)]  # level 9 has the norm 0
        least, most = (np.array([end(level) for level in levels]) for end in (np.min, np.max))  # (9,)
        high = np.append(1.0, most[1:] * (least[:-1] / most[1:]) ** _SLACK)
        low = np.append(least[:-1] * (most[1:] / least[:-1]) ** _SLACK, (1 - _SLACK) * least[-1])
        return np.stack([np.append(low, 0.0), np.append(high, _SLACK * least[-1])], axis=1)

    def _unit(self) -> float:
        return self.norm / float(np.linalg.norm(_raw(self), axis=1).max())


def _weights(tree: Tree) -> Doubles:
    """w_0 .. w_8, (9,)."""
    weights = tree.ratio ** np.arange(ternary.T, dtype=np.float64)
    weights[7] = tree.share * weights[6]
    weights[8] = tree.share * weights[7]
    return weights


def _raw(tree: Tree) -> Doubles:
    """x(n), (N, 16)."""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])
    digits = ternary.ALL_TRITS.astype(np.int64) + 1  # (N, 9)
    weights = _weights(tree)
    planes = weights[:PLANES, None] * corners[digits[:, :PLANES]]  # (N, 7, 2)
    lines = weights[PLANES:] * digits[:, PLANES:]  # (N, 2)
    return np.concatenate([planes.reshape(ternary.N, -1), lines], axis=1)
