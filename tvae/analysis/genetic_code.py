"""Association of a ternary checkpoint with the genetic code: are synonymous codons close, and what does that mean?

Axes: C = 64 codons, encoded as the operations of `codons`; P permutations. Two codons of one amino acid are synonymous.
The measurements are the mean distance of synonymous pairs (within) and of all other pairs (between), their ratio, and
`nearer`: the probability that a random synonymous pair is closer than a random other pair, counting ties half (the area
under the ROC curve; chance is 0.5). Unlike the ratio, `nearer` is comparable between distances of different scales.

Every ratio has two permutation p-values, (k + 1) / (P + 1), where k permutations have a ratio of at most the real one
(Phipson, Smyth, "Permutation p-values should never be zero", 2010). They answer different questions:

- chance: the amino acids are shuffled across codons; family sizes are kept. The question is whether synonymous codons
  are closer than random codons. By any distance that follows the digits they are, because the mapping puts the first
  two bases of a codon into its first four trits, and most synonyms share these. So this p-value is no evidence for the
  model.
- mapping: the code is permuted by a random automorphism of the 3-adic tree of the 64 codons, which exchanges the two
  branches of each of the 63 nodes, or not. All 3-adic distances stay the same, so each such code has boxes, split third
  bases and families of the same shape as the real code, and the same 3-adic ratio (p = 1). The question is whether the
  model has more information on the code than the mapping.

The controls are the 3-adic and the Hamming distance of the same operations, without a model. No checkpoint here was
trained on codons. The genetic code is NCBI's standard code unless another is named; the operations of the codons are
the same for all codes.
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
from tvae.operations.genetic_codes import CODES, STANDARD, code_number
from tvae.operations.validation import count, quoted

PERMUTATIONS: Final = 10_000
MAX_PERMUTATIONS: Final = 100_000
MAX_SEED: Final = 2**32 - 1
ALPHA: Final = 0.01  # significance level; strict, because there are eleven checkpoints with two encoders each
_DEPTH: Final = 6  # of the binary tree of codons: a base is two trits with two values each
_CHUNK: Final = 2_000  # permutations at a time

Doubles = NDArray[np.float64]
Places = NDArray[np.int8]  # (P, C) permutation p moves the amino acid of codon c to codon places[p, c]


@dataclass(frozen=True)
class Association:
    """Association of one distance with the genetic code; the module has the definitions."""

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
    radius: Doubles  # (C,) as in `EncoderEmbedding`
    distances: Doubles  # (C, C) hyperbolic, or Euclidean distance of the means without a ball
    synonyms: Doubles  # (C,) mean distance to the codon's synonyms; nan for a codon without any
    others: Doubles  # (C,) mean distance to all codons that are not synonyms
    association: Association


@dataclass(frozen=True)
class CodeAssociation:
    """Both encoders, the controls, and the settings of the measurement."""

    a: Geometry
    b: Geometry
    adic: Association
    hamming: Association
    curved: bool  # hyperbolic distances; False: a checkpoint without a ball
    stops: bool  # whether the stop codons count as synonyms
    permutations: int
    seed: int
    code: int  # NCBI's number of the genetic code

    @property
    def best_control(self) -> float:
        """The larger `nearer` of the two controls."""
        return max(self.adic.nearer, self.hamming.nearer)

    def beats_controls(self, found: Association) -> bool:
        """Whether both p-values are significant and `nearer` is above that of both controls."""
        return found.p_mapping <= ALPHA and found.p_chance <= ALPHA and found.nearer > self.best_control


def examine(
    embedding: Embedding,
    stops: bool = False,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    code: int = STANDARD,
) -> CodeAssociation:
    """Measure the codons in an embedding.

    `stops`: count the stop codons as synonyms; otherwise they are encoded, but all their pairs are excluded from the
    statistics. `code` is NCBI's number of the genetic code. Raises InputError for fewer than 1 or more than 100,000
    permutations, for a negative seed, and for an unknown code.
    """
    permutations, seed, code = check(stops, permutations, seed, code)
    shuffled, moved = label_permutations(permutations, seed), tree_automorphisms(permutations, seed)

    def of(distances: Doubles) -> Association:
        return association(distances, shuffled, moved, stops, code)

    index = codons.OPERATIONS
    return CodeAssociation(
        _geometry("A", embedding.a, synonymous(code), of),
        _geometry("B", embedding.b, synonymous(code), of),
        of(ternary.distance_3adic(index[:, None], index[None])),
        of(ternary.distance_hamming(index[:, None], index[None]).astype(np.float64)),
        embedding.has_ball,
        stops,
        permutations,
        seed,
        code,
    )


def check(stops: object, permutations: object, seed: object, code: object) -> tuple[int, int, int]:
    """Validated permutations, seed and code of `examine`; raises InputError as it does."""
    if not isinstance(stops, bool):
        raise InputError(f"stops is {quoted(stops)}; it must be true or false, for example false.")
    many = count(permutations, 1, MAX_PERMUTATIONS, "permutations", PERMUTATIONS)
    return many, count(seed, 0, MAX_SEED, "The seed", 0), code_number(code)


def _geometry(
    encoder: str, side: EncoderEmbedding, same: NDArray[np.bool_], of: Callable[[Doubles], Association]
) -> Geometry:
    index = codons.OPERATIONS
    distances = codon_distances(side)
    with np.errstate(invalid="ignore"):
        synonyms = (distances * same).sum(1) / same.sum(1)
    different = ~same & ~np.eye(codons.C, dtype=bool)
    others = (distances * different).sum(1) / different.sum(1)
    return Geometry(encoder, side.radius[index], distances, synonyms, others, of(distances))


def codon_distances(side: EncoderEmbedding) -> Doubles:
    """Distances of the 64 codons in one encoder's half of an embedding (C, C)."""
    index = codons.OPERATIONS
    distances = neighbours.model_distances(side, index, np.tile(index, (codons.C, 1)))
    return (distances + distances.T) / 2  # removes rounding errors


def synonymous(code: int = STANDARD) -> NDArray[np.bool_]:
    """(C, C) whether two different codons have the same meaning; stop codons are synonyms of each other."""
    letters = np.array(list(CODES[code].letters))
    same: NDArray[np.bool_] = (letters[:, None] == letters[None]) & ~np.eye(codons.C, dtype=bool)
    return same


def association(distances: Doubles, shuffled: Places, moved: Places, stops: bool, code: int = STANDARD) -> Association:
    """Association of a symmetric distance (C, C) with the code; permutations (P, C) for chance and for the mapping."""
    real = np.arange(codons.C, dtype=np.int8)[None]
    ratio = float(_ratios(distances, real, stops, code)[0])
    counted = np.array([stops or letter != codons.STOP for letter in CODES[code].letters])
    upper = np.triu(np.ones((codons.C, codons.C), bool), 1) & counted[:, None] & counted[None]
    within, between = distances[upper & synonymous(code)], distances[upper & ~synonymous(code)]
    return Association(
        float(within.mean()),
        float(between.mean()),
        ratio,
        _nearer(within, between),
        _p_value(ratio, _ratios(distances, shuffled, stops, code)),
        _p_value(ratio, _ratios(distances, moved, stops, code)),
        len(within),
        len(between),
    )


def _nearer(within: Doubles, between: Doubles) -> float:
    """Share of pairs (within, between) with a smaller first value, counting ties half: the area under the ROC curve."""
    ordered = np.sort(between)
    above = len(ordered) - np.searchsorted(ordered, within, "right")
    ties = len(ordered) - np.searchsorted(ordered, within, "left") - above
    return float((above + ties / 2).mean() / len(ordered))


def _p_value(real: float, permuted: Doubles) -> float:
    """(k + 1) / (P + 1); values that differ only by rounding count as equal."""
    return float(((permuted <= real * (1 + 1e-9)).sum() + 1) / (len(permuted) + 1))


def _ratios(distances: Doubles, places: Places, stops: bool, code: int) -> Doubles:
    """within / between (P,) of the real code moved to `places` (P, C)."""
    pairs = np.argwhere(np.triu(synonymous(code), 1))  # (S, 2)
    stop = np.array([letter == codons.STOP for letter in CODES[code].letters])
    if not stops:
        pairs = pairs[~stop[pairs[:, 0]]]
    size = codons.C - (0 if stops else int(stop.sum()))
    others = size * (size - 1) // 2 - len(pairs)
    total = np.triu(distances, 1).sum()
    stopped = np.flatnonzero(stop)
    found = []
    for start in range(0, len(places), _CHUNK):
        part = places[start : start + _CHUNK]
        within = _between(distances, part.take(pairs[:, 0], 1), part.take(pairs[:, 1], 1)).sum(1)
        left_out = 0.0 if stops else _touching(distances, part.take(stopped, 1))
        inside, outside = within / len(pairs), (total - left_out - within) / others
        found.append(np.divide(inside, outside, out=np.ones_like(inside), where=outside > 0))
    return np.concatenate(found)


def _touching(distances: Doubles, chosen: Places) -> Doubles:
    """The sum (P,) of the distances of all pairs with at least one codon in `chosen` (P, S)."""
    among = _between(distances, chosen[:, :, None], chosen[:, None, :]).sum((1, 2)) / 2
    sums: Doubles = distances.sum(1).take(chosen).sum(1) - among
    return sums


def _between(distances: Doubles, first: Places, second: Places) -> Doubles:
    """The distances of pairs of codons, as `distances[first, second]`; with one index, NumPy is seven times as fast."""
    return distances.ravel().take(first.astype(np.intp) * codons.C + second)


def label_permutations(permutations: int, seed: int) -> Places:
    """Uniform permutations of the codons (P, C)."""
    rows = np.tile(np.arange(codons.C, dtype=np.int8), (permutations, 1))
    return np.random.default_rng(seed).permuted(rows, axis=1)


def tree_automorphisms(permutations: int, seed: int) -> Places:
    """Uniform automorphisms of the 3-adic tree of the codons (P, C); they keep every 3-adic distance.

    The six binary digits of a codon's index are its path from the root of the tree; the first base comes first.
    """
    drawn = np.random.default_rng(seed).integers(0, 2, (permutations, 2**_DEPTH - 1))  # (P, nodes), the root first
    flips = drawn.astype(np.int8)
    places = np.zeros((permutations, 1), np.int8)
    for level in range(_DEPTH):
        flipped = flips[:, 2**level - 1 : 2 ** (level + 1) - 1]  # of the nodes of this level, (P, 2**level)
        children = np.stack([2 * places + flipped, 2 * places + (1 - flipped)], axis=2)
        places = children.reshape(permutations, -1)
    return places
