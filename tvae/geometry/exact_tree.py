"""The whole 3-adic tree as points of the Poincare ball: exact targets, computed without training. Pure numpy.

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
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tvae.operations import ternary

PLANES = 7  # digits 0 to 6
_SLACK = 0.33  # share of the logarithmic gap to the next level by which a shell exceeds its own norms

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Tree:
    """The tree for given parameters; the module has the formulas."""

    ratio: float  # q
    share: float
    norm: float  # S, the largest norm of a point

    def points(self) -> Doubles:
        """The point of every operation, (N, 16), norm at most `norm`, operation 0 at the origin."""
        return _raw(self) * self._unit()

    def scales(self) -> Doubles:
        """The weight of the digit that each coordinate encodes, (16,), in the units of `points`."""
        digit = [*np.repeat(np.arange(PLANES), 2), *range(PLANES, ternary.T)]
        scales: Doubles = _weights(self)[digit] * self._unit()
        return scales

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
