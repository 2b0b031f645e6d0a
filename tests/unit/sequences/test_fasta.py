"""FASTA read strictly: equal to Biopython's reading of what is right, a sentence with the place for what is not."""

import io
import random
from pathlib import Path

import numpy as np
import pytest
from Bio.Seq import Seq
from Bio.SeqIO.FastaIO import SimpleFastaParser

from tvae.errors import SequenceError, StorageError
from tvae.operations import codons
from tvae.sequences import fasta
from tvae.sequences.fasta import (
    LENGTH,
    Alphabet,
    Record,
    padded,
    read_fasta,
    read_file,
    text_of,
    tokens,
)

CODONS: Alphabet = "codons"
ACIDS: Alphabet = "amino acids"


def record(letters: str) -> Record:
    return read_fasta(f">one\n{letters}")[0]


def refusal(text: object, alphabet: Alphabet = CODONS) -> SequenceError:
    with pytest.raises(SequenceError) as caught:
        fasta.all_tokens(read_fasta(text), alphabet)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith((".", "gz"))
    assert len(str(caught.value)) < 400
    return caught.value


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_records_are_those_of_biopython(newline: str) -> None:
    rng = random.Random(0)
    lines = []
    for number in range(20):
        lines.append(f">gene{number} of something > else")
        letters = "".join(rng.choices("ACGTacgt", k=3 * rng.randrange(1, 90)))
        lines += [letters[start : start + 60] for start in range(0, len(letters), 60)] + [""] * (number % 3)
    found = read_fasta(newline.join(lines))
    wanted = list(SimpleFastaParser(io.StringIO("\n".join(lines))))
    assert [(one.id, one.letters) for one in found] == [(title.split()[0], text.upper()) for title, text in wanted]
    assert [one.number for one in found] == list(range(1, 21))
    for one, (_, text) in zip(found, wanted, strict=True):
        assert codons.translated(tokens(one, CODONS)) == str(Seq(text).translate())
        assert text_of(tokens(one, CODONS), CODONS) == text.upper()


def test_dna_rna_and_case_are_the_same() -> None:
    same = [tokens(record(letters), CODONS).tolist() for letters in ("ATGTTTTGA", "augUUUuga", "atg ttt\n tga\n")]
    assert same == [[codons.CODONS.index(codon) for codon in ("ATG", "TTT", "TGA")]] * 3


def test_amino_acids() -> None:
    found = tokens(record("mkWy*"), ACIDS)
    assert [codons.AMINO_ACIDS[index] for index in found] == list("MKWY*")
    assert text_of(found, ACIDS) == "MKWY*"
    assert found.max() < fasta.TOKENS[ACIDS] == 21


def test_letters_without_a_name_are_one_record() -> None:
    (one,) = read_fasta("ATG\nAAA\n")
    assert (one.id, one.number, one.letters) == ("sequence", 1, "ATGAAA")
    (unnamed,) = read_fasta(">\nATG")
    assert unnamed.id == "unnamed"


def test_a_byte_order_mark_is_read_at_the_start_and_before_each_record() -> None:
    for text in ("\ufeff>a\nATG\n\ufeff>b\nAAA", "\ufeff\ufeff>a\r\nATG\r\n\ufeff\ufeff>b\r\nAAA"):
        assert read_fasta(text) == read_fasta(">a\nATG\n>b\nAAA")
    assert read_fasta("\ufeffATG") == read_fasta("ATG")
    for text in ("ATG\ufeffAAA", "ATG\n\ufeffAAA", "ATGAAA\ufeff"):
        assert "'\\ufeff' at position" in str(refusal(text))
    named = str(refusal(">\ufeffa\nATG"))
    assert (
        named == "Sequence 1 ('\\ufeffa') has a byte-order mark in its name. Remove it; it is accepted only before a >."
    )


def test_only_ascii_letters_change_case_and_only_ascii_white_space_is_left_out() -> None:
    folded = "ßſıŉﬁ\u212a"  # str.upper() makes ASCII letters of these
    assert record("atg" + folded).letters == "ATG" + folded
    assert record("at g\t\v\f\ntga").letters == "ATGTGA"
    for letter in folded + "\u00a0\u2028\u3000\x1c":
        assert "at position 4: not a base" in str(refusal("ATG" + letter))
        assert "at position 2: not an amino acid" in str(refusal("M" + letter, ACIDS))


def test_the_first_hundred_are_used_and_the_rest_is_index_0() -> None:
    short, exact, long = (np.arange(1, count + 1) % 64 for count in (3, 100, 250))
    assert padded(short).tolist() == [1, 2, 3] + [0] * 97
    assert (padded(exact) == exact).all()
    assert (padded(long) == long[:100]).all()
    assert all(len(padded(found)) == LENGTH == 100 for found in (short, exact, long))
    assert text_of(np.zeros(2, np.int64), CODONS) == "TTTTTT"
    assert text_of(np.zeros(2, np.int64), ACIDS) == "AA"


WRONG: tuple[tuple[str, str, int], ...] = (
    ("ATGNAA", "'N' at position 4: an ambiguous base. Leave the sequence out", 4),
    ("ATG-AA", "'-' at position 4: a gap. Remove the gaps", 4),
    ("ATGAA.", "'.' at position 6: a gap", 6),
    ("ATGAA", "has 5 bases, 2 more than whole codons. Its last codon is not complete", 4),
    ("ATGA", "has 4 bases, 1 more than whole codons", 4),
    ("ATGUAA", "has T and U (the second kind first at position 4)", 4),
    ("MKLV", "'M' at position 1: not a base. This looks like a protein", 1),
    ("MKA", "'M' at position 1: an ambiguous base", 1),
    ("AQLV", "'Q' at position 2: not a base. This looks like a protein", 2),
    ("ATG1AA", "'1' at position 4: not a base. Accepted are A, C, G and T (or U)", 4),
    ("ATGAA*", "'*' at position 6: not a base", 6),
    ("ATG\nA\nAÄ", "'Ä' at position 6: not a base", 6),
)


@pytest.mark.parametrize(("letters", "sentence", "position"), WRONG)
def test_a_wrong_letter_is_named_with_its_place(letters: str, sentence: str, position: int) -> None:
    error = refusal(f">good\nATG\n>bad gene\n{letters}")
    assert str(error).startswith("Sequence 2 ('bad') has ")
    assert sentence in str(error)
    assert (error.record, error.position) == ("bad", position)


@pytest.mark.parametrize(
    ("letters", "sentence"),
    [
        ("MKX", "'X' at position 3: an ambiguous amino acid"),
        ("MU", "'U' at position 2: selenocysteine, which has no token"),
        ("MO", "'O' at position 2: pyrrolysine"),
        ("M-K", "'-' at position 2: a gap"),
        ("M5", "'5' at position 2: not an amino acid. Accepted are ACDEFGHIKLMNPQRSTVWY and * for a stop"),
    ],
)
def test_a_wrong_amino_acid(letters: str, sentence: str) -> None:
    assert sentence in str(refusal(f">p\n{letters}", ACIDS))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no sequence: the text is empty"),
        (" \n\t\n", "There is no sequence"),
        (">a\n>b\nATG", "Sequence 1 ('a') has no letters. Add them below its > line, or leave it out."),
        (">a\nATG\n>", "Sequence 2 ('unnamed') has no letters"),
        (">a\ud800\nATG", "Character 3 of the text, '\\ud800', is half of a pair that UTF-16 uses for one letter."),
        ("\nLOCUS       X1  9 bp\nORIGIN\n", "The text is in GenBank's format, not FASTA."),
        ("ATG\n>a\nATG", "'ATG' stands before the first record"),
        ("ACGTACGTACGTACGTACGTA\n>a\nATG", "'ACGTACGTACGTACGTACGT' stands before the first record"),
        (5, "text in FASTA format, not 5."),
        (None, "text in FASTA format, not empty."),
        ([">a"], 'text in FASTA format, not [">a"].'),
        (">a\n" + "A" * 150_001, "has 150,001 letters; at most 150,000 are read"),
        (">a\nA\n" * 10_001, "The text has more than 10,000 records; at most these are read"),
    ],
)
def test_invalid_fasta_is_refused(text: object, sentence: str) -> None:
    assert sentence in str(refusal(text))


def test_the_limits_are_exact() -> None:
    longest = "A" * 150_000
    assert len(read_fasta(f">a\n{longest}")[0].letters) == 150_000
    assert refusal(f">a\n{longest}C").position == 150_001
    assert len(read_fasta(">a\nA\n" * 10_000)) == len(read_fasta("\n" + ">a\nA\n" * 10_000)) == 10_000
    assert "more than 10,000 records" in str(refusal("\n" + ">a\nA\n" * 10_001))
    assert fasta.MAX_FILE == 67_108_864


def test_a_long_name_is_cut() -> None:
    assert len(read_fasta(f">{'x' * 500}\nATG")[0].id) == 80


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "a.fasta"
    path.write_bytes(b"\xef\xbb\xbf>a\r\nATG\r\n")
    assert read_file(path) == read_fasta(">a\nATG")
    for data, sentence in (
        (b"\x1f\x8b\x08", "is compressed. Unpack it first"),
        (b">a\nAT\xffG", r"is not in UTF-8: byte 6 is 0xff, as in a Latin-1"),
        (b">a\n\x00\xff", r"is not a text file \(byte 5\)"),
    ):
        path.write_bytes(data)
        with pytest.raises(SequenceError, match=sentence):
            read_file(path)
    for missing in (tmp_path, tmp_path / "none.fasta"):
        with pytest.raises(SequenceError, match="is not a file"):
            read_file(missing)
    with pytest.raises((SequenceError, StorageError)):
        read_file(Path("x" * 5_000))


def test_a_file_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path := tmp_path / "a.fasta").write_text(">a\nATG")
    monkeypatch.setattr(fasta, "MAX_FILE", 5)
    with pytest.raises(SequenceError, match=r"a.fasta has 6 bytes; at most 5 are read. Split the file"):
        read_file(path)
