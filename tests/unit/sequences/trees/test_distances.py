"""Distances between sequences against plain loops."""

import numpy as np
import pytest
import torch

from tvae.errors import SequenceError
from tvae.operations.codons import AMINO_ACIDS, TABLE
from tvae.sequences.encoding import encode_sequences
from tvae.sequences.fasta import MISSING, read_fasta
from tvae.sequences.model import SequenceConfig, SequenceVAE
from tvae.sequences.trees.distances import differing, euclidean, means, principal, stacked, summed, translated
from tvae.sequences.windows import cut

TOKENS = np.random.default_rng(0).integers(0, 64, (5, 230))
GAPPY = np.where(np.random.default_rng(1).random(TOKENS.shape) < 0.1, MISSING, TOKENS)


def test_sums_over_the_places_that_both_have() -> None:
    between = np.abs(np.subtract.outer(np.arange(64.0), np.arange(64.0)))
    found = summed(GAPPY, between)
    for i, one in enumerate(GAPPY):
        for j, other in enumerate(GAPPY):
            pairs = [(a, b) for a, b in zip(one, other, strict=True) if MISSING not in (a, b)]
            assert found[i, j] == pytest.approx(sum(between[a, b] for a, b in pairs) / len(pairs))
            assert differing(GAPPY)[i, j] == pytest.approx(sum(a != b for a, b in pairs) / len(pairs))


def test_amino_acids_of_codons() -> None:
    found = translated(GAPPY, 1)
    assert np.array_equal(found == MISSING, GAPPY == MISSING)
    assert AMINO_ACIDS[found[0, 0]] == TABLE[GAPPY[0, 0]]


def test_principal_components_of_all_are_the_distances_themselves() -> None:
    assert principal(TOKENS, 5) == pytest.approx(np.sqrt(2 * 230 * differing(TOKENS)))
    one_hot = (TOKENS[:, :, None] == np.arange(64)).reshape(5, -1).astype(float)
    scores = np.linalg.svd(one_hot - one_hot.mean(0), full_matrices=False)
    assert principal(TOKENS, 2) == pytest.approx(euclidean(scores[0][:, :2] * scores[1][:2]))
    alone = np.array([[0, 1], [0, 2], [MISSING, 1]])  # a missing token has the mean of its place
    assert principal(alone, 3)[0, 2] == pytest.approx(0, abs=1e-7)


def test_means_are_those_of_the_encoded_sequences() -> None:
    torch.manual_seed(0)
    model = SequenceVAE(SequenceConfig("amino acids")).eval()
    letters = ["".join(AMINO_ACIDS[i] for i in row % 20) for row in TOKENS]
    records = read_fasta("".join(f">s{i}\n{text}\n" for i, text in enumerate(letters)))
    found = means(model, cut(list(TOKENS % 20), 100), 5)
    assert found == pytest.approx(np.stack([one.mean_mu for one in encode_sequences(model, records)]), abs=1e-6)
    with pytest.raises(SequenceError, match="Sequence 2 has gaps or ambiguous letters in all of its windows"):
        means(model, cut([TOKENS[0] % 20, np.full(230, MISSING)], 100), 2)


def test_what_cannot_be_compared() -> None:
    with pytest.raises(SequenceError, match="have 229 to 230 tokens; only aligned ones"):
        stacked([TOKENS[0], TOKENS[1][1:]])
    apart = np.array([[1, MISSING], [1, 2], [MISSING, 2]])
    with pytest.raises(SequenceError, match="Sequences 1 and 3 have no place"):
        differing(apart)
