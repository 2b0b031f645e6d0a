"""Every property of the atlas by name: its definition, its source, and how many operations have it.

A property is true or false for each operation; a quantity is a small whole number for each. Both are computed for all
19,683 operations when they are first asked for, and kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.operations.atlas import classes, clones, identities
from tvae.operations.atlas.identities import Flags

_ALGEBRA: Final = "Burris and Sankappanavar, A Course in Universal Algebra (1981)"
_CLONES: Final = "Yablonskii (1958); Rosenberg (1970)"


@dataclass(frozen=True)
class Property:
    """What an operation has or does not have."""

    name: str  # in queries, columns and answers
    meaning: str  # a clause with the operation as its subject
    source: str
    count: int  # of the operations that have it
    compute: Callable[[], Flags]


@dataclass(frozen=True)
class Quantity:
    """A whole number that every operation has."""

    name: str
    meaning: str  # a noun phrase
    low: int
    high: int
    compute: Callable[[], NDArray[np.integer]]


def _all(*names: str) -> Callable[[], Flags]:
    return lambda: identities.all_of(flags(name) for name in names)


def _any(*names: str) -> Callable[[], Flags]:
    return lambda: identities.any_of(flags(name) for name in names)


def _clone(name: str) -> Callable[[], Flags]:
    return lambda: clones.memberships()[name]


CHAINS: Final = tuple(clone.name for clone in clones.CLONES if clone.name.startswith("monotone("))

IDENTITIES: Final = (
    Property("commutative", "has f(a, b) = f(b, a): the order does not matter", _ALGEBRA, 729, identities.commutative),
    Property(
        "associative",
        "has f(f(a, b), c) = f(a, f(b, c)), so brackets do not matter: a semigroup",
        "OEIS A023814",
        113,
        identities.associative,
    ),
    Property("idempotent", "has f(a, a) = a: two equal values give that value", _ALGEBRA, 729, identities.idempotent),
    Property(
        "identity", "has a value e with f(e, a) = f(a, e) = a, like 0 in a sum", _ALGEBRA, 243, identities.has_identity
    ),
    Property(
        "absorbing",
        "has a value z with f(z, a) = f(a, z) = z, like 0 in a product",
        _ALGEBRA,
        243,
        identities.has_absorbing,
    ),
    Property(
        "quasigroup",
        "has each value once in every row and column: a Latin square",
        "OEIS A002860",
        12,
        identities.quasigroup,
    ),
    Property("loop", "is a quasigroup with an identity", _ALGEBRA, 3, _all("quasigroup", "identity")),
    Property("monoid", "is associative with an identity", _ALGEBRA, 33, _all("associative", "identity")),
    Property(
        "semilattice",
        "is commutative, idempotent and associative",
        _ALGEBRA,
        9,
        _all("commutative", "idempotent", "associative"),
    ),
    Property("band", "is associative and idempotent", _ALGEBRA, 35, _all("associative", "idempotent")),
    Property("self_dual", "has f(-a, -b) = -f(a, b), such as the sum", _CLONES, 81, identities.self_dual),
)
CLONES: Final = tuple(
    Property(clone.name, clone.meaning, _CLONES, clone.count, _clone(clone.name)) for clone in clones.CLONES
)
DERIVED: Final = (
    Property(
        "monotone",
        "never falls when an argument rises, for at least one order of the three values",
        _CLONES,
        479,
        _any(*CHAINS),
    ),
    Property("onto", "takes all three values", _CLONES, 18_150, lambda: identities.image_size() == 3),
    Property("unary", "depends on one argument only", _CLONES, 48, lambda: identities.essential_arguments() == 1),
    Property("constant", "depends on no argument", _CLONES, 3, lambda: identities.essential_arguments() == 0),
    Property(
        "sheffer",
        "gives every operation by composition: functionally complete alone, in none of the 18 maximal clones",
        "Martin (1954)",
        3774,
        clones.sheffer,
    ),
)
PROPERTIES: Final = (*IDENTITIES, *DERIVED, *CLONES)


def _clones(begin: str, values: int) -> tuple[str, ...]:
    """Names of the maximal clones that begin so and whose relation is on that many values."""
    return tuple(
        clone.name
        for clone in clones.CLONES
        if clone.name.startswith(begin) and len({value for pair in clone.relation for value in pair}) == values
    )


# What does not depend on what the values are called: for queries and the test of the algebra, no columns of their own.
POOLED: Final = (
    Property(
        "automorphic",
        "has an automorphism besides the identity",
        _ALGEBRA,
        261,
        lambda: classes.automorphisms() > 1,
    ),
    Property(
        "congruence",
        "keeps at least one division of the values into two blocks",
        _CLONES,
        3674,
        _any(*_clones("congruence", 3)),
    ),
    Property("closed_value", "maps (a, a) to a for at least one value a", _CLONES, 13_851, _any(*_clones("keeps", 1))),
    Property(
        "closed_pair",
        "has values in {a, b} on at least one pair {a, b}",
        _CLONES,
        10_000,
        _any(*_clones("keeps", 2)),
    ),
    Property(
        "central", "keeps at least one of the three central relations", _CLONES, 2531, _any(*_clones("central", 3))
    ),
)
# Words in the meanings above that a query may be tried with -> the property.
OTHER_WORDS: Final = {
    "functionally": "sheffer",
    "complete": "sheffer",
    "latin": "quasigroup",
    "square": "quasigroup",
    "semigroup": "associative",
}
QUANTITIES: Final = (
    Quantity("arguments", "arguments on which the operation depends", 0, 2, identities.essential_arguments),
    Quantity("image", "values that the operation takes", 1, 3, identities.image_size),
    Quantity(
        "automorphisms",
        "relabellings of the values that leave it unchanged, the trivial one included",
        1,
        6,
        classes.automorphisms,
    ),
)
BY_NAME: Final = {known.name: known for known in (*PROPERTIES, *POOLED)}
QUANTITY_BY_NAME: Final = {known.name: known for known in QUANTITIES}


@cache
def flags(name: str) -> Flags:
    """Which operations have the property of this name, (N,), read-only. Raises KeyError for another name."""
    found = BY_NAME[name].compute()
    found.flags.writeable = False
    return found


@cache
def numbers(name: str) -> NDArray[np.int8]:
    """The quantity of this name for each operation, (N,), read-only. Raises KeyError for another name."""
    found = QUANTITY_BY_NAME[name].compute().astype(np.int8)
    found.flags.writeable = False
    return found


def properties_of(index: int) -> dict[str, bool]:
    """Name of each property that is no maximal clone -> whether the operation has it."""
    return {known.name: bool(flags(known.name)[index]) for known in (*IDENTITIES, *DERIVED)}


def clones_of(index: int) -> list[str]:
    """Names of the maximal clones that the operation is in; none for a Sheffer operation."""
    return [clone.name for clone in clones.CLONES if flags(clone.name)[index]]
