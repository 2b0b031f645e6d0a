"""The genetic code, compared with Biopython's, and the codons as operations."""

import itertools

import numpy as np
from Bio.Data.CodonTable import unambiguous_dna_by_id
from Bio.Data.IUPACData import protein_letters, protein_letters_1to3
from Bio.Seq import Seq
from Bio.SeqUtils import seq1

from tvae.operations import codons, ternary

STANDARD = unambiguous_dna_by_id[1]


def test_the_code_is_the_standard_one() -> None:
    assert set(codons.CODONS) == {"".join(bases) for bases in itertools.product("ACGT", repeat=3)}
    for codon, letter in zip(codons.CODONS, codons.TABLE, strict=True):
        expected = "*" if codon in STANDARD.stop_codons else STANDARD.forward_table[codon]
        assert letter == expected == str(Seq(codon).translate(table=1))


def test_the_index_is_the_place_in_the_printed_table() -> None:
    for index, codon in enumerate(codons.CODONS):
        one, two, three = ("TCAG".index(base) for base in codon)
        assert index == 16 * one + 4 * two + three
    assert codons.CODONS[0] == "TTT"


def test_the_alphabet_of_amino_acids() -> None:
    assert protein_letters + "*" == codons.AMINO_ACIDS
    assert set(codons.TABLE) == set(codons.AMINO_ACIDS) == set(codons.NAMES)
    assert len(protein_letters_1to3) == 20
    assert seq1("Trp") == "W"
    assert codons.NAMES["W"] == "tryptophan"


def test_texts_of_codons() -> None:
    every = np.arange(64)
    assert codons.codon_text(every) == "".join(codons.CODONS)
    assert codons.translated(every) == str(Seq(codons.codon_text(every)).translate())


def test_each_codon_has_its_own_operation() -> None:
    assert len(set(codons.OPERATIONS.tolist())) == 64
    assert not codons.OPERATIONS.flags.writeable


def test_a_base_is_two_trits() -> None:
    trits = {"T": (-1, -1), "C": (-1, 0), "A": (0, -1), "G": (0, 0)}
    for codon, operation in zip(codons.CODONS, codons.OPERATIONS.tolist(), strict=True):
        expected = [trit for base in codon for trit in trits[base]] + [-1, -1, -1]
        assert ternary.trits_of(operation).tolist() == expected
    assert codons.OPERATIONS[0] == 0  # TTT: nine times -1
    assert codons.OPERATIONS[codons.CODONS.index("GGG")] == sum(3**k for k in range(6))


def test_codons_of_one_box_are_close_in_the_mapping() -> None:
    """Because the first base is in the least significant digits."""
    distances = ternary.distance_3adic(codons.OPERATIONS[:, None], codons.OPERATIONS[None])
    for i, j in itertools.combinations(range(64), 2):
        one, other = codons.CODONS[i], codons.CODONS[j]
        shared = next(k for k in range(3) if one[k] != other[k])
        assert 3.0 ** (-2 * shared - 1) <= distances[i, j] <= 3.0 ** (-2 * shared)
        if shared == 2:
            wobble = {one[2], other[2]} in ({"T", "C"}, {"A", "G"})
            assert distances[i, j] == (3.0**-5 if wobble else 3.0**-4)


def test_families() -> None:
    found = codons.families()
    assert "".join(found) == codons.AMINO_ACIDS
    assert sorted(sum(found.values(), ())) == list(range(64))
    back = {letter: {c for c, a in STANDARD.forward_table.items() if a == letter} for letter in protein_letters}
    back["*"] = set(STANDARD.stop_codons)
    assert {letter: {codons.CODONS[i] for i in members} for letter, members in found.items()} == back
