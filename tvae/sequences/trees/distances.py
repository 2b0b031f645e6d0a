"""Distances between aligned sequences, (S, S): with a model of sequences, with a ternary checkpoint, and without one.

Where a sequence lacks a token, the place is left out of all pairs with it, and the others are averaged.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.errors import SequenceError
from tvae.operations import codons
from tvae.operations.genetic_codes import CODES
from tvae.sequences.encoding import reconstruct
from tvae.sequences.fasta import MISSING, Tokens
from tvae.sequences.model import SequenceVAE
from tvae.sequences.windows import Windows

_PLACES: Final = 200  # at a time

Doubles = NDArray[np.float64]


def stacked(found: Sequence[Tokens]) -> Tokens:
    """The tokens (S, L) of aligned sequences. Raises SequenceError if their lengths differ."""
    lengths = sorted({len(one) for one in found})
    if len(lengths) > 1:
        raise SequenceError(
            f"The sequences have {lengths[0]:,} to {lengths[-1]:,} tokens; only aligned ones, which are of one length, "
            "are compared with a tree. Align them first."
        )
    return np.stack(list(found))


def means(model: SequenceVAE, windows: Windows, count: int) -> Doubles:
    """The mean of the windows' latent means of each of `count` sequences (S, 16).

    Raises SequenceError for a sequence without a window.
    """
    mu, _ = reconstruct(model, windows.inputs)
    found = np.zeros((count, mu.shape[1]))
    number = np.bincount(windows.record, minlength=count)
    if not number.all():
        raise SequenceError(
            f"Sequence {int(np.flatnonzero(number == 0)[0]) + 1} has gaps or ambiguous letters in all of its windows. "
            "Leave it out."
        )
    np.add.at(found, windows.record, mu.astype(np.float64))
    return found / number[:, None]


def euclidean(points: Doubles) -> Doubles:
    """Distances of points (S, D)."""
    found: Doubles = np.linalg.norm(points[:, None] - points[None], axis=-1)
    return found


def principal(tokens: Tokens, components: int) -> Doubles:
    """Distances in the first principal components of the tokens (S, L), each as one number, 0 or 1, per kind.

    A missing token has the mean of its place.
    """
    kinds = np.arange(int(tokens.max()) + 1)
    products = np.zeros((len(tokens), len(tokens)))
    for start in range(0, tokens.shape[1], _PLACES):
        part = tokens[:, start : start + _PLACES, None]
        known = part != MISSING
        mean = (part == kinds).sum(0) / np.maximum(known.sum(0), 1)
        flat = np.where(known, (part == kinds) - mean, 0.0).reshape(len(tokens), -1)
        products += flat @ flat.T
    values, vectors = np.linalg.eigh(products)  # ascending
    largest = slice(None, -components - 1, -1)
    return euclidean(vectors[:, largest] * np.sqrt(np.maximum(values[largest], 0)))


def differing(tokens: Tokens) -> Doubles:
    """The share of different tokens (S, L) among those that both sequences have."""
    return summed(tokens, 1.0 - np.eye(int(tokens.max()) + 1))


def translated(tokens: Tokens, code: int) -> Tokens:
    """Codons (S, L) as places in `AMINO_ACIDS`; missing ones stay missing."""
    places = np.array([codons.AMINO_ACIDS.index(letter) for letter in CODES[code].letters])
    return np.where(tokens == MISSING, MISSING, places[tokens])


def summed(tokens: Tokens, distances: Doubles) -> Doubles:
    """Distances of tokens (K, K), summed over the places of sequences (S, L) and divided by the number of shared ones.

    Raises SequenceError for two sequences without a place in common.
    """
    found = np.zeros((len(tokens), len(tokens)))
    for row, one in enumerate(tokens):
        both = (one != MISSING) & (tokens != MISSING)
        shared = both.sum(1)
        if not shared.all():
            raise SequenceError(
                f"Sequences {row + 1} and {int(np.flatnonzero(shared == 0)[0]) + 1} have no place at which neither has "
                "a gap or an ambiguous letter. Leave one of them out."
            )
        found[row] = np.where(both, distances[one, tokens], 0.0).sum(1) / shared
    return found
