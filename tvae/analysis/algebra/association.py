"""Association of a checkpoint's geometry with the algebra of operations, beyond what the digits explain.

Axes: Q questions (properties), R relabellings. The share of a property is that of operations that have it among the
K = 10 nearest of those that have it. Its controls are the base rate and the shares among the nearest by Hamming and by
3-adic distance, without a model, averaged over ties.

The null hypothesis is that the geometry depends on digits alone. Under it, a set of operations is as good as its copies
under the relabellings in `isometries`, for which the base rate and both controls are the same. So

- p is (k + 1) / (R + 1), where k of R random copies have at least the share of the real set (Phipson, Smyth,
  "Permutation p-values should never be zero", 2010). It cannot be below one over the number of different copies.
- p_corrected is the same for the largest z-score of all questions and both encoders under one relabelling: Westfall
  and Young's max-T ("Resampling-Based Multiple Testing", 1993). The z-score of a share is taken over the R + 1 shares
  of its question. If the null hypothesis holds, some p_corrected is at most 0.01 with probability 0.01. Holm's
  correction would multiply the smallest p by 26, so a property with few copies (commutative has 216) could never pass.

A rejection says that the geometry depends on more than both distances; that may be the order of the trits, which are
numbers to the encoder. So the geometry knows a property only if its share also exceeds both controls.
"""

import itertools
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.analysis import neighbours
from tvae.analysis.algebra import isometries, shares
from tvae.analysis.algebra.questions import QUESTIONS, Question
from tvae.models.embedding import Embedding
from tvae.operations.atlas.identities import Flags
from tvae.operations.validation import count

PERMUTATIONS: Final = 1_999
MAX_PERMUTATIONS: Final = 5_000
MAX_SEED: Final = 2**32 - 1
ALPHA: Final = 0.01  # significance level; strict, because there are thirteen checkpoints
K: Final = shares.K
_ROUNDING: Final = 1e-9  # z-scores that differ by less are equal

Integers = NDArray[np.int64]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What is the same for all checkpoints."""

    question: Question
    base: float  # share expected among any operations
    hamming: float  # share among the nearest by Hamming distance
    adic: float  # share among the nearest by 3-adic distance
    copies: int  # different sets under all relabellings; counted to 1 / ALPHA, which is enough


@dataclass(frozen=True)
class Row:
    """The answer to one question for one encoder; the module has the definitions."""

    asked: Asked
    encoder: str
    share: float
    expected: float  # mean share of the copies
    p: float
    p_corrected: float

    @property
    def decidable(self) -> bool:
        """Whether p could be significant at all."""
        return self.asked.copies >= 1 / ALPHA

    @property
    def significant(self) -> bool:
        """Whether digits alone do not explain the share."""
        return self.p_corrected <= ALPHA

    @property
    def known(self) -> bool:
        """Whether the share is significant and above those of both distances."""
        return self.significant and self.share > max(self.asked.hamming, self.asked.adic)


@dataclass(frozen=True)
class Algebra:
    """All questions for both encoders, in the order of the questions, and the settings."""

    rows: tuple[Row, ...]
    permutations: int
    seed: int


def examine(embedding: Embedding, permutations: int = PERMUTATIONS, seed: int = 0) -> Algebra:
    """Ask all questions. Raises InputError for fewer than 1 or more than 5,000 permutations, or a negative seed."""
    permutations, seed = check(permutations, seed)
    nearest = [neighbours.graph(embedding.side(encoder), K) for encoder in "AB"]
    found = hits(nearest, [one.members() for one in QUESTIONS], permutations, seed)
    return Algebra(tuple(_rows(found)), permutations, seed)


def check(permutations: object, seed: object) -> tuple[int, int]:
    """Validated permutations and seed of `examine`; raises InputError as it does."""
    many = count(permutations, 1, MAX_PERMUTATIONS, "permutations", PERMUTATIONS)
    return many, count(seed, 0, MAX_SEED, "The seed", 0)


@cache
def asked() -> tuple[Asked, ...]:
    """The questions with their controls."""
    enough = round(1 / ALPHA)
    return tuple(
        Asked(
            one,
            shares.base(flags),
            shares.hamming(flags),
            shares.adic(flags),
            isometries.count_images(flags, enough),
        )
        for one in QUESTIONS
        for flags in (one.members(),)
    )


def hits(nearest: list[Integers], sets: list[Flags], permutations: int, seed: int) -> Integers:
    """(R + 1, encoders, Q) neighbours that share a property: of the real sets, then of their copies."""
    words, ranked = shares.words(sets), [shares.by_rank(near) for near in nearest]
    copies = (words[isometries.images(one)] for one in isometries.draw(permutations, seed))  # one at a time: 80 kB
    return np.array(
        [[shares.hits(copy, near)[: len(sets)] for near in ranked] for copy in itertools.chain([words], copies)]
    )


def p_values(found: Integers) -> tuple[Doubles, Doubles]:
    """p and p_corrected (encoders, Q) of hits (R + 1, encoders, Q), of which the first are real."""
    p: Doubles = (found >= found[0]).mean(0)
    spread = found.std(0)
    z = (found - found.mean(0)) / np.where(spread > 0, spread, 1)
    largest = z.max((1, 2))
    corrected: Doubles = (largest[:, None, None] >= z[0] - _ROUNDING).mean(0)
    return p, corrected


def _rows(found: Integers) -> list[Row]:
    p, corrected = p_values(found)
    expected = found[1:].mean(0)
    rows = []
    for place, one in enumerate(asked()):
        slots = K * one.question.count
        for side, encoder in enumerate("AB"):
            rows.append(
                Row(
                    one,
                    encoder,
                    float(found[0, side, place] / slots),
                    float(expected[side, place] / slots),
                    float(p[side, place]),
                    float(corrected[side, place]),
                )
            )
    return rows
