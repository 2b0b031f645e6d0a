"""The properties that are asked about: those that do not depend on what the three values are called.

A property that names values, such as monotone(- < 0 < +), is about digits as well as about algebra, so it is pooled
with its relabelled copies: monotone for some chain. A property of fewer than `FEWEST` operations is left out, since a
handful of neighbours would decide its share; the larger one of which it is a special case is asked about, where there
is one. `onto` is left out because `slupecki` is almost its complement.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tvae.operations.atlas.clones import CLONES
from tvae.operations.atlas.identities import Flags, any_of
from tvae.operations.atlas.properties import BY_NAME, flags, numbers

FEWEST: Final = 100  # operations


@dataclass(frozen=True)
class Question:
    """A set of operations that is asked about."""

    name: str
    meaning: str  # a clause with the operation as its subject
    count: int  # of the operations in it
    members: Callable[[], Flags]


def _known(name: str) -> Question:
    known = BY_NAME[name]
    return Question(name, known.meaning, known.count, lambda: flags(name))


def _pooled(name: str, meaning: str, count: int, clones: tuple[str, ...]) -> Question:
    return Question(name, meaning, count, lambda: any_of(flags(clone) for clone in clones))


def _clones(begin: str, values: int) -> tuple[str, ...]:
    """Names of the maximal clones that begin so and whose relation is on that many values."""
    return tuple(
        clone.name
        for clone in CLONES
        if clone.name.startswith(begin) and len({value for pair in clone.relation for value in pair}) == values
    )


QUESTIONS: Final = (
    *map(_known, ("commutative", "associative", "idempotent", "identity", "absorbing", "monotone")),
    Question("automorphic", "has an automorphism besides the identity", 261, lambda: numbers("automorphisms") > 1),
    _pooled("congruence", "keeps at least one division of the values into two blocks", 3674, _clones("congruence", 3)),
    _pooled("closed_value", "maps (a, a) to a for at least one value a", 13_851, _clones("keeps", 1)),
    _pooled("closed_pair", "has values in {a, b} on at least one pair {a, b}", 10_000, _clones("keeps", 2)),
    _pooled("central", "keeps at least one of the three central relations", 2531, _clones("central", 3)),
    *map(_known, ("slupecki", "sheffer")),
)
