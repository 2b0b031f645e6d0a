"""Identities: which operations f satisfy an equation for all arguments, or have an element that does.

Each function returns one boolean for each operation, (N,), in the order of the indices. Arguments and values are
digits here: 0, 1 and 2 stand for -1, 0 and 1, so that a value can be used as a place.
"""

import itertools
from collections.abc import Iterable
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.operations import ternary

Flags = NDArray[np.bool_]

VALUES: Final = range(3)
PAIRS: Final = tuple(itertools.product(VALUES, repeat=2))
TRIPLES: Final = tuple(itertools.product(VALUES, repeat=3))


@cache
def tables() -> NDArray[np.int8]:
    """(N, 3, 3) digit of f(a, b) for each operation; read-only."""
    digits: NDArray[np.int8] = (ternary.ALL_TRITS + 1).reshape(ternary.N, 3, 3)
    digits.flags.writeable = False
    return digits


def of(a: NDArray[np.int8] | int, b: NDArray[np.int8] | int) -> NDArray[np.int8]:
    """(N,) f(a, b) for each operation; an argument is one value, or one for each operation, (N,)."""
    values: NDArray[np.int8] = tables()[np.arange(ternary.N), a, b]
    return values


def all_of(conditions: Iterable[Flags]) -> Flags:
    """(N,) which operations satisfy every condition (N,)."""
    flags: Flags = np.all(list(conditions), axis=0)
    return flags


def any_of(conditions: Iterable[Flags]) -> Flags:
    """(N,) which operations satisfy at least one condition (N,)."""
    flags: Flags = np.any(list(conditions), axis=0)
    return flags


def commutative() -> Flags:
    """f(a, b) = f(b, a): 729 operations."""
    return all_of(of(a, b) == of(b, a) for a, b in PAIRS)


def associative() -> Flags:
    """f(f(a, b), c) = f(a, f(b, c)), a semigroup: 113 operations, OEIS A023814."""
    return all_of(of(of(a, b), c) == of(a, of(b, c)) for a, b, c in TRIPLES)


def idempotent() -> Flags:
    """f(a, a) = a: 729 operations."""
    return all_of(of(a, a) == a for a in VALUES)


def has_identity() -> Flags:
    """Some e has f(e, a) = f(a, e) = a for every a: 243 operations."""
    return any_of(all_of((of(e, a) == a) & (of(a, e) == a) for a in VALUES) for e in VALUES)


def has_absorbing() -> Flags:
    """Some z has f(z, a) = f(a, z) = z for every a, also called a zero: 243 operations."""
    return any_of(all_of((of(z, a) == z) & (of(a, z) == z) for a in VALUES) for z in VALUES)


def quasigroup() -> Flags:
    """Every row and every column of the table is a permutation, a Latin square: 12 operations, OEIS A002860."""
    ordered = np.arange(3)
    rows, columns = np.sort(tables(), axis=2), np.sort(tables(), axis=1)
    flags: Flags = (rows == ordered).all((1, 2)) & (columns == ordered[:, None]).all((1, 2))
    return flags


def self_dual() -> Flags:
    """f(-a, -b) = -f(a, b), unchanged by negation: 81 operations."""
    return commutes_with((2, 1, 0))


def commutes_with(relabel: tuple[int, int, int]) -> Flags:
    """f(r(a), r(b)) = r(f(a, b)): the operations that have the relabelling r as an automorphism."""
    r = np.array(relabel, np.int8)
    return all_of(of(r[a], r[b]) == r[of(a, b)] for a, b in PAIRS)


def distributes_over(index: int) -> Flags:
    """f(a, g(b, c)) = g(f(a, b), f(a, c)), and the same for f(g(b, c), a), with the one operation g of this index.

    Raises IndexError for an index outside 0..19,682.
    """
    g = tables()[index]
    left = [of(a, int(g[b, c])) == g[of(a, b), of(a, c)] for a, b, c in TRIPLES]
    right = [of(int(g[b, c]), a) == g[of(b, a), of(c, a)] for a, b, c in TRIPLES]
    return all_of([*left, *right])


def image_size() -> NDArray[np.int8]:
    """How many of the three values f takes, 1..3."""
    size: NDArray[np.int8] = np.sum([(tables() == value).any((1, 2)) for value in VALUES], axis=0, dtype=np.int8)
    return size


def essential_arguments() -> NDArray[np.int8]:
    """On how many of its two arguments f depends: 0 constant, 1 essentially unary, 2."""
    first = (tables() != tables()[:, :1, :]).any((1, 2))
    second = (tables() != tables()[:, :, :1]).any((1, 2))
    count: NDArray[np.int8] = first.astype(np.int8) + second.astype(np.int8)
    return count
