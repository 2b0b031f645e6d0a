"""The 18 maximal clones on three values, and which operations are in each.

A clone is a set of operations that is closed under composition and has the projections; a maximal one is in no other
but the set of all. An operation is functionally complete alone, a Sheffer operation, exactly when it is in none of
them. Sources: Yablonskii, Functional constructions in a k-valued logic (1958), for three values; Rosenberg, Ueber die
funktionale Vollstaendigkeit in den mehrwertigen Logiken (1970), for any number of them. The number of Sheffer
operations is Martin's: The Sheffer functions of 3-valued logic (1954).

All but Slupecki's are the operations that preserve a relation: if (a, a') and (b, b') are in it, so is
(f(a, b), f(a', b')). Values are digits here, as in `identities`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from tvae.operations.atlas.identities import (
    PAIRS,
    VALUES,
    Flags,
    all_of,
    any_of,
    essential_arguments,
    image_size,
    of,
)

Pair = tuple[int, int]
SIGNS: Final = "-0+"  # of the digits 0, 1 and 2


@dataclass(frozen=True)
class Clone:
    """A maximal clone: the operations that preserve a relation, or Slupecki's."""

    name: str  # as it is written in a query, such as monotone(- < 0 < +)
    meaning: str  # a clause with f as its subject
    count: int  # of the operations of two arguments in it
    relation: frozenset[Pair] = frozenset()  # empty for the clones that other functions define

    def holds(self) -> Flags:
        """Which operations are in it, (N,)."""
        if self.name == "slupecki":
            flags: Flags = (essential_arguments() < 2) | (image_size() < 3)
            return flags
        if self.name == "affine":
            return affine()
        return preserves(self.relation)


def preserves(relation: Iterable[Pair]) -> Flags:
    """Which operations map two pairs of a relation, place by place, to a pair of it, (N,)."""
    pairs = list(relation)
    inside = np.zeros((3, 3), bool)
    inside[tuple(np.transpose(pairs))] = True
    return all_of(inside[of(a, b), of(c, d)] for a, c in pairs for b, d in pairs)


def affine() -> Flags:
    """f = x a + y b + z over the field of three elements, a and b the values -1, 0 and 1: 27 operations.

    These are the operations with f(a, b) - f(0, b) - f(a, 0) + f(0, 0) = 0, each argument having a constant slope.
    """
    trits = {(a, b): of(a + 1, b + 1).astype(int) - 1 for a in (-1, 0, 1) for b in (-1, 0, 1)}
    z = trits[0, 0]
    x, y = trits[1, 0] - z, trits[0, 1] - z
    return all_of((trits[a, b] - x * a - y * b - z) % 3 == 0 for a, b in trits)


def _chain(order: tuple[int, int, int]) -> Clone:
    low, middle, high = (SIGNS[value] for value in order)
    relation: set[Pair] = {(value, value) for value in VALUES} | {
        (order[i], order[j]) for i, j in ((0, 1), (0, 2), (1, 2))
    }
    name = f"monotone({low} < {middle} < {high})"
    return Clone(name, f"is monotone in both arguments for {low} < {middle} < {high}", 175, frozenset(relation))


def _subset(values: tuple[int, ...], count: int) -> Clone:
    shown = ", ".join(SIGNS[value] for value in values)
    meaning = f"maps ({shown}, {shown}) to {shown}" if len(values) == 1 else f"has values in {{{shown}}} on {{{shown}}}"
    # A subset as a relation of pairs: the pairs (a, a) of its values.
    return Clone(f"keeps({shown})", meaning, count, frozenset((value, value) for value in values))


def _equivalence(alone: int) -> Clone:
    pair = [value for value in VALUES if value != alone]
    shown = "".join(SIGNS[value] for value in pair)
    relation: set[Pair] = {(value, value) for value in VALUES} | {(pair[0], pair[1]), (pair[1], pair[0])}
    meaning = (
        f"keeps the blocks {shown} and {SIGNS[alone]}: the block of its value depends on those of its arguments only"
    )
    return Clone(f"congruence({shown}|{SIGNS[alone]})", meaning, 1275, frozenset(relation))


def _central(centre: int) -> Clone:
    relation: set[Pair] = {(a, b) for a, b in PAIRS if centre in (a, b) or a == b}
    meaning = f"keeps the relation in which {SIGNS[centre]} is next to both others and they are not next to each other"
    return Clone(f"central({SIGNS[centre]})", meaning, 1361, frozenset(relation))


CLONES: Final = (
    *(_chain(order) for order in ((0, 1, 2), (1, 0, 2), (0, 2, 1))),
    Clone("cyclic", "commutes with the 3-cycle - to 0 to +", 27, frozenset({(0, 1), (1, 2), (2, 0)})),
    Clone("affine", "is x a + y b + z modulo 3", 27),
    *(_equivalence(alone) for alone in VALUES),
    *(_subset((value,), 6561) for value in VALUES),
    *(_subset(pair, 3888) for pair in ((0, 1), (0, 2), (1, 2))),
    *(_central(centre) for centre in VALUES),
    Clone("slupecki", "depends on one argument at most, or does not take all three values", 1545),
)


@cache
def memberships() -> dict[str, Flags]:
    """Name of each maximal clone -> which operations are in it, (N,); read-only."""
    found = {clone.name: clone.holds() for clone in CLONES}
    for flags in found.values():
        flags.flags.writeable = False
    return found


def sheffer() -> Flags:
    """Functionally complete alone, so in none of the 18 maximal clones: 3,774 operations, Martin 1954."""
    return ~any_of(memberships().values())
