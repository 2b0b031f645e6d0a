"""Does a ternary checkpoint know the genetic code: how far apart synonymous codons lie, and what that is worth.

Axes: C = 64 codons, encoded as the operations of `codons`; P permutations. Synonymous are two codons of one amino acid.
Measured are the mean distance of synonymous pairs (within) and of all others (between), their ratio, and `nearer`: the
share of (synonymous, other) pairs of pairs of which the synonymous one is nearer, ties counted half, 0.5 by chance.
Unlike a ratio, `nearer` compares distances of different scales.

Every number has two permutation p-values, (k + 1) / (P + 1) with k the permutations whose ratio is at most the real one
(Phipson, Smyth, "Permutation p-values should never be zero", 2010). They answer different questions:

- chance: the amino acids are dealt to the codons anew, family sizes kept. It asks whether synonymous codons are nearer
  than codons drawn at random. They are by any distance that follows the digits, since the mapping puts the first two
  bases of a codon into its first four trits, and most synonyms share them. So this one says nothing of the model.
- mapping: the code is moved by a random automorphism of the 3-adic tree of the 64 codons, that is, the two branches of
  each of its 63 nodes are exchanged or not. All 3-adic distances stay as they are, so each such code has boxes, split
  third bases and family shapes like the real one, and by 3-adic distance none can be told from another (p = 1). It asks
  whether the model knows more of the code than the mapping brings along.

The controls are the 3-adic and the Hamming distance of the same operations, without any model. No checkpoint here ever
saw a codon.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.analysis import neighbours
from tvae.errors import InputError
from tvae.models.embedding import Embedding, EncoderEmbedding
from tvae.operations import codons, ternary
from tvae.operations.validation import count, quoted

PERMUTATIONS: Final = 10_000
MAX_PERMUTATIONS: Final = 100_000
MAX_SEED: Final = 2**32 - 1
ALPHA: Final = 0.01  # below it a p-value counts; each checkpoint has two encoders, and there are eleven of them
_DEPTH: Final = 6  # of the tree of codons, which is binary: a base is two trits of two values each
_CHUNK: Final = 2_000  # permutations at a time

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]  # (P, C) permutation p moves the amino acid of codon c to codon places[p, c]


@dataclass(frozen=True)
class Association:
    """How one distance goes together with the genetic code; see the module for the definitions."""

    within: float  # mean distance of synonymous pairs
    between: float  # mean distance of all other pairs
    ratio: float  # within / between
    nearer: float  # 0..1, 0.5 by chance
    p_chance: float
    p_mapping: float
    pairs_within: int
    pairs_between: int


@dataclass(frozen=True)
class Geometry:
    """The 64 codons in one encoder's half of an embedding; the rows are in the order of `codons.CODONS`."""

    encoder: str
    radius: Doubles  # (C,) as in `embedding.Side`
    distances: Doubles  # (C, C) hyperbolic, or Euclidean distance of the means without a ball
    synonyms: Doubles  # (C,) mean distance to the codon's synonyms; nan for the two that have none
    others: Doubles  # (C,) mean distance to all codons that are no synonyms
    association: Association


@dataclass(frozen=True)
class CodeAssociation:
    """Both encoders, the controls, and how they were measured."""

    a: Geometry
    b: Geometry
    adic: Association
    hamming: Association
    curved: bool  # hyperbolic distances; False: a checkpoint without a ball
    stops: bool  # whether the three stop codons count as a family of synonyms
    permutations: int
    seed: int

    @property
    def best_control(self) -> float:
        """The larger `nearer` of the two controls."""
        return max(self.adic.nearer, self.hamming.nearer)

    def beats_controls(self, found: Association) -> bool:
        """Whether a distance beats both controls and knows more than the mapping brings along."""
        return found.p_mapping <= ALPHA and found.p_chance <= ALPHA and found.nearer > self.best_control


def examine(
    embedding: Embedding, stops: bool = False, permutations: int = PERMUTATIONS, seed: int = 0
) -> CodeAssociation:
    """Measure the codons in an embedding.

    `stops`: count the three stop codons as a family and their pairs among all pairs; else they are encoded, and left
    out of the statistic. Raises InputError for fewer than 1 or more than 100,000 permutations, and for a negative seed.
    """
    permutations, seed = check(stops, permutations, seed)
    dealt, moved = label_permutations(permutations, seed), tree_automorphisms(permutations, seed)

    def of(distances: Doubles) -> Association:
        return association(distances, dealt, moved, stops)

    index = codons.OPERATIONS
    return CodeAssociation(
        _geometry("A", embedding.a, of),
        _geometry("B", embedding.b, of),
        of(ternary.distance_3adic(index[:, None], index[None])),
        of(ternary.distance_hamming(index[:, None], index[None]).astype(np.float64)),
        embedding.has_ball,
        stops,
        permutations,
        seed,
    )


def check(stops: object, permutations: object, seed: object) -> tuple[int, int]:
    """Permutations and seed of `examine` as whole numbers; raises InputError as it does."""
    if not isinstance(stops, bool):
        raise InputError(f"stops is {quoted(stops)}; it is true or false, for example false.")
    many = count(permutations, 1, MAX_PERMUTATIONS, "permutations", PERMUTATIONS)
    return many, count(seed, 0, MAX_SEED, "The seed", 0)


def _geometry(encoder: str, side: EncoderEmbedding, of: Callable[[Doubles], Association]) -> Geometry:
    index = codons.OPERATIONS
    distances = neighbours.model_distances(side, index, np.tile(index, (codons.C, 1)))
    distances = (distances + distances.T) / 2  # rounding aside it is symmetric already
    same = synonymous()
    with np.errstate(invalid="ignore"):
        synonyms = (distances * same).sum(1) / same.sum(1)
    different = ~same & ~np.eye(codons.C, dtype=bool)
    others = (distances * different).sum(1) / different.sum(1)
    return Geometry(encoder, side.radius[index], distances, synonyms, others, of(distances))


def synonymous() -> NDArray[np.bool_]:
    """(C, C) whether two different codons mean the same; stop codons are synonyms of each other."""
    letters = np.array(list(codons.TABLE))
    same: NDArray[np.bool_] = (letters[:, None] == letters[None]) & ~np.eye(codons.C, dtype=bool)
    return same


def association(distances: Doubles, dealt: Places, moved: Places, stops: bool) -> Association:
    """What a symmetric distance (C, C) has to do with the code; `dealt` and `moved` are the permutations (P, C)."""
    real = np.arange(codons.C)[None]
    ratio = float(_ratios(distances, real, stops)[0])
    counted = np.array([stops or letter != codons.STOP for letter in codons.TABLE])
    upper = np.triu(np.ones((codons.C, codons.C), bool), 1) & counted[:, None] & counted[None]
    within, between = distances[upper & synonymous()], distances[upper & ~synonymous()]
    return Association(
        float(within.mean()),
        float(between.mean()),
        ratio,
        _nearer(within, between),
        _p_value(ratio, _ratios(distances, dealt, stops)),
        _p_value(ratio, _ratios(distances, moved, stops)),
        len(within),
        len(between),
    )


def _nearer(within: Doubles, between: Doubles) -> float:
    """The share of (within, between) with the first smaller, ties half: the area under the ROC curve."""
    ordered = np.sort(between)
    above = len(ordered) - np.searchsorted(ordered, within, "right")
    ties = len(ordered) - np.searchsorted(ordered, within, "left") - above
    return float((above + ties / 2).mean() / len(ordered))


def _p_value(real: float, permuted: Doubles) -> float:
    """(k + 1) / (P + 1); what differs by rounding alone counts as equal."""
    return float(((permuted <= real * (1 + 1e-9)).sum() + 1) / (len(permuted) + 1))


def _ratios(distances: Doubles, places: Places, stops: bool) -> Doubles:
    """within / between (P,) of the real code moved to `places` (P, C)."""
    pairs = np.argwhere(np.triu(synonymous(), 1))  # (S, 2)
    stop = np.array([letter == codons.STOP for letter in codons.TABLE])
    if not stops:
        pairs = pairs[~stop[pairs[:, 0]]]
    size = codons.C - (0 if stops else int(stop.sum()))
    others = size * (size - 1) // 2 - len(pairs)
    total = np.triu(distances, 1).sum()
    found = []
    for start in range(0, len(places), _CHUNK):
        part = places[start : start + _CHUNK]
        within = distances[part[:, pairs[:, 0]], part[:, pairs[:, 1]]].sum(1)
        left_out = 0.0 if stops else _touching(distances, part[:, stop])
        found.append((within / len(pairs)) / ((total - left_out - within) / others))
    return np.concatenate(found)


def _touching(distances: Doubles, chosen: Places) -> Doubles:
    """The sum (P,) of the distances of all pairs that have at least one codon of `chosen` (P, S)."""
    among = distances[chosen[:, :, None], chosen[:, None, :]].sum((1, 2)) / 2
    sums: Doubles = distances.sum(1)[chosen].sum(1) - among
    return sums


def label_permutations(permutations: int, seed: int) -> Places:
    """Uniform permutations of the codons (P, C)."""
    rows = np.tile(np.arange(codons.C), (permutations, 1))
    return np.random.default_rng(seed).permuted(rows, axis=1)


def tree_automorphisms(permutations: int, seed: int) -> Places:
    """Uniform automorphisms of the 3-adic tree of the codons (P, C); they keep every 3-adic distance.

    The six binary digits of a codon's index are its way down the tree, the first base's first trit at the top.
    """
    flips = np.random.default_rng(seed).integers(0, 2, (permutations, 2**_DEPTH - 1))  # (P, nodes), the root first
    way = np.arange(codons.C)
    places = np.zeros((permutations, codons.C), np.int64)
    for level in range(_DEPTH):
        node = 2**level - 1 + (way >> (_DEPTH - level))  # (C,)
        digit = way >> (_DEPTH - 1 - level) & 1
        places = 2 * places + (digit ^ flips[:, node])
    return places
