"""The space of ternary operations: all 19,683 truth tables, their numbers, valuations and 3-adic distances.

An operation is f(a, b) for a, b in {-1, 0, 1}, a truth table x of T = 9 trits: position i holds f(a, b) with
a = i // 3 - 1 and b = i % 3 - 1. Its index is n = sum over i of (x_i + 1) 3^i, so position 0 is the least significant
digit. Text that people type for operations is parsed in `parsing`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

T = 9
N = 3**T
MAX_VALUATION = T
POWERS = 3 ** np.arange(T, dtype=np.int64)  # (T,)


def trits_of(index: ArrayLike) -> NDArray[np.int8]:
    """Indices (...,) in 0..19,682 -> trits (..., 9) in {-1, 0, 1}."""
    digits = np.asarray(index, np.int64)[..., None] // POWERS % 3
    return (digits - 1).astype(np.int8)


def index_of(trits: ArrayLike) -> NDArray[np.int64]:
    """Trits (..., 9) in {-1, 0, 1} -> indices (...,) in 0..19,682; inverse of `trits_of`."""
    indices: NDArray[np.int64] = (np.asarray(trits, np.int64) + 1) @ POWERS
    return indices


def valuation_of(number: ArrayLike) -> NDArray[np.int8]:
    """3-adic valuation of integers with |number| < 3^9: the largest k with 3^k dividing it, 9 for 0.

    Here 9 stands for infinity. The valuation of an operation's index is the number of leading -1 entries in its table.
    """
    valuations: NDArray[np.int8] = VALUATIONS[np.abs(np.asarray(number, np.int64))]
    return valuations


def distance_3adic(i: ArrayLike, j: ArrayLike) -> NDArray[np.float64]:
    """d3(i, j) = 3^(-v(i - j)), and 0 for i = j; broadcasts. An ultrametric: d3(i, k) <= max(d3(i, j), d3(j, k))."""
    difference = np.asarray(i, np.int64) - np.asarray(j, np.int64)
    return np.where(difference == 0, 0.0, 3.0 ** -valuation_of(difference).astype(np.float64))


def distance_hamming(i: ArrayLike, j: ArrayLike) -> NDArray[np.int64]:
    """Number of trits in which operations i and j differ, 0..9; broadcasts."""
    differ: NDArray[np.int64] = (ALL_TRITS[np.asarray(i)] != ALL_TRITS[np.asarray(j)]).sum(-1)
    return differ


def _frozen(array: NDArray[np.int8]) -> NDArray[np.int8]:
    array.flags.writeable = False
    return array


ALL_TRITS = _frozen(trits_of(np.arange(N)))  # (N, 9) row n is operation n
# (N,) in 0..9: how many of 3, 9, ..., 3^9 divide n; all nine divide 0
VALUATIONS = _frozen((np.arange(N)[:, None] % (3 * POWERS) == 0).sum(-1).astype(np.int8))
LEVEL_SIZES: tuple[int, ...] = tuple(int(size) for size in np.bincount(VALUATIONS))  # 13122, 4374, ..., 2, 1

SYMBOLS = "-0+"


def trit_string(trits: Sequence[int] | NDArray[np.int8]) -> str:
    """Nine trits as text, position 0 first: (-1, 0, 1, ...) -> "-0+..."."""
    return "".join(SYMBOLS[int(trit) + 1] for trit in trits)
