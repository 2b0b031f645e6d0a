"""Relabellings of the operations that keep every Hamming and every 3-adic distance.

Axes: N = 19,683 operations, T = 9 trits, R draws. A relabelling permutes the three trits at each position, each on its
own, so there are 6^9 = 10,077,696. No other map keeps both distances: one that keeps the Hamming distance permutes the
positions and the trits at each of them, and the 3-adic distance of two operations that differ at one position alone
says which, so no position may move.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.operations import ternary
from tvae.operations.atlas import classes
from tvae.operations.atlas.identities import Flags

Isometries = NDArray[np.int8]  # (R, T, 3) digit d at position i becomes isometries[r, i, d]

_S3: Final = np.array(classes.S3, np.int8)
_CUBE: Final = (3,) * ternary.T  # flags as a cube have trit 8 first, since it is the most significant


def draw(count: int, seed: int) -> Isometries:
    """Uniform relabellings."""
    return _S3[np.random.default_rng(seed).integers(0, len(_S3), (count, ternary.T))]


def images(isometry: NDArray[np.int8]) -> NDArray[np.int16]:
    """(N,) the operation that each operation becomes under one relabelling (T, 3)."""
    places = np.zeros(1, np.int16)
    for digits, power in zip(isometry.astype(np.int16), ternary.POWERS.astype(np.int16), strict=True):
        places = (digits[:, None] * power + places).ravel()
    return places


def count_images(flags: Flags, most: int) -> int:
    """How many sets of operations a set (N,) becomes under all relabellings; `most` if it is that many or more.

    Searched from the set through exchanges of two trits at one position, from which all relabellings are composed.
    """
    seen = {np.packbits(flags).tobytes()}
    waiting = [flags]
    while waiting:
        for image in _exchanged(waiting.pop()):
            key = np.packbits(image).tobytes()
            if key not in seen:
                seen.add(key)
                waiting.append(image)
            if len(seen) >= most:
                return most
    return len(seen)


def _exchanged(flags: Flags) -> Iterator[Flags]:
    cube = flags.reshape(_CUBE)
    for axis in range(ternary.T):
        for order in ([1, 0, 2], [0, 2, 1]):
            yield cube.take(order, axis).ravel()
