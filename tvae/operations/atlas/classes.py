"""Classes of operations that are the same up to names: of the values, and of the arguments.

A class is an orbit of a group; its representative is the operation of the smallest index in it. Relabelling by r takes
f to g with g(r(a), r(b)) = r(f(a, b)); the opposite of f takes (a, b) to f(b, a).
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.operations import ternary

Relabelling = tuple[int, int, int]  # digit 0, 1, 2 -> digit
Move = tuple[Relabelling, Relabelling, Relabelling, bool]  # of the first argument, the second, the value; swapped

SAME: Final[Relabelling] = (0, 1, 2)
NEGATION: Final[Relabelling] = (2, 1, 0)
S3: Final[tuple[Relabelling, ...]] = tuple(itertools.permutations(range(3)))  # type: ignore[arg-type]
CONVERSE: Final[Move] = (SAME, SAME, SAME, True)  # f(b, a)
DUAL: Final[Move] = (NEGATION, NEGATION, NEGATION, False)  # -f(-a, -b)


@dataclass(frozen=True)
class Kind:
    """A way of calling operations the same."""

    name: str
    meaning: str
    count: int  # of the classes
    moves: tuple[Move, ...]  # the group


KINDS: Final = (
    Kind(
        "isomorphism",
        "all three values relabelled the same way (OEIS A001329)",
        3330,
        tuple((r, r, r, False) for r in S3),
    ),
    Kind(
        "opposite",
        "relabelled the same way, or arguments swapped (OEIS A001424)",
        1734,
        tuple((r, r, r, swap) for r in S3 for swap in (False, True)),
    ),
    Kind(
        "isotopy",
        "both arguments and the value relabelled separately",
        139,
        tuple((r, s, t, False) for r, s, t in itertools.product(S3, repeat=3)),
    ),
    Kind(
        "isotopy_opposite",
        "relabelled separately, or arguments swapped",
        84,
        tuple((r, s, t, swap) for r, s, t in itertools.product(S3, repeat=3) for swap in (False, True)),
    ),
)


@dataclass(frozen=True)
class Classes:
    """The classes of one kind; arrays are read-only."""

    kind: Kind
    representative: NDArray[np.int16]  # (N,) smallest index in the class of each operation
    size: NDArray[np.int16]  # (N,) operations in the class of each operation

    @property
    def representatives(self) -> NDArray[np.int64]:
        """(classes,) smallest index of each class, in order."""
        return np.flatnonzero(self.representative == np.arange(ternary.N))


@cache
def classes(kind: str) -> Classes:
    """The classes of the kind with this name. Raises KeyError for another name."""
    found = {known.name: known for known in KINDS}[kind]
    lowest = np.full(ternary.N, ternary.N, np.int64)
    for start in range(0, len(found.moves), 72):
        np.minimum(lowest, images(found.moves[start : start + 72]).min(axis=1), out=lowest)
    representative = lowest.astype(np.int16)
    size = np.bincount(lowest, minlength=ternary.N)[lowest].astype(np.int16)
    for array in (representative, size):
        array.flags.writeable = False
    return Classes(found, representative, size)


def images(moves: Iterable[Move]) -> NDArray[np.int64]:
    """(N, moves) index of each operation after each move.

    The index is a sum over places of a number that depends on the digit there alone, so a matrix product of ones and
    zeros with these numbers; float32 is exact, since indices are below 2^24.
    """
    weights = np.stack([_weights(move) for move in moves], axis=1)
    return (_one_hot() @ weights).astype(np.int64)


def moved(indices: Iterable[int], move: Move) -> list[int]:
    """The operations of these indices after a move, in order."""
    digits = ternary.ALL_TRITS[list(indices)] + 1
    weights = _weights(move).reshape(ternary.T, 3)
    return [int(index) for index in weights[np.arange(ternary.T), digits].sum(axis=1)]


@cache
def _one_hot() -> NDArray[np.float32]:
    """(N, 27) 1 at 3 i + d if the digit at place i is d."""
    ones = ternary.ALL_TRITS[:, :, None] + 1 == np.arange(3)
    found: NDArray[np.float32] = ones.reshape(ternary.N, 27).astype(np.float32)
    return found


def _weights(move: Move) -> NDArray[np.float32]:
    """(27,) what digit d at place i adds to the index of the moved operation, at 3 i + d."""
    first, second, value, swap = move
    weights = np.zeros((3, 3, 3), np.float32)
    for a, b, d in itertools.product(range(3), repeat=3):
        place = 3 * second[b] + first[a] if swap else 3 * first[a] + second[b]
        weights[a, b, d] = value[d] * 3**place
    return weights.reshape(27)


def opposite(indices: Iterable[int]) -> list[int]:
    """The converse f(b, a) of each operation."""
    return moved(indices, CONVERSE)


def dual(indices: Iterable[int]) -> list[int]:
    """The dual -f(-a, -b) of each operation under negation."""
    return moved(indices, DUAL)


def conjugates(index: int) -> list[tuple[Relabelling, int]]:
    """Each relabelling and the operation that it makes of this one, its automorphisms among them."""
    return [(r, moved([index], (r, r, r, False))[0]) for r in S3]


@cache
def automorphisms() -> NDArray[np.int8]:
    """(N,) how many of the six relabellings leave each operation as it is: 1, 2, 3 or 6."""
    same = images((r, r, r, False) for r in S3) == np.arange(ternary.N)[:, None]
    found: NDArray[np.int8] = same.sum(axis=1, dtype=np.int8)
    found.flags.writeable = False
    return found
