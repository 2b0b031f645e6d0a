"""Windows of long sequences, and what is done where a token is missing."""

import numpy as np
import pytest

from tvae.errors import SequenceError
from tvae.sequences.fasta import MISSING, read_fasta, tokens
from tvae.sequences.windows import complete_sites, cut, starts

LONG = np.arange(250) % 64


def test_whole_windows_follow_each_other_and_the_rest_is_not_read() -> None:
    found = cut([LONG, LONG[:100], LONG[:30]], 100)
    assert found.start.tolist() == [0, 100, 0, 0]
    assert found.record.tolist() == [0, 0, 1, 2]
    assert np.array_equal(found.inputs[1], LONG[100:200])
    assert found.known.sum(1).tolist() == [100, 100, 100, 30]
    assert np.array_equal(found.padding, ~found.known)
    assert not found.inputs[3, 30:].any()


def test_a_stride_and_a_shorter_window() -> None:
    assert list(starts(250, 100, 50)) == [0, 50, 100, 150]
    assert list(starts(250, 50)) == [0, 50, 100, 150, 200]
    found = cut([LONG], 50)
    assert found.known.sum(1).tolist() == [50] * 5
    assert np.array_equal(found.inputs[2, :50], LONG[100:150])


def test_without_a_window_only_the_start_is_read() -> None:
    assert list(starts(250)) == [0]
    assert np.array_equal(cut([LONG]).inputs[0], LONG[:100])


def test_missing_tokens_are_not_known_and_no_padding() -> None:
    gappy = LONG.copy()
    gappy[[0, 7]] = MISSING
    gappy[100:200] = MISSING
    found = cut([gappy], 50)
    assert found.start.tolist() == [0, 50, 200]  # a window without any token is left out
    assert np.flatnonzero(~found.known[0, :50]).tolist() == [0, 7]
    assert found.inputs[0, [0, 7]].tolist() == [0, 0]
    assert not found.padding[0, :50].any()


def test_sites_at_which_a_token_lacks_are_left_out_of_all() -> None:
    one, other = np.array([1, 2, MISSING, 4]), np.array([5, 6, 7, MISSING])
    assert [found.tolist() for found in complete_sites([one, other])] == [[1, 2], [5, 6]]
    with pytest.raises(SequenceError, match="have 3 to 4 tokens; places are only left out of aligned ones"):
        complete_sites([one, other[:3]])
    with pytest.raises(SequenceError, match="so none is left"):
        complete_sites([one[2:], other[2:]])


def test_a_codon_with_a_gap_or_an_ambiguous_letter_is_missing_only_if_asked() -> None:
    (record,) = read_fasta(">a\nATG--- A-G NNN RTT ATG.~.\n")
    assert tokens(record, "codons", missing=True).tolist() == [35, *[MISSING] * 4, 35, MISSING]
    with pytest.raises(SequenceError, match="'-' at position 4: a gap"):
        tokens(record, "codons")
    (protein,) = read_fasta(">a\nMX-B*\n")
    assert tokens(protein, "amino acids", missing=True).tolist() == [10, MISSING, MISSING, MISSING, 20]


@pytest.mark.parametrize(
    ("text", "alphabet", "sentence"),
    [
        ("ATGJJJ", "codons", "'J' at position 4: not a base"),
        ("MKU", "amino acids", "selenocysteine"),
        ("---NNN", "codons", "has a gap or an ambiguous letter in each token"),
        ("ATG-", "codons", "has 4 bases, 1 more than whole codons"),
    ],
)
def test_what_is_refused_all_the_same(text: str, alphabet: str, sentence: str) -> None:
    (record,) = read_fasta(f">a\n{text}\n")
    with pytest.raises(SequenceError, match=sentence):
        tokens(record, alphabet, missing=True)  # type: ignore[arg-type]
