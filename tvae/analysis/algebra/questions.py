"""The properties that are asked about: those that do not depend on what the three values are called.

A property that names values, such as monotone(- < 0 < +), is about digits as well as about algebra, so it is pooled
with its relabelled copies: monotone for some chain. A property of fewer than `FEWEST` operations is left out, since a
handful of neighbours would decide its share; the larger one of which it is a special case is asked about, where there
is one. `onto` is left out because `slupecki` is almost its complement.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tvae.operations.atlas.identities import Flags
from tvae.operations.atlas.properties import BY_NAME, POOLED, flags

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


QUESTIONS: Final = (
    *map(_known, ("commutative", "associative", "idempotent", "identity", "absorbing", "monotone")),
    *map(_known, (one.name for one in POOLED)),
    *map(_known, ("slupecki", "sheffer")),
)
