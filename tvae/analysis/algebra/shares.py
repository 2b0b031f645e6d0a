"""The share of a set of operations among the nearest of its members, by a model and by the two distances of digits.

Axes: N = 19,683 operations, K nearest, P sets, which are the bits of one word for each operation.
"""

import itertools
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.operations import ternary
from tvae.operations.atlas.identities import Flags

K: Final = 10
MAX_SETS: Final = 32  # bits of a word
_FEW: Final = 64  # words, which are quicker added one by one

Words = NDArray[np.uint32]


def base(flags: Flags) -> float:
    """The share expected among any other operations: what is left of the set, of what is left of all."""
    return float((flags.sum() - 1) / (ternary.N - 1))


def hamming(flags: Flags) -> float:
    """The share among K of the 18 operations at Hamming distance 1, on average over the choices of K."""
    cube = flags.reshape((3,) * ternary.T).astype(np.int64)
    around = sum(cube.sum(axis, keepdims=True) - cube for axis in range(ternary.T))
    return float((around * cube).sum() / (18 * flags.sum()))


def adic(flags: Flags) -> float:
    """The share among the K nearest by 3-adic distance, on average over the choices among ties.

    2 operations are at distance 3^-8, 6 at 3^-7 and 18 at 3^-6: these differ in the last trit, in the last but one and
    maybe the last, and so on. Of the 18, K - 8 are chosen.
    """
    last = flags.reshape(3, 3, 3, -1).astype(np.int64)  # trits 8, 7 and 6, then the first six as one number
    within = [last, *(last.sum(tuple(range(many)), keepdims=True) for many in (1, 2, 3))]
    two, six, eighteen = (float((last * (wide - narrow)).sum()) for narrow, wide in itertools.pairwise(within))
    return (two + six + eighteen * (K - 8) / 18) / (K * float(flags.sum()))


def words(sets: Sequence[Flags]) -> Words:
    """(N,) bit p of a word is whether the operation is in set p; at most 32 sets."""
    found: Words = np.zeros(ternary.N, np.uint32)
    for place, flags in enumerate(sets):
        found |= flags.astype(np.uint32) << np.uint32(place)
    return found


def by_rank(nearest: NDArray[np.integer]) -> NDArray[np.intp]:
    """(K, N) from (N, K): the nearest in the form that `hits` reads fast."""
    return np.ascontiguousarray(nearest.T, np.intp)


def hits(members: Words, ranked: NDArray[np.intp]) -> NDArray[np.int64]:
    """(32,) for each set, how many of the nearest of its members are in it too; `ranked` as `by_rank` has it."""
    return bit_totals((members.take(ranked) & members).ravel())


def bit_totals(found: Words) -> NDArray[np.int64]:
    """(32,) how many of the words have each bit. Three words at a time are added bit by bit, with a carry."""
    totals = np.zeros(MAX_SETS, np.int64)
    weight = 1
    while len(found):
        carries = []
        while len(found) > _FEW:
            third = len(found) // 3
            a, b, c = found[:third], found[third : 2 * third], found[2 * third : 3 * third]
            either = a ^ b
            carries.append((a & b) | (either & c))
            found = np.concatenate([either ^ c, found[3 * third :]])
        bits = found[:, None] >> np.arange(MAX_SETS, dtype=np.uint32) & np.uint32(1)
        totals += weight * bits.sum(0, dtype=np.int64)
        found = np.concatenate(carries) if carries else found[:0]
        weight *= 2
    return totals
